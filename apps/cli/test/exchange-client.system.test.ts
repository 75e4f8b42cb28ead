import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ExchangeClient, ExchangeClientOptions } from '@grunnmur/exchange-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DemoAccess } from '../demo-access.ts';
import { answerTo, byId, contents, demoClient, inbox, pieces, sha, startProxy } from './exchange-kit.ts';
import { type StartedPlatform, startPlatform } from './started-platform.ts';

const TYPE = 'no.eksempel.melding.v1';

/** The client against a whole platform, as another vendor's program would use it. */
describe('exchange client against a running platform', { timeout: 120_000 }, () => {
  let platform: StartedPlatform;
  let demo: DemoAccess;
  const clients: ExchangeClient[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    demo = JSON.parse(await readFile(join(platform.dataDir, 'demo-access.json'), 'utf8')) as DemoAccess;
  }, 90_000);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => platform?.dispose(), 60_000);

  const account = (index: number) => demo.fiksIoAccounts![index]!;
  const client = (index: number, change: Partial<ExchangeClientOptions> = {}) => {
    const made = demoClient(demo, index, change);
    clients.push(made);
    return made;
  };

  it('sends files both ways, signed and encrypted, with the ids of the dialogue', async () => {
    const [a, b] = [client(0), client(1)];
    const [fromB, fromA] = [await inbox(a), await inbox(b)];
    const klientMeldingId = randomUUID();
    const sent = await a.send({
      to: account(1).kontoId,
      type: TYPE,
      files: [
        { name: 'melding.json', content: Buffer.from('{"hei":"på deg"}') },
        { name: 'vedlegg/Årsplan.txt', content: Readable.from([Buffer.from('plan')]) },
      ],
      headere: { farge: 'blå' },
      klientMeldingId,
      klientKorrelasjonsId: 'sak-1',
      ttl: 600_000,
    });
    expect(sent).toMatchObject({
      meldingType: TYPE,
      avsenderKontoId: account(0).kontoId,
      mottakerKontoId: account(1).kontoId,
      ttl: 600_000,
      headere: { farge: 'blå', klientMeldingId, klientKorrelasjonsId: 'sak-1' },
    });
    const received = await fromA.take(byId(sent.meldingId));
    expect(received).toMatchObject({
      type: TYPE,
      avsenderKontoId: account(0).kontoId,
      mottakerKontoId: account(1).kontoId,
      svarPaMelding: undefined,
      klientMeldingId,
      klientKorrelasjonsId: 'sak-1',
      redelivered: false,
      hasPayload: true,
      dokumentlagerId: undefined,
    });
    expect(received.headere).toMatchObject({ farge: 'blå' });
    expect(received.ttl).toBeGreaterThan(500_000);
    const container = await received.openContainer();
    expect(container.signers).toHaveLength(1);
    expect(container.files.map(({ name, rootFile }) => [name, rootFile])).toEqual([
      ['melding.json', true],
      ['vedlegg/Årsplan.txt', false],
    ]);
    await container.close();
    expect(await contents(received)).toEqual({
      'melding.json': sha(Buffer.from('{"hei":"på deg"}')),
      'vedlegg/Årsplan.txt': sha(Buffer.from('plan')),
    });
    const replied = await received.reply({
      type: `${TYPE}.kvittering`,
      files: [{ name: 'kvittering.json', content: Buffer.from('{}') }],
    });
    received.ack();
    expect(() => received.ack()).toThrow(expect.objectContaining({ code: 'already_settled' }));
    const reply = await fromB.take(byId(replied.meldingId));
    expect(reply).toMatchObject({ svarPaMelding: sent.meldingId, klientKorrelasjonsId: 'sak-1' });
    expect(await contents(reply)).toEqual({ 'kvittering.json': sha(Buffer.from('{}')) });
    reply.ack();
  });

  it('sends messages without payload, and large ones by way of Dokumentlager', async () => {
    const [a, b] = [client(0), client(1)];
    const fromA = await inbox(b);
    const empty = await a.send({ to: account(1).kontoId, type: TYPE });
    const received = await fromA.take(byId(empty.meldingId));
    expect(received.hasPayload).toBe(false);
    expect(await contents(received)).toEqual({});
    await expect(received.openContainer()).rejects.toMatchObject({ code: 'no_payload' });
    received.ack();

    const content = randomBytes(12_000_000);
    const sent = await a.send({
      to: account(1).kontoId,
      type: TYPE,
      files: [{ name: 'stor.pdf', content: Readable.from(pieces(content)) }],
    });
    expect(sent.dokumentlagerId).toBeDefined();
    const large = await fromA.take(byId(sent.meldingId));
    expect(large.dokumentlagerId).toBe(sent.dokumentlagerId);
    expect(await contents(large)).toEqual({ 'stor.pdf': sha(content) });
    large.ack();
  });

  it('gives a failing message back, and hears of the third failure as its sender', async () => {
    const [a, b] = [client(0), client(1)];
    const fromB = await inbox(a);
    const seen: boolean[] = [];
    const errors: unknown[] = [];
    const sent = await a.send({ to: account(1).kontoId, type: TYPE });
    await b.subscribe(
      (message) => {
        if (message.meldingId !== sent.meldingId) return;
        seen.push(message.redelivered);
        throw new Error('handler broke');
      },
      { requeueDelayMs: 10, onError: (error) => errors.push(error) },
    );
    const notice = await fromB.take(answerTo(sent.meldingId));
    expect(notice.type).toBe('no.ks.fiks.kvittering.serverfeil.v1');
    notice.ack();
    expect(seen).toEqual([false, true, true]);
    expect(errors.map(String)).toEqual(Array(3).fill('Error: handler broke'));
  });

  it('acknowledges when the handler has ended, and waits for handlers when it is closed', async () => {
    const [a, b] = [client(0), client(1)];
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const sent = await a.send({ to: account(1).kontoId, type: TYPE });
    const subscription = await b.subscribe(async (message) => {
      if (message.meldingId !== sent.meldingId) return;
      started.resolve();
      await finish.promise;
    });
    await started.promise;
    let ended = false;
    const closing = subscription.close().then(() => {
      ended = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(ended).toBe(false);
    finish.resolve();
    await closing;
    expect(subscription.state).toBe('closed');
    const timeline = await statusOf(a, sent.meldingId);
    expect(timeline.status).toBe('KVITTERT');
  });

  it('comes back after a broken connection, and recognises what it has handled', async () => {
    const proxy = await startProxy(demo.amqp!.tlsPort!);
    try {
      const tokens: string[] = [];
      const plain = client(1);
      const [a, b] = [
        client(0),
        client(1, {
          amqp: { host: 'localhost', port: proxy.port, ca: demo.amqp!.caPem },
          token: async () => {
            const token = await plain.token();
            tokens.push(token);
            return token;
          },
        }),
      ];
      const handled = new Set<string>();
      const states: string[] = [];
      const fromA = await inbox(b, {
        backoff: { minMs: 50, maxMs: 200 },
        onState: (state) => states.push(state),
        known: (id) => handled.has(id),
      });
      const first = await a.send({ to: account(1).kontoId, type: TYPE });
      const second = await a.send({ to: account(1).kontoId, type: TYPE });
      const known = await fromA.take(byId(first.meldingId));
      const unknown = await fromA.take(byId(second.meldingId));
      handled.add(known.meldingId);
      proxy.breakAll();
      const again = await fromA.take(byId(second.meldingId));
      expect(again.redelivered).toBe(true);
      again.ack();
      expect(() => unknown.ack()).toThrow(expect.objectContaining({ code: 'connection_lost' }));
      await expect.poll(async () => (await statusOf(a, first.meldingId)).status).toBe('KVITTERT');
      expect(states).toEqual(['consuming', 'waiting', 'connecting', 'consuming']);
      expect(fromA.errors).toHaveLength(1);
      expect(fromA.errors[0]).toMatchObject({ code: 'unavailable' });
      // One for each login at least.
      expect(tokens.length).toBeGreaterThanOrEqual(2);
    } finally {
      await proxy.close();
    }
  });

  it('waits for a broker that is not there yet, and can be closed meanwhile', async () => {
    const proxy = await startProxy(demo.amqp!.tlsPort!);
    await proxy.close();
    const b = client(1, { amqp: { host: 'localhost', port: proxy.port, ca: demo.amqp!.caPem } });
    const abort = new AbortController();
    const errors: unknown[] = [];
    const subscribing = b.subscribe(() => {}, {
      signal: abort.signal,
      backoff: { minMs: 20, maxMs: 50 },
      onError: (error) => errors.push(error),
    });
    await expect.poll(() => errors.length).toBeGreaterThan(2);
    expect(errors[0]).toMatchObject({ code: 'unavailable' });
    abort.abort();
    await expect(subscribing).rejects.toMatchObject({ code: 'closed' });
  });

  it('tells what was refused', async () => {
    const wrong = client(0, { integrasjonPassord: 'feil' });
    await expect(wrong.subscribe(() => {})).rejects.toMatchObject({ code: 'forbidden', status: 403 });
    await expect(wrong.send({ to: account(1).kontoId, type: TYPE })).rejects.toMatchObject({
      code: 'unauthorized',
      status: 401,
    });
    const others = client(0, { kontoId: account(1).kontoId });
    await expect(others.subscribe(() => {})).rejects.toMatchObject({ code: 'forbidden' });
    await expect(client(0, { kontoId: randomUUID() }).subscribe(() => {})).rejects.toMatchObject({
      code: 'not_found',
    });
    const a = client(0);
    const files = [{ name: 'a.txt', content: Buffer.from('a') }];
    await expect(a.send({ to: randomUUID(), type: TYPE, files })).rejects.toMatchObject({
      code: 'no_public_key',
    });
    await expect(a.send({ to: randomUUID(), type: TYPE })).rejects.toMatchObject({
      code: 'not_found',
      status: 404,
    });
    await expect(a.send({ to: account(1).kontoId, type: TYPE, ttl: 1 })).rejects.toMatchObject({
      code: 'rejected',
    });
    const token = { issuer: demo.issuer, tokenEndpoint: demo.tokenEndpoint, clientId: 'ukjent' };
    const { privateKeyPem, certificatePem } = account(0);
    const unknown = client(0, { token: { ...token, privateKeyPem, certificatePem } });
    await expect(unknown.katalog.konto(account(1).kontoId)).rejects.toMatchObject({ code: 'no_token' });
    const untrusting = client(0, { amqp: { host: 'localhost', port: demo.amqp!.tlsPort! } });
    const errors: unknown[] = [];
    const abort = new AbortController();
    const subscribing = untrusting.subscribe(() => {}, {
      signal: abort.signal,
      onError: (error) => {
        errors.push(error);
        abort.abort();
      },
    });
    await expect(subscribing).rejects.toMatchObject({ code: 'closed' });
    expect(String(errors[0])).toMatch(/certificate/);
  });

  it('a file that cannot be read stops the message', async () => {
    const broken = Readable.from(
      (async function* () {
        yield randomBytes(2_000_000);
        throw new Error('disk gone');
      })(),
    );
    const a = client(0);
    await expect(
      a.send({ to: account(1).kontoId, type: TYPE, files: [{ name: 'a.bin', content: broken }] }),
    ).rejects.toThrow('disk gone');
    const abort = new AbortController();
    const endless = Readable.from(
      (async function* () {
        yield randomBytes(100_000);
        abort.abort();
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield randomBytes(100_000);
      })(),
    );
    await expect(
      a.send({
        to: account(1).kontoId,
        type: TYPE,
        files: [{ name: 'a.bin', content: endless }],
        signal: abort.signal,
      }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });

  it('asks the catalogue, keeps the key there, and stores documents', async () => {
    const [a, b] = [client(0), client(1)];
    const konto = await a.katalog.konto(account(1).kontoId);
    expect(konto).toMatchObject({ kontoId: account(1).kontoId, kontoNavn: account(1).name });
    expect(await a.katalog.status(account(1).kontoId)).toMatchObject({ gyldigMottaker: true });
    expect(await a.katalog.konto(randomUUID())).toBeUndefined();
    expect(await a.katalog.offentligNokkel(randomUUID())).toBeUndefined();
    const same = await b.ensurePublicKey(account(1).certificatePem);
    expect(same.valid).toBe(true);

    const org = (await b.katalog.konto(account(1).kontoId))!.fiksOrgId;
    const content = randomBytes(300_000);
    const uploaded = await b.dokumentlager.upload({
      fiksOrgId: org,
      kontoId: account(1).kontoId,
      dokumentnavn: 'Måling.bin',
      mimetype: 'application/octet-stream',
      ttl: 3600,
      sikkerhetsniva: 3,
      eksponertFor: [{ type: 'INTEGRASJON', id: account(1).integrasjonId }],
      content: Readable.from(pieces(content)),
      krypter: true,
    });
    expect(uploaded).toMatchObject({ dokumentnavn: 'Måling.bin', ukryptertStorrelse: 300_000 });
    const chunks: Buffer[] = [];
    for await (const chunk of await b.dokumentlager.download(uploaded.id)) chunks.push(chunk as Buffer);
    expect(sha(Buffer.concat(chunks))).toBe(sha(content));
    expect(await b.dokumentlager.metadata(uploaded.id)).toMatchObject({ id: uploaded.id });
    await b.dokumentlager.delete(org, account(1).kontoId, uploaded.id);
    await expect(b.dokumentlager.download(uploaded.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  async function statusOf(asking: ExchangeClient, id: string): Promise<{ status: string }> {
    const { integrasjonId } = account(0);
    const integration = demo.integrations.find((each) => each.integrasjonId === integrasjonId)!;
    const answer = await fetch(`${demo.baseUrl}/api/exchange/meldinger/${id}/timeline`, {
      headers: {
        authorization: `Bearer ${await asking.token()}`,
        integrasjonid: integrasjonId,
        integrasjonpassord: integration.integrasjonPassord,
      },
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { status: string };
  }
});
