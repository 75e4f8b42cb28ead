import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivedMessage } from '@grunnmur/exchange-client';
import { accountOf, openExchangeClient, read } from '../kit/fiks-io-client.ts';
import { DOCUMENTS } from '../kit/sample-documents.ts';
import { eventually, type Suite } from '../kit/suite-side.ts';
import { createInbox } from './inbox.ts';

const TYPE = 'no.grunnmur.prove.v1.melding';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Our own client: the scenarios of fiks-io §7.3. */
export async function exchangeClientChecks(suite: Suite): Promise<void> {
  const { access, check, input } = suite;
  const a = openExchangeClient(access, input.baseUrl, 0);
  const kontoA = accountOf(access, 0).konto.kontoId;
  const kontoB = accountOf(access, 1).konto.kontoId;
  const inboxA = createInbox<ReceivedMessage>();
  // Stays for the whole suite, as a system's subscription would; it gets over a restart by itself.
  await a.subscribe((message) => inboxA.add(message), { backoff: { minMs: 200, maxMs: 1000 } });
  const answerTo = (id: string) =>
    inboxA.take(({ svarPaMelding }) => svarPaMelding === id, `answer to ${id}`);

  /** A subscription of the second konto for one check. */
  const withB = async (
    body: (
      take: (id: string) => Promise<ReceivedMessage>,
      b: ReturnType<typeof openExchangeClient>,
    ) => Promise<void>,
  ) => {
    const b = openExchangeClient(access, input.baseUrl, 1);
    const inbox = createInbox<ReceivedMessage>();
    try {
      await b.subscribe((message) => inbox.add(message), {
        autoAck: false,
        backoff: { minMs: 200, maxMs: 1000 },
      });
      await body((id) => inbox.take(({ meldingId }) => meldingId === id, `message ${id}`), b);
    } finally {
      await b.close();
    }
  };
  const empty = () =>
    eventually(
      async () => (await a.katalog.status(kontoB))?.antallUavhentedeMeldinger,
      (count) => count === 0,
    );
  const send = async (wish: Partial<Parameters<typeof a.send>[0]> = {}) =>
    (await a.send({ to: kontoB, type: TYPE, ...wish })).meldingId;

  await check('exchange-client: A to B to A with files and an answer', () =>
    withB(async (take) => {
      const pdf = readFileSync(join(input.documents, DOCUMENTS.vedtak));
      const id = await send({
        files: [
          { name: DOCUMENTS.vedtak, content: pdf },
          { name: 'notat æøå.txt', content: Buffer.from('Hei – æøå') },
        ],
        klientKorrelasjonsId: 'sak-1',
        headere: { kommune: 'Kåfjord' },
      });
      const message = await take(id);
      const received = await read(message);
      assert.equal(received.avsenderKontoId, kontoA);
      assert.equal(received.headere.kommune, 'Kåfjord');
      assert.deepEqual(received.files, {
        [DOCUMENTS.vedtak]: sha256(pdf),
        'notat æøå.txt': sha256(Buffer.from('Hei – æøå')),
      });
      await message.reply({
        type: `${TYPE}.svar`,
        files: [{ name: 'svar.txt', content: Buffer.from('Innvilget') }],
      });
      message.ack();
      const answer = await answerTo(id);
      assert.equal(answer.klientKorrelasjonsId, 'sak-1');
      assert.deepEqual((await read(answer)).files, { 'svar.txt': sha256(Buffer.from('Innvilget')) });
      await empty();
    }),
  );
  await check('exchange-client: no payload', () =>
    withB(async (take) => {
      const message = await take(await send());
      assert.equal(message.hasPayload, false);
      message.ack();
      await empty();
    }),
  );
  await check('exchange-client: 6 MiB by way of Dokumentlager', () =>
    withB(async (take) => {
      const content = randomBytes(6 * 1_048_576);
      const message = await take(await send({ files: [{ name: 'kart.pdf', content }] }));
      assert.ok(message.dokumentlagerId);
      assert.deepEqual((await read(message)).files, { 'kart.pdf': sha256(content) });
      message.ack();
      await empty();
    }),
  );
  await check('exchange-client: nack, and three requeues that end in serverfeil.v1', () =>
    withB(async (take) => {
      const refused = await take(await send());
      refused.nack();
      await empty();
      const klientMeldingId = randomUUID();
      const id = await send({ klientMeldingId });
      for (const redelivered of [false, true, true]) {
        const message = await take(id);
        assert.equal(message.redelivered, redelivered);
        message.requeue();
      }
      const notice = await answerTo(id);
      assert.equal(notice.type, 'no.ks.fiks.kvittering.serverfeil.v1');
      assert.equal(notice.klientMeldingId, klientMeldingId);
      assert.equal(notice.avsenderKontoId, kontoB);
      await empty();
      assert.ok(!inboxA.all.some(({ svarPaMelding }) => svarPaMelding === refused.meldingId));
    }),
  );
  await check('exchange-client: a deadline that passes ends in tidsavbrudd', async () => {
    const id = await send({ ttl: 1500 });
    assert.equal((await answerTo(id)).type, 'no.ks.fiks.kvittering.tidsavbrudd');
    await empty();
  });
  await check('exchange-client: a wrong password is refused', async () => {
    const wrong = structuredClone(access);
    for (const each of wrong.integrations) each.integrasjonPassord = 'feil';
    const client = openExchangeClient(wrong, input.baseUrl, 0);
    await assert.rejects(
      client.subscribe(() => {}),
      { code: 'forbidden' },
    );
    await assert.rejects(client.send({ to: kontoB, type: TYPE }), { code: 'unauthorized' });
    await client.close();
  });
  await check(
    'exchange-client: the catalogue, known and unknown kontoer, and a key without any login',
    async () => {
      const konto = await a.katalog.konto(kontoB);
      assert.equal(konto?.organisasjonsnummer, accountOf(access, 1).konto.orgnr);
      assert.equal(konto?.status.gyldigMottaker, true);
      assert.equal(await a.katalog.konto(randomUUID()), undefined);
      assert.equal(await a.katalog.offentligNokkel(randomUUID()), undefined);
      const nowhere = {
        identifikator: 'ORG_NO.999999999',
        meldingProtokoll: 'no.ingen',
        sikkerhetsniva: 3 as const,
      };
      assert.equal(await a.katalog.lookup(nowhere), undefined);
      const open = await fetch(`${input.baseUrl}/fiks-io/katalog/api/v1/kontoer/${kontoB}/offentligNokkel`);
      assert.equal(open.status, 200);
      const { nokkel, valid } = (await open.json()) as { nokkel: string; valid: boolean };
      assert.equal(valid, true);
      assert.match(nokkel, /^-----BEGIN CERTIFICATE-----/);
    },
  );
  await check('exchange-client: the same public key again changes nothing', async () => {
    const { certificatePem } = accountOf(access, 0).konto;
    assert.equal((await a.ensurePublicKey(certificatePem)).valid, true);
  });
  await check('exchange-client: Dokumentlager, both modes, metadata and deletion', async () => {
    const { fiksOrgId } = (await a.katalog.konto(kontoA)) ?? {};
    assert.ok(fiksOrgId);
    for (const krypter of [false, true]) {
      const content = randomBytes(200_000);
      const { id } = await a.dokumentlager.upload({
        fiksOrgId,
        kontoId: kontoA,
        dokumentnavn: 'kart æøå.pdf',
        mimetype: 'application/pdf',
        ttl: 3600,
        sikkerhetsniva: 3,
        eksponertFor: [],
        content: (async function* () {
          yield content;
        })(),
        krypter,
      });
      const hash = createHash('sha256');
      for await (const chunk of await a.dokumentlager.download(id)) hash.update(chunk as Uint8Array);
      assert.equal(hash.digest('hex'), sha256(content));
      assert.equal((await a.dokumentlager.metadata(id)).ukryptertStorrelse, content.length);
      await a.dokumentlager.delete(fiksOrgId, kontoA, id);
      await assert.rejects(a.dokumentlager.download(id), { code: 'not_found' });
    }
  });
  if (input.ownServer)
    await check(
      'exchange-client: the server is killed and starts again: both recover, and an unanswered message comes again',
      () =>
        withB(async (take) => {
          const id = await send();
          await take(id);
          // Or the platform has not noted yet that RabbitMQ has it, and hands it over once more (docs/rabbitmq.md).
          if (input.broker === 'rabbitmq') await sleep(2000);
          await suite.restartServer();
          const again = await take(id);
          assert.equal(again.redelivered, true);
          await again.reply({ type: `${TYPE}.svar` });
          again.ack();
          await answerTo(id);
          await empty();
        }),
    );
  await a.close();
}
