import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessFile } from './access-file.ts';
import { logIn } from './citizen.ts';
import { startTestServer, type TestServer } from './harness.ts';

interface AmqpMessage {
  readonly content: Buffer;
  readonly properties: { readonly headers: Record<string, unknown> };
}

interface AmqpChannel {
  consume(queue: string, onMessage: (message: AmqpMessage | null) => void): Promise<unknown>;
  ack(message: AmqpMessage): void;
  on(event: 'error', listener: () => void): void;
  close(): Promise<void>;
}

interface AmqpConnection {
  createChannel(): Promise<AmqpChannel>;
  close(): Promise<void>;
}

// The published client, unmodified; only what is used of it here is described.
const amqplib = createRequire(import.meta.url)('amqplib') as {
  connect(address: object, options?: object): Promise<AmqpConnection>;
};

describe('Fiks IO in the running platform', () => {
  let test: TestServer;
  let file: AccessFile;
  beforeAll(async () => {
    test = await startTestServer();
    file = JSON.parse(await readFile(join(test.dataDir, 'demo-access.json'), 'utf8')) as AccessFile;
  });
  afterAll(() => test.stop());

  const account = (index: number) => file.fiksIoAccounts[index]!;
  const headersOf = (index: number) =>
    test.headers(file.integrations.find((each) => each.integrasjonId === account(index).integrasjonId)!);

  async function connect(index: number, secure = true) {
    const { authorization, integrasjonId, integrasjonPassord } = await headersOf(index);
    const { host, port, tlsPort, caPem } = file.amqp;
    return amqplib.connect(
      {
        protocol: secure ? 'amqps' : 'amqp',
        hostname: host,
        port: (secure ? tlsPort : port)!,
        username: integrasjonId!,
        password: `${integrasjonPassord} ${authorization!.replace('Bearer ', '')}`,
      },
      { ca: [caPem] },
    );
  }

  async function send(from: number, to: number, meldingType: string, data?: string, more: object = {}) {
    const form = new FormData();
    const metadata = {
      avsenderKontoId: account(from).kontoId,
      mottakerKontoId: account(to).kontoId,
      meldingType,
      ...more,
    };
    form.append('metadata', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
    if (data !== undefined) form.append('data', new Blob([data]), 'data');
    const answer = await fetch(`${test.baseUrl}/fiks-io/api/v1/send`, {
      method: 'POST',
      headers: await headersOf(from),
      body: form,
    });
    return { status: answer.status, body: (await answer.json()) as { meldingId: string; message?: string } };
  }

  it('has accounts as promised: four or more in three organisations, the first two bare and apart', () => {
    expect(file.fiksIoAccounts.length).toBeGreaterThanOrEqual(4);
    expect(new Set(file.fiksIoAccounts.map(({ orgnr }) => orgnr)).size).toBe(3);
    expect(account(0).orgnr).not.toBe(account(1).orgnr);
    for (const each of file.fiksIoAccounts) {
      expect(Object.keys(each).sort()).toEqual([
        'certificatePem',
        'integrasjonId',
        'kontoId',
        'name',
        'orgnr',
        'privateKeyPem',
      ]);
      expect(file.integrations.some(({ integrasjonId }) => integrasjonId === each.integrasjonId)).toBe(true);
    }
    expect(Object.keys(file.amqp).sort()).toEqual(['caPem', 'host', 'port', 'tlsPort']);
  });

  it.each([
    ['with TLS', true],
    ['plain on loopback', false],
  ])('carries a message from account to account and back, %s', async (_name, secure) => {
    const sent = await send(0, 1, 'no.eksempel.hva.som.helst', 'kryptert');
    expect(sent.status).toBe(202);
    const connection = await connect(1, secure);
    const channel = await connection.createChannel();
    const message = await new Promise<AmqpMessage>((resolve, reject) => {
      channel.consume(`fiksio.konto.${account(1).kontoId}`, (got) => got && resolve(got)).catch(reject);
    });
    expect(message.content.toString()).toBe('kryptert');
    expect(message.properties.headers).toMatchObject({
      'melding-id': sent.body.meldingId,
      'avsender-id': account(0).kontoId,
      type: 'no.eksempel.hva.som.helst',
    });
    channel.ack(message);
    await channel.close();
    await connection.close();
    const answer = await send(1, 0, 'no.eksempel.svar', undefined, { svarPaMelding: sent.body.meldingId });
    expect(answer.status).toBe(202);
    const timeline = async () => {
      const url = `${test.baseUrl}/api/exchange/meldinger/${sent.body.meldingId}/timeline`;
      const { entries } = (await (await fetch(url, { headers: await headersOf(0) })).json()) as {
        entries: { kode: string }[];
      };
      return entries.map(({ kode }) => kode);
    };
    await expect.poll(timeline).toEqual(['MOTTATT', 'UTLEVERT', 'KVITTERT', 'BESVART']);
  });

  it('shows a message to the person with a role, and to nobody else', async () => {
    const { body } = await send(0, 1, 'no.eksempel.vist', 'innhold-9417');
    const as = (situation: string) =>
      logIn(test.baseUrl, file.persons.find((person) => person.situation === situation)!.fnr);
    const staff = await as('sole-proprietor');
    const list = await staff.get('/meldinger?org=310000000&type=no.eksempel.vist');
    expect(list.text).toContain(`href="/meldinger/${body.meldingId}?org=310000000"`);
    const page = await staff.get(`/meldinger/${body.meldingId}`);
    expect(page.text).toContain('<h1>Venter på mottakeren</h1>');
    expect(page.text).not.toContain('innhold-9417');
    // Between two other organisations, in one of which the person has a role too.
    const other = await send(1, 2, 'no.eksempel.vist', 'x');
    expect((await staff.get(`/meldinger/${other.body.meldingId}?org=310000000`)).status).toBe(404);
    expect((await staff.get(`/meldinger/${other.body.meldingId}?org=310000027`)).status).toBe(200);
    const citizen = await as('altinn');
    expect((await citizen.get(`/meldinger/${body.meldingId}`)).status).toBe(404);
  });

  it('gives a document in Dokumentlager to the person it is opened to, after login at level 4', async () => {
    const person = file.persons.find(({ situation }) => situation === 'altinn')!;
    const admin = `${test.baseUrl}/fiks-io/katalog/api/v1/kontoer/${account(0).kontoId}`;
    const { fiksOrgId } = (await (await fetch(admin, { headers: await headersOf(0) })).json()) as {
      fiksOrgId: string;
    };
    const form = new FormData();
    const metadata = {
      dokumentnavn: 'vedtak.txt',
      mimetype: 'text/plain',
      ttl: 3600,
      sikkerhetsniva: 4,
      eksponertFor: [{ type: 'PERSON', fnr: person.fnr }],
    };
    form.append('metadata', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
    form.append('dokument', new Blob(['til deg alene']), 'vedtak.txt');
    const uploaded = await fetch(
      `${test.baseUrl}/dokumentlager/api/v1/${fiksOrgId}/kontoer/${account(0).kontoId}/dokumenter/?kryptert=false`,
      { method: 'POST', headers: await headersOf(0), body: form },
    );
    expect(uploaded.status).toBe(201);
    const { pathname } = new URL(uploaded.headers.get('location')!);
    const citizen = await logIn(test.baseUrl, person.fnr, 4);
    expect((await citizen.get(pathname)).text).toBe('til deg alene');
    const low = await logIn(test.baseUrl, person.fnr, 3);
    const asked = await low.get(pathname);
    expect([asked.status, new URL(asked.url).pathname]).toEqual([200, expect.stringContaining('idporten')]);
    const stranger = await logIn(test.baseUrl, file.persons.find(({ fnr }) => fnr !== person.fnr)!.fnr, 4);
    expect((await stranger.get(pathname)).status).toBe(403);
  });

  it('lets the protocol accounts speak their protocol, and nothing else', async () => {
    const type = 'no.ks.fiks.arkiv.v1.innsyn.sok';
    expect(await send(4, 3, type, 'sok')).toMatchObject({ status: 202 });
    expect((await send(4, 3, 'no.eksempel.annet', 'x')).status).toBe(400);
    expect((await send(3, 4, type, 'x')).status).toBe(400);
    expect((await send(0, 3, type, 'x')).status).toBe(400);
  });

  it('has a key for every account that fits its private one', async () => {
    for (const { kontoId, certificatePem } of file.fiksIoAccounts) {
      const answer = await fetch(`${test.baseUrl}/fiks-io/katalog/api/v1/kontoer/${kontoId}/offentligNokkel`);
      const { nokkel } = (await answer.json()) as { nokkel: string };
      expect(nokkel.replace(/\s/g, '')).toBe(certificatePem.replace(/\s/g, ''));
    }
  });

  it('refuses a wrong password, and the queue of somebody else', async () => {
    const { port } = file.amqp;
    const wrong = amqplib.connect({
      protocol: 'amqp',
      hostname: '127.0.0.1',
      port: port!,
      username: account(0).integrasjonId,
      password: 'feil passord',
    });
    await expect(wrong).rejects.toThrow(/403|ACCESS.REFUSED/);
    const connection = await connect(0, false);
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    await expect(channel.consume(`fiksio.konto.${account(1).kontoId}`, () => {})).rejects.toThrow(/403/);
    await connection.close();
  });
});

describe('the AMQP ports', () => {
  it('that are taken keep the platform from starting, and it says which setting to change', async () => {
    const taken = createNetServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    for (const name of ['AMQP_PORT', 'AMQPS_PORT'])
      await expect(startTestServer({ [name]: String(port) })).rejects.toThrow(
        `${name}: port ${port} is taken by another program`,
      );
    taken.close();
  });
});
