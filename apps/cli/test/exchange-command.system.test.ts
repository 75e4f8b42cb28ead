import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAsice } from '@grunnmur/exchange-client/asice';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoAccess } from '../demo-access.ts';
import { runCli } from '../run-cli.ts';
import { fakeIo } from './fake-io.ts';
import { type StartedPlatform, startPlatform } from './started-platform.ts';

const TYPE = 'no.eksempel.melding.v1';
const BREV = 'docs/examples/brev.pdf';

describe('grunnmur exchange beside a running platform', { timeout: 120_000 }, () => {
  let platform: StartedPlatform;
  let demo: DemoAccess;
  let scratch: string;
  let env: Record<string, string>;
  /** In this process: starting one for each command would take most of the time. */
  const run = async (...args: string[]) => {
    const io = { ...fakeIo(env), now: () => new Date() };
    return { code: await runCli(['exchange', ...args], io), ...io.written };
  };
  const json = async (...args: string[]) => {
    const { code, out, err } = await run(...args, '--json');
    expect(err).toBe('');
    return { code, answer: JSON.parse(out) };
  };
  const konto = (index: number) => demo.fiksIoAccounts![index]!.kontoId;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'grunnmur-cli-exchange-'));
    platform = await startPlatform();
    env = { GRUNNMUR_DATA: platform.dataDir };
    demo = JSON.parse(await readFile(join(platform.dataDir, 'demo-access.json'), 'utf8')) as DemoAccess;
  }, 90_000);
  afterAll(async () => {
    await platform?.dispose();
    await rm(scratch, { recursive: true, force: true });
  }, 60_000);

  it('sends, listens, replies and tells what happened', async () => {
    const sending = await json(
      'send',
      BREV,
      '--to',
      'døme kommune',
      '--type',
      TYPE,
      '--header',
      'farge=blå',
      '--correlation-id',
      'sak-1',
      '--ttl',
      '600000',
    );
    expect(sending.code).toBe(0);
    expect(sending.answer).toMatchObject({
      avsenderKontoId: konto(0),
      mottakerKontoId: konto(1),
      ttl: 600_000,
      headere: { farge: 'blå', klientKorrelasjonsId: 'sak-1' },
    });
    const id: string = sending.answer.meldingId;

    const looking = await platform.run('exchange', 'listen', '--from', konto(1), '--no-ack', '--count', '1');
    expect(looking.code).toBe(0);
    for (const text of [
      TYPE,
      'fra Eksempel kommune, meldinger',
      `id ${id}`,
      'farge: blå',
      'brev.pdf',
      'signert av Grunnmur demonstrasjon fiks-io-1; signaturen stemmer med filene',
    ])
      expect(looking.out).toContain(text);

    const listening = await json(
      'listen',
      '--konto',
      konto(1),
      '--save',
      scratch,
      '--count',
      '1',
      '--timeout',
      '30',
    );
    const saved = join(scratch, id, 'brev.pdf');
    expect(listening).toMatchObject({
      code: 0,
      answer: {
        meldingId: id,
        type: TYPE,
        redelivered: true,
        avsenderNavn: 'Eksempel kommune, meldinger',
        files: [{ name: 'brev.pdf', path: saved }],
        signers: ['Grunnmur demonstrasjon fiks-io-1'],
      },
    });
    expect(await readFile(saved)).toEqual(await readFile(BREV));

    const replying = await json('reply', id, '--type', `${TYPE}.mottatt`);
    expect(replying.answer).toMatchObject({
      avsenderKontoId: konto(1),
      mottakerKontoId: konto(0),
      svarPaMelding: id,
      headere: { klientKorrelasjonsId: 'sak-1' },
    });
    const answer = await json('listen', '--count', '1');
    expect(answer.answer).toMatchObject({ svarPaMelding: id, klientKorrelasjonsId: 'sak-1', files: [] });

    const status = await json('status', id);
    expect(status).toMatchObject({ code: 0, answer: { id, status: 'KVITTERT' } });
    const said = await run('status', id, '--lang', 'en');
    for (const text of [
      `${TYPE}: from Eksempel kommune, meldinger to Døme kommune, meldingar`,
      'Accepted and put on the queue',
      'Acknowledged by the receiver’s system',
      `Answered with ${TYPE}.mottatt`,
    ])
      expect(said.out).toContain(text);
  });

  it('tells of a message that nobody fetched', async () => {
    const { code, answer } = await json(
      'send',
      '--to',
      konto(2),
      '--type',
      TYPE,
      '--ttl',
      '1000',
      '--wait',
      '--timeout',
      '30',
    );
    expect(code).toBe(1);
    expect(answer).toMatchObject({ mottakerKontoId: konto(2), status: 'UTLOPT' });
    const notice = await json('listen', '--count', '1', '--timeout', '30');
    expect(notice.answer).toMatchObject({
      type: 'no.ks.fiks.kvittering.tidsavbrudd',
      svarPaMelding: answer.meldingId,
    });
    const none = await platform.run(
      'exchange',
      'listen',
      '--from',
      konto(2),
      '--count',
      '1',
      '--timeout',
      '1',
      '--json',
    );
    expect([none.code, none.out]).toEqual([1, '']);
  });

  it('checks messages against their protocol', async () => {
    const type = 'no.ks.fiks.arkiv.v1.innsyn.sok';
    const wrong = join(scratch, 'sok.xml');
    await writeFile(wrong, '<ikke-sok/>');
    const refused = await json('validate', wrong, '--type', type);
    expect(refused).toMatchObject({
      code: 1,
      answer: { gyldig: false, meldingstype: type, filer: [{ navn: 'sok.xml' }] },
    });
    expect(refused.answer.funn.length).toBeGreaterThan(0);
    const empty = await json('validate', '--type', `${type}.finnes.ikke`);
    expect(empty.answer.funn).toMatchObject([{ regel: 'ukjent-type' }]);
    const good = await json(
      'validate',
      '--type',
      'no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.mottatt',
    );
    expect(good).toMatchObject({ code: 0, answer: { gyldig: true } });

    const { privateKeyPem, certificatePem } = demo.fiksIoAccounts![0]!;
    const container = join(scratch, 'melding.asice');
    const files = [{ name: 'sok.xml', content: Buffer.from('<ikke-sok/>') }];
    await writeFile(container, writeAsice(files, { privateKeyPem, certificatePem }));
    const packed = await json('validate', container, '--type', type);
    expect(packed.answer).toMatchObject({
      gyldig: false,
      filer: [{ navn: 'sok.xml' }],
      signert: [expect.anything()],
    });
    const said = await run('validate', container, '--type', type);
    expect(said.out).toMatch(/^not ok {2}no\.ks\.fiks\.arkiv/);
  });

  it('creates systems and kontoer that work at once', async () => {
    const { orgnr } = demo.fiksIoAccounts![0]!;
    const { answer: system } = await json('system', 'create', '--orgnr', orgnr, '--name', 'Nytt system');
    expect(system).toMatchObject({ systemId: expect.any(String), integrasjonPassord: expect.any(String) });
    const pem = join(scratch, 'konto.pem');
    const key = join(scratch, 'konto.key');
    await writeFile(pem, demo.fiksIoAccounts![0]!.certificatePem);
    await writeFile(key, demo.fiksIoAccounts![0]!.privateKeyPem);
    const { answer: made } = await json(
      'konto',
      'create',
      '--orgnr',
      orgnr,
      '--system',
      system.systemId,
      '--name',
      'Ny konto',
      '--certificate',
      pem,
    );
    const integration = demo.integrations.find((each) => each.orgnr === orgnr)!;
    const clientKey = join(scratch, 'client.key');
    const clientCertificate = join(scratch, 'client.pem');
    await writeFile(clientKey, integration.privateKeyPem);
    await writeFile(clientCertificate, integration.certificatePem);
    const ca = join(scratch, 'ca.pem');
    await writeFile(ca, demo.amqp!.caPem);
    env = {
      ...env,
      GRUNNMUR_BASE_URL: demo.baseUrl,
      GRUNNMUR_ISSUER: demo.issuer,
      GRUNNMUR_CLIENT_ID: integration.clientId,
      GRUNNMUR_KEY_FILE: clientKey,
      GRUNNMUR_CERTIFICATE_FILE: clientCertificate,
      GRUNNMUR_INTEGRASJON_ID: system.integrasjonId,
      GRUNNMUR_INTEGRASJON_PASSORD: system.integrasjonPassord,
      GRUNNMUR_FIKS_IO_KONTO_ID: made.kontoId,
      GRUNNMUR_FIKS_IO_KEY_FILE: key,
      GRUNNMUR_AMQP_URL: `amqps://localhost:${demo.amqp!.tlsPort}`,
      GRUNNMUR_AMQP_CA_FILE: ca,
    };
    try {
      const sent = await json('send', BREV, '--to', made.kontoId, '--type', TYPE);
      const received = await json('listen', '--count', '1', '--timeout', '30');
      expect(received.answer).toMatchObject({
        meldingId: sent.answer.meldingId,
        files: [{ name: 'brev.pdf' }],
      });
    } finally {
      env = { GRUNNMUR_DATA: platform.dataDir };
    }
  });

  it('makes a konto a validator: it has a key of the platform’s own then', async () => {
    const { orgnr } = demo.fiksIoAccounts![0]!;
    const { answer: system } = await json('system', 'create', '--orgnr', orgnr, '--name', 'Validering');
    const { answer: made } = await json(
      ...['konto', 'create', '--orgnr', orgnr, '--system', system.systemId, '--name', 'Validator'],
    );
    const key = `${demo.baseUrl}/fiks-io/katalog/api/v1/kontoer/${made.kontoId}/offentligNokkel`;
    const given = await json('konto', 'validator', '--orgnr', orgnr, '--konto', made.kontoId);
    expect(given.answer).toEqual({
      kontoId: made.kontoId,
      setting: `EXCHANGE_VALIDATOR_KONTOER=${made.kontoId}`,
    });
    expect(await (await fetch(key)).json()).toMatchObject({
      issuerDN: expect.stringContaining('Grunnmur validator'),
    });
    const foreign = await run('konto', 'validator', '--orgnr', orgnr, '--konto', konto(1));
    expect([foreign.code, foreign.err]).toEqual([1, expect.stringContaining('not_found')]);
  });

  it('says what is wrong', async () => {
    const cases: [string[], number, RegExp][] = [
      [['send', BREV, '--to', 'ukjent', '--type', TYPE], 2, /No konto is called ukjent[\s\S]*Døme/],
      [
        ['send', 'finnes-ikke.pdf', '--to', konto(1), '--type', TYPE],
        2,
        /finnes-ikke\.pdf: there is no such file/,
      ],
      [['send', '--to', konto(1), '--type', TYPE, '--header', 'x'], 2, /name=value/],
      [['send', '--to', '33333333-3333-4333-8333-00000000ffff', '--type', TYPE], 1, /404/],
      [['status', '01a2021e-b95d-7000-86a6-f50fa1f6258e'], 1, /not_found/],
      [['system', 'create', '--orgnr', '999999999', '--name', 'x'], 1, /No organisation has the number/],
      [
        ['konto', 'create', '--orgnr', '1', '--system', 'x', '--name', 'x', '--protocol', 'p'],
        2,
        /belong together/,
      ],
      [['listen', '--count', '0'], 2, /at least 1/],
    ];
    for (const [args, code, text] of cases) {
      const ran = await run(...args);
      expect(ran.code, `${args.join(' ')}\n${ran.err}`).toBe(code);
      expect(ran.err).toMatch(text);
    }
  });
});
