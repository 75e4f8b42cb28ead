import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as netConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { promisify } from 'node:util';
import amqplib from 'amqplib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  connect,
  createInbox,
  INTEGRASJON,
  openChannel,
  PASSWORD,
  quiet,
  rawSocket,
  TOKEN,
  until,
} from './amqplib-client.ts';
import { type Fixture, QUEUE, startFixture } from './fixture.ts';
import { encode, endRaw, frame, HEADER, openRaw, openRawChannel, rawClient, wrapRaw } from './raw-client.ts';

let fixture: Fixture | undefined;

afterEach(async () => {
  await fixture?.stop();
  fixture = undefined;
});

describe('heartbeats', () => {
  it('are sent when there is nothing else, and keep an idle connection', async () => {
    fixture = await startFixture();
    const client = await openRaw(fixture.port, { heartbeat: 2 });
    const beat = setInterval(() => client.write(frame(8, 0, Buffer.alloc(0))), 200);
    const beats = () => client.frames.filter(({ name }) => name === 'heartbeat').length;
    // Longer than a connection without a client's heartbeats lives.
    await quiet(4500);
    await until(() => beats() >= 3, 'three heartbeats', 20_000);
    clearInterval(beat);
    expect(client.ended()).toBe(false);
    await endRaw(client);
  });

  it('that are missing twice end the connection, and its messages go back', async () => {
    fixture = await startFixture();
    const client = await openRawChannel(fixture.port, { heartbeat: 1 });
    client.method(1, 'BasicConsume', { queue: QUEUE });
    fixture.broker.put(QUEUE, { id: '1' });
    await client.take('BasicDeliver');
    await until(client.ended, 'closed', 6000);
    await until(() => fixture!.broker.outcomes.length === 1, 'given back');
    expect(fixture.broker.outcomes).toEqual([{ id: '1', outcome: 'connection_lost' }]);
    expect(fixture.logged().map(({ msg }) => msg)).toContain('AMQP client missed its heartbeats');
  });

  it('of amqplib and of the server satisfy each other', async () => {
    fixture = await startFixture();
    const model = await connect(fixture.port, { heartbeat: 1 });
    await quiet(3500);
    expect(model.errors).toEqual([]);
    await (await openChannel(model)).checkQueue(QUEUE);
    await model.close();
  });
});

describe('time limits', () => {
  it.each([
    ['nothing', []],
    ['half a header', [HEADER.subarray(0, 5)]],
    ['a header only', [HEADER]],
  ])('end a connection that has sent %s', async (_, parts) => {
    fixture = await startFixture({ limits: { handshakeMs: 700 } });
    const client = await rawClient(fixture.port);
    client.write(...parts);
    await until(client.ended, 'closed', 4000);
    await until(() => fixture!.server.connections().length === 0, 'gone');
  });

  it('end a handshake that trickles in', async () => {
    fixture = await startFixture({ limits: { handshakeMs: 700 } });
    const client = await rawClient(fixture.port);
    client.write(HEADER);
    const slow = encode(0, 'ConnectionStartOk', { clientProperties: {}, response: Buffer.alloc(500) });
    let at = 0;
    const drip = setInterval(() => client.write(slow.subarray(at, ++at)), 50);
    await until(client.ended, 'closed', 4000);
    clearInterval(drip);
  });

  it('close a channel that does not answer a delivery', async () => {
    fixture = await startFixture({ limits: { ackTimeoutMs: 500 } });
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    await channel.consume(QUEUE, () => undefined);
    fixture.broker.put(QUEUE, { id: '1' });
    await until(() => channel.errors.length > 0, 'closed', 15_000);
    expect(channel.errors[0]!.message).toMatch(/406 \(PRECONDITION-FAILED\).*not acknowledged in time/);
    expect(fixture.broker.waiting(QUEUE)).toEqual([{ id: '1', attempts: 1, leased: false }]);
    await model.close();
  });

  it('give up a socket that takes nothing, and its messages go to others', async () => {
    fixture = await startFixture({ limits: { stallMs: 800 } });
    const client = await openRawChannel(fixture.port);
    client.socket.pause();
    client.method(1, 'BasicConsume', { queue: QUEUE });
    fixture.broker.put(QUEUE, { id: 'stor', size: 50_000_000, body: async () => Readable.from(blocks(50)) });
    await until(() => fixture!.broker.outcomes.length === 1, 'given back', 8000);
    expect(fixture.broker.outcomes[0]!.outcome).toBe('connection_lost');
    await endRaw(client);
  });
});

function* blocks(count: number): Generator<Buffer> {
  for (let n = 0; n < count; n += 1) yield Buffer.alloc(1_000_000);
}

describe('back-pressure', () => {
  it('stops delivering to a client that does not read, in bounded memory', async () => {
    fixture = await startFixture();
    const client = await openRawChannel(fixture.port);
    client.method(1, 'BasicConsume', { queue: QUEUE });
    await client.take('BasicConsumeOk');
    client.socket.pause();
    const body = Buffer.alloc(100_000);
    fixture.broker.put(QUEUE, ...Array.from({ length: 2000 }, (_, n) => ({ id: `m${n}`, body })));
    await quiet(300);
    // The sockets' own buffers take some; 200 MB would be all.
    const leased = fixture.broker.waiting(QUEUE).filter((one) => one.leased).length;
    expect(leased).toBeLessThan(400);
    // Others are served meanwhile.
    const model = await connect(fixture.port);
    await (await openChannel(model)).checkQueue(QUEUE);
    await model.close();
    client.socket.resume();
    await until(() => fixture!.broker.waiting(QUEUE).every((one) => one.leased), 'the rest', 20_000);
    await endRaw(client);
  });

  it('takes no more by basic.get than is read', async () => {
    fixture = await startFixture();
    const client = await openRawChannel(fixture.port);
    client.socket.pause();
    const body = Buffer.alloc(100_000);
    fixture.broker.put(QUEUE, ...Array.from({ length: 1500 }, (_, n) => ({ id: `m${n}`, body })));
    const get = encode(1, 'BasicGet', { queue: QUEUE, noAck: false });
    client.write(Buffer.concat(Array.from({ length: 1500 }, () => get)));
    await quiet(500);
    expect(fixture.broker.waiting(QUEUE).filter(({ leased }) => leased).length).toBeLessThan(400);
    client.socket.resume();
    await until(
      () => client.frames.filter(({ name }) => name === 'BasicGetOk').length === 1500,
      'the rest',
      25_000,
    );
    await endRaw(client);
  });

  it('streams at the pace of the reader', async () => {
    fixture = await startFixture();
    let produced = 0;
    const body = async () =>
      Readable.from(
        (function* () {
          for (const block of blocks(60)) {
            produced += block.length;
            yield block;
          }
        })(),
        { highWaterMark: 1 },
      );
    const client = await openRawChannel(fixture.port);
    client.socket.pause();
    client.method(1, 'BasicConsume', { queue: QUEUE });
    fixture.broker.put(QUEUE, { id: 'stor', size: 60_000_000, body });
    await quiet(400);
    expect(produced).toBeLessThan(30_000_000);
    client.socket.resume();
    const received = () =>
      client.frames.reduce((sum, one) => sum + (one.name === 'body' ? one.payload.length : 0), 0);
    await until(() => received() === 60_000_000, 'whole', 25_000);
    await endRaw(client);
  });

  it('reads no more questions while their answers are not read', async () => {
    fixture = await startFixture({ limits: { maxUnsentBytes: 20_000 } });
    const client = await openRawChannel(fixture.port);
    client.socket.pause();
    const question = encode(1, 'BasicQos', {});
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => question));
    let accepted = 0;
    // Stops being accepted when neither side's buffers take more.
    for (let n = 0; n < 300 && !client.socket.writableNeedDrain; n += 1) {
      if (!client.socket.write(many)) await Promise.race([once(client.socket, 'drain'), quiet(300)]);
      accepted += 1;
    }
    expect(accepted).toBeLessThan(300);
    client.socket.resume();
    await until(() => client.socket.writableLength === 0, 'taken', 25_000);
    await endRaw(client);
  });
});

describe('connections', () => {
  it('are limited in all and per address', async () => {
    fixture = await startFixture({ limits: { maxConnections: 4, maxConnectionsPerAddress: 3 } });
    const clients = [];
    for (let n = 0; n < 3; n += 1) clients.push(await openRaw(fixture.port));
    const fourth = await rawClient(fixture.port);
    await until(fourth.ended, 'refused');
    expect(fixture.server.stats()).toEqual({ connections: 3, refused: 1 });
    await endRaw(clients.pop()!);
    await until(() => fixture!.server.stats().connections === 2, 'gone');
    clients.push(await openRaw(fixture.port));
    const elsewhere = netConnect({ port: fixture.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    await once(elsewhere, 'connect');
    const last = wrapRaw(elsewhere);
    last.write(HEADER);
    await last.take('ConnectionStart');
    for (const client of [...clients, last]) await endRaw(client);
  });

  it('are told with 320 when the server stops, and their messages go back', async () => {
    fixture = await startFixture();
    const model = await connect(fixture.port);
    const inbox = createInbox();
    await (await openChannel(model)).consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1' });
    await inbox.take();
    const closes: string[] = [];
    model.on('close', (error?: Error) => closes.push(String(error?.message)));
    const silent = await openRaw(fixture.port);
    const half = await rawSocket(fixture.port);
    await fixture.stop();
    expect(closes).toEqual([expect.stringMatching(/320 \(CONNECTION-FORCED\)/)]);
    expect(fixture.broker.outcomes).toEqual([{ id: '1', outcome: 'released' }]);
    expect((await silent.take('ConnectionClose')).fields.replyCode).toBe(320);
    await until(silent.ended, 'ended');
    half.destroy();
    await expect(connect(fixture.port)).rejects.toThrow();
  }, 20_000);

  it('come back by amqplib’s own recovery after a restart, with the unanswered message marked', async () => {
    fixture = await startFixture();
    const { port, broker } = fixture;
    const received: { id: unknown; redelivered: boolean }[] = [];
    const setup = async (model: { createChannel(): Promise<amqplib.Channel> }) => {
      const channel = await model.createChannel();
      channel.on('error', () => undefined);
      await channel.prefetch(10);
      await channel.consume(
        QUEUE,
        (message) => {
          if (message)
            received.push({ id: message.properties.messageId, redelivered: message.fields.redelivered });
        },
        // As the published clients do on recovery (§3.2).
        { consumerTag: 'amq.ctag-husket' },
      );
    };
    const model = await amqplib.connect(
      { hostname: '127.0.0.1', port, username: INTEGRASJON, password: `${PASSWORD} ${TOKEN}` },
      { recovery: { initialDelay: 100, maxDelay: 200, setup } },
    );
    model.on('error', () => undefined);
    broker.put(QUEUE, { id: '1' });
    await until(() => received.length === 1, 'first');
    await fixture.stop();
    const { createAmqpServer } = await import('../src/server.ts');
    const { pino } = await import('pino');
    const again = await createAmqpServer({
      broker,
      log: pino({ level: 'silent' }),
      now: () => new Date(),
      product: 'Grunnmur',
      version: '2',
      listeners: [{ port, host: '127.0.0.1' }],
    });
    await until(() => received.length === 2, 'again');
    expect(received).toEqual([
      { id: '1', redelivered: false },
      { id: '1', redelivered: true },
    ]);
    await model.close();
    await again.stop();
  });
});

describe('TLS', () => {
  let tls: { key: string; cert: string };

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'amqp-tls-'));
    const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem'), '-addext', names];
    await promisify(execFile)('openssl', [...request, ...files]);
    tls = {
      key: await readFile(join(folder, 'key.pem'), 'utf8'),
      cert: await readFile(join(folder, 'cert.pem'), 'utf8'),
    };
    await rm(folder, { recursive: true });
  });

  const start = (limits = {}) =>
    startFixture({
      limits,
      listeners: [
        { port: 0, host: '127.0.0.1', tls },
        { port: 0, host: '127.0.0.1' },
      ],
    });

  it('carries everything, beside a plain listener', async () => {
    fixture = await start();
    const large = Buffer.alloc(2_000_000, 'x');
    const model = await connect(fixture.port, { ca: tls.cert });
    const inbox = createInbox();
    const channel = await openChannel(model);
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1', body: large }, { id: '2', body: Buffer.from('liten') });
    expect((await inbox.take())!.content.equals(large)).toBe(true);
    expect((await inbox.take())!.content.toString()).toBe('liten');
    channel.ackAll();
    await until(() => fixture!.broker.outcomes.length === 2, 'acked');
    const other = await connect(fixture.server.ports[1]!);
    expect(fixture.server.connections().map((one) => one.tls)).toEqual([true, false]);
    await other.close();
    await model.close();
    await until(() => fixture!.server.stats().connections === 0, 'gone');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    fixture = await start();
    const socket = tlsConnect({
      port: fixture.port,
      host: '127.0.0.1',
      ca: tls.cert,
      minVersion: version,
      maxVersion: version,
    });
    await once(socket, 'secureConnect');
    expect(socket.getProtocol()).toBe(version);
    const client = wrapRaw(socket);
    client.write(HEADER);
    await client.take('ConnectionStart');
    await endRaw(client);
  });

  it('ends a handshake that does not come, trickles in or is none', async () => {
    fixture = await start({ handshakeMs: 800 });
    const silent = await rawSocket(fixture.port);
    const slow = await rawSocket(fixture.port);
    const wrong = await rawSocket(fixture.port);
    wrong.write('AMQP\u0000\u0000\u0009\u0001 this is not TLS');
    const drip = setInterval(() => slow.write(Buffer.of(22)), 100);
    slow.on('data', () => undefined);
    wrong.on('data', () => undefined);
    silent.on('data', () => undefined);
    await until(
      () => [silent, slow, wrong].every((one) => one.closed || one.readableEnded),
      'all closed',
      5000,
    );
    clearInterval(drip);
    await until(() => fixture!.server.stats().connections === 0, 'gone');
    const model = await connect(fixture.port, { ca: tls.cert });
    await model.close();
  });
});
