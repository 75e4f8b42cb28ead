import { randomBytes } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerSession, Delivery } from '@grunnmur/amqp-server/ports';
import { decryptCms, encryptCms } from '@grunnmur/cms';
import { openAsice, writeAsice } from '@grunnmur/exchange-client/asice';
import type { SelfSigned } from '@grunnmur/kernel/crypto';
import { newId } from '@grunnmur/kernel/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValidatorRapport } from '../protocols/definitions/validator-rapport.ts';
import { validateMessage } from '../protocols/validate-message.ts';
import { readCertificate } from '../service/kontoer/certificate.ts';
import { applyChange } from '../service/kontoer/change.ts';
import { createKontoer } from '../service/kontoer/index.ts';
import { putNokkel } from '../service/kontoer/manage-nokler.ts';
import { createSender, type Sender } from '../service/meldinger/create-sender.ts';
import { DEFAULT_MELDING_LIMITS, DEFAULT_TTL_MS } from '../service/meldinger/limits.ts';
import { queueName } from '../service/queues/queue-name.ts';
import { createValidator, type Validator } from '../service/validator/create-validator.ts';
import { giveValidatorKey, loadValidatorKeys } from '../service/validator/validator-keys.ts';
import type { Konto } from '../types.ts';
import { newKeys } from './kontoer-fixture.ts';
import { JSON_EKSEMPLER } from './protocols-messages-json.ts';
import { type QueueTest, queueTest } from './queues-harness.ts';
import { storedDocuments } from './stored-documents.ts';

const RAPPORT = 'no.grunnmur.validator.rapport.v1';
const TYPE = 'no.ks.fiks.plan.v2.oppdatering.dispensasjon.registrer';
const { riktig, feil } = JSON_EKSEMPLER.get(TYPE)!;
const MASTER_KEY = new Uint8Array(32).fill(9);
/** Small, so that a payload of some kilobytes goes to Dokumentlager. */
const LIMITS = { ...DEFAULT_MELDING_LIMITS, inlineMaxBytes: 2000, dokumentlagerOverBytes: 20_000 };

let test: QueueTest;
let fra: Konto;
let til: Konto;
let keys: SelfSigned;
let send: Sender;
let validator: Validator;
let inbox: BrokerSession;
let validatorPem: string;

beforeAll(async () => {
  test = await queueTest();
  const node = await test.node();
  const systemCtx = test.ctx({ tenant: null });
  const kontoer = createKontoer();
  const { storage } = test;
  const documents = storedDocuments(storage);
  send = createSender({
    storage,
    documents,
    limits: LIMITS,
    kontoer,
    systemCtx,
    arrived: node.arrived,
  });
  fra = await test.konto();
  til = await test.konto({ navn: 'Validator' });
  keys = await newKeys();
  const owner = test.ctx({ tenant: fra.tenant });
  await applyChange(owner, { kontoer }, { operation: 'nokkel.set', object: fra.id }, (trx) =>
    putNokkel(trx, fra.id, readCertificate(keys.certificatePem)),
  );
  await giveValidatorKey(test.ctx({ tenant: til.tenant }), { kontoer }, MASTER_KEY, til.id);
  validatorPem = (await kontoer.nokkel(systemCtx, til.id))!.pem;
  const login = (integrasjonId: string) =>
    node.broker.login({ username: integrasjonId, password: 'hemmelig token', address: '127.0.0.1' });
  validator = createValidator({
    log: systemCtx.log,
    systemCtx,
    masterKey: MASTER_KEY,
    kontoer,
    send,
    documents,
    kontoIds: [til.id],
    session: login,
  });
  await validator.start();
  inbox = await login(fra.integrasjonId);
});

afterAll(async () => {
  await validator.stop();
  await test.close();
});

interface Sent {
  readonly type?: string;
  readonly filer?: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array>;
  readonly headere?: Record<string, string>;
}

async function sendTilValidator({ type = TYPE, filer, body, headere = {} }: Sent): Promise<string> {
  const actor = { kind: 'integration', id: fra.integrasjonId } as const;
  const principal = {
    kind: 'integration',
    integrationId: fra.integrasjonId,
    name: 'Fagsystem',
    orgnr: '310000019',
    tenant: fra.tenant,
    grants: [],
    actor,
  } as const;
  const container = filer && encryptCms(asice(filer), [validatorPem], { transport: 'oaep' });
  const { meldingId } = await send(test.ctx({ tenant: fra.tenant, actor }), principal, {
    metadata: {
      avsenderKontoId: fra.id,
      mottakerKontoId: til.id,
      meldingType: type,
      svarPaMelding: undefined,
      ttl: DEFAULT_TTL_MS,
      headere,
    },
    body: container ?? body,
    finish: async () => {},
    announcedBytes: undefined,
  });
  return meldingId;
}

function asice(filer: Readonly<Record<string, string>>) {
  return writeAsice(
    Object.entries(filer).map(([name, innhold]) => ({ name, content: Buffer.from(innhold) })),
    keys,
  );
}

async function nextReply(): Promise<Delivery> {
  for (let tries = 0; tries < 200; tries += 1) {
    const next = await inbox.get(queueName(fra.id));
    if (next) return next.delivery;
    await sleep(50);
  }
  throw new Error('no reply');
}

/** Opens a report as any client does: own key, container, signature. */
async function readReport(delivery: Delivery) {
  const { body } = delivery;
  const cms = (async function* () {
    yield* typeof body === 'function' ? await body() : [body];
  })();
  const container = await openAsice(decryptCms(cms, [keys]));
  try {
    for await (const entry of container.entries()) {
      expect(entry.name).toBe('rapport.json');
      const rapport = (await json(entry.body)) as ValidatorRapport;
      return { rapport, signers: container.signers };
    }
  } finally {
    await container.close();
    await inbox.settle([{ delivery, outcome: 'ack' }]);
  }
  throw new Error('the report is empty');
}

const regler = ({ funn }: ValidatorRapport) => funn.map(({ regel, sti }) => `${regel} ${sti}`);

describe('validator konto', () => {
  it('answers a right message with a report that is itself right', async () => {
    const korrelasjon = newId();
    const meldingId = await sendTilValidator({
      filer: { 'payload.json': JSON.stringify(riktig), 'kart.pdf': '%PDF' },
      headere: { klientKorrelasjonsId: korrelasjon },
    });
    const reply = await nextReply();
    expect(reply.headers).toMatchObject({
      type: RAPPORT,
      'svar-til': meldingId,
      'avsender-id': til.id,
      'egendefinert-header.klientKorrelasjonsId': korrelasjon,
    });
    const { rapport, signers } = await readReport(reply);
    expect(rapport).toMatchObject({
      gyldig: true,
      meldingId,
      meldingstype: TYPE,
      protokoll: { navn: 'no.ks.fiks.plan', versjon: 'v2' },
      funn: [],
      filer: [{ navn: 'payload.json' }, { navn: 'kart.pdf' }],
    });
    expect(signers[0]!.certificatePem.trim()).toBe(validatorPem.trim());
    const innhold = Buffer.from(JSON.stringify(rapport));
    const fil = { navn: 'rapport.json', storrelse: innhold.length, innhold };
    expect(await validateMessage({ meldingstype: RAPPORT, filer: [fil] })).toMatchObject({
      gyldig: true,
      funn: [],
    });
    await expect.poll(() => test.status(meldingId)).toBe('KVITTERT');
  });

  it('tells what is wrong: content, type, payload presence', async () => {
    await sendTilValidator({ filer: { 'payload.json': JSON.stringify(feil) } });
    expect(regler((await readReport(await nextReply())).rapport)).toEqual([
      'mangler payload.json:/dispensasjon',
    ]);
    await sendTilValidator({ type: 'no.eksempel.ukjent', filer: { 'a.txt': 'a' } });
    expect(regler((await readReport(await nextReply())).rapport)).toEqual(['ukjent-type meldingstype']);
    await sendTilValidator({});
    expect(regler((await readReport(await nextReply())).rapport)).toEqual(['payload-mangler payload']);
  });

  it('fetches payloads from Dokumentlager', async () => {
    // Does not compress to less than the threshold.
    const vedlegg = randomBytes(60_000).toString('base64');
    const meldingId = await sendTilValidator({
      filer: { 'payload.json': JSON.stringify(riktig), 'vedlegg.pdf': vedlegg },
    });
    const { rows } = await test.owner.query('select dokument_id from exchange.melding where id = $1', [
      meldingId,
    ]);
    expect(rows[0].dokument_id).not.toBeNull();
    const { rapport } = await readReport(await nextReply());
    expect(rapport).toMatchObject({
      gyldig: true,
      filer: [{}, { navn: 'vedlegg.pdf', storrelse: vedlegg.length }],
    });
  });

  it('tells what is wrong with the encryption, but not how a key failed', async () => {
    async function* bytes(content: string | Uint8Array) {
      yield Buffer.from(content as Uint8Array);
    }
    await sendTilValidator({ body: bytes('ikke kryptert') });
    expect(regler((await readReport(await nextReply())).rapport)).toEqual(['ikke-kryptert payload']);
    const annen = await newKeys();
    const filer = { 'payload.json': JSON.stringify(riktig) };
    await sendTilValidator({ body: encryptCms(asice(filer), [annen.certificatePem], { transport: 'oaep' }) });
    expect(regler((await readReport(await nextReply())).rapport)).toEqual(['mottaker payload']);
    await sendTilValidator({
      body: encryptCms(bytes('ingen beholder'), [validatorPem], { transport: 'oaep' }),
    });
    const utenBeholder = (await readReport(await nextReply())).rapport;
    const kryptert = Buffer.concat(
      await encryptCms(asice(filer), [validatorPem], { transport: 'oaep' }).toArray(),
    );
    const brutt = Buffer.from(kryptert);
    brutt[brutt.length - 20]! ^= 0xff;
    await sendTilValidator({ body: bytes(brutt) });
    expect((await readReport(await nextReply())).rapport.funn).toEqual(utenBeholder.funn);
    expect(regler(utenBeholder)).toEqual(['dekryptering payload']);
  });

  it('rejects what it cannot answer, and answers no reports', async () => {
    const utenNokkel = await test.konto();
    const uten = await test.send(utenNokkel, til, { type: TYPE });
    await expect.poll(() => test.status(uten)).toBe('AVVIST');
    const rapport = await sendTilValidator({ type: RAPPORT, filer: { 'rapport.json': '{}' } });
    await expect.poll(() => test.status(rapport)).toBe('KVITTERT');
    expect(await inbox.get(queueName(fra.id))).toBeUndefined();
  });

  it('keeps keys sealed, and older ones for messages on their way', async () => {
    const owner = test.ctx({ tenant: til.tenant });
    const kontoer = createKontoer();
    await giveValidatorKey(owner, { kontoer }, MASTER_KEY, til.id);
    expect(await loadValidatorKeys(owner, MASTER_KEY, til.id)).toHaveLength(2);
    await expect(loadValidatorKeys(owner, new Uint8Array(32).fill(1), til.id)).rejects.toThrow(
      'does not open',
    );
    expect(await loadValidatorKeys(test.ctx({ tenant: newId() }), MASTER_KEY, til.id)).toEqual([]);
    await expect(
      giveValidatorKey(test.ctx({ tenant: fra.tenant }), { kontoer }, MASTER_KEY, til.id),
    ).rejects.toThrow('Fant ikke kontoen');
    // Encrypted to the key before.
    await sendTilValidator({ filer: { 'payload.json': JSON.stringify(riktig) } });
    expect((await readReport(await nextReply())).rapport.gyldig).toBe(true);
  });
});
