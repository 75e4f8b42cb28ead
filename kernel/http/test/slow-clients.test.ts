import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../log/index.ts';
import { connectionBudget } from '../../net/index.ts';
import { type AppOptions, createApp, problemBody, readMultipart, registerFace } from '../index.ts';

const QUICK = { graceMs: 300, bytesPerSecond: 100_000 };
const POST = (type: string, length: number) =>
  `POST /skjema HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;

/** More than the network takes of an answer that nobody reads. */
const LARGE = 12_000_000;
let asked = 0;
let app: FastifyInstance | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app?.close();
});

async function start(options: Partial<AppOptions> = {}): Promise<number> {
  app = await createApp({
    log: createLogger({ level: 'silent' }),
    version: '1',
    publicUrl: 'http://localhost',
    closePatienceMs: 100,
    bodyRule: QUICK,
    ...options,
  });
  const face = { name: 'test', prefix: '/', errorBody: problemBody };
  await registerFace(app, face, (scope) => {
    scope.post('/skjema', async (request) => ({ had: request.body }));
    scope.post(
      '/refused',
      { onRequest: async (_request, reply) => reply.status(401).send('no') },
      async () => 'never',
    );
    scope.post('/fil', async (request) => {
      let bytes = 0;
      for await (const part of readMultipart(request, { maxParts: 2, rate: QUICK }))
        for await (const chunk of part.body) bytes += chunk.length;
      return { bytes };
    });
    scope.get('/work', async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return 'done';
    });
    scope.get('/quick', async () => 'quick');
    scope.get('/large', async () => {
      asked += 1;
      return 'x'.repeat(LARGE);
    });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** A connection that has sent `text`, with all it is answered. */
async function open(port: number, text: string, from = '127.0.0.1') {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  sockets.push(socket);
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk));
  await once(socket, 'connect');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(text);
  return { socket, answer: () => answer, closed, isClosed: () => socket.destroyed };
}

type Client = Awaited<ReturnType<typeof open>>;

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One octet at a time until the connection is gone. */
async function dribble({ socket, closed }: Client): Promise<number> {
  const began = performance.now();
  const timer = setInterval(() => socket.write(' '), 40);
  await closed;
  clearInterval(timer);
  return performance.now() - began;
}

describe('bodies', () => {
  it.each([
    ['JSON', POST('application/json', 1_000_000)],
    ['an upload', `${POST('multipart/form-data; boundary=b', 1_000_000).replace('/skjema', '/fil')}--b\r\n`],
  ])('that come one octet at a time are answered 408 in the shape of the face: %s', async (_what, header) => {
    const client = await open(await start(), header);
    await dribble(client);
    expect(client.answer()).toMatch(/^HTTP\/1.1 408 /);
    expect(client.answer()).toContain('"code":"kernel.timeout"');
  });

  it('hold no connection after their answer either', async () => {
    const client = await open(
      await start(),
      POST('application/json', 1_000_000).replace('/skjema', '/refused'),
    );
    await dribble(client);
    expect(client.answer()).toMatch(/^HTTP\/1.1 401 /);
  });

  it('have a second more for each so many octets, and time in which we do not read is not theirs', async () => {
    const port = await start();
    const whole = 60_000;
    const client = await open(port, POST('application/json', whole + 2));
    client.socket.write('"');
    // Six times the grace in all, at half again the least speed.
    for (let sent = 0; sent < whole; sent += 6_000) {
      client.socket.write('x'.repeat(6_000));
      await wait(40);
    }
    client.socket.write('"');
    await expect.poll(client.answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('leave calls without a body alone', async () => {
    const client = await open(await start(), GET('/work'));
    await expect.poll(client.answer, { timeout: 3_000 }).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('connections', () => {
  const limits = { maxConnections: 6, maxPerAddress: 4 };
  const slow = { graceMs: 60_000, bytesPerSecond: 1 };

  it('that wait on their clients give way to new ones, and those kept after an answer only then', async () => {
    const port = await start({ connections: limits, bodyRule: slow });
    const silent = await open(port, '');
    const idle = await open(port, GET('/quick'));
    const bodies: Client[] = [];
    for (let nr = 0; nr < 4; nr++)
      bodies.push(await open(port, POST('application/json', 1_000), '127.0.0.2'));
    await wait(1_100);
    const come = async (nr: number) => {
      const client = await open(port, GET('/quick'), `127.0.0.${nr + 3}`);
      await expect.poll(client.answer).toContain('quick');
    };
    const stillOpen = () => [silent, idle, ...bodies].map((client) => !client.isClosed());
    for (let nr = 0; nr < 4; nr++) await come(nr);
    // The silent one is the oldest; the bodies follow; whoever has been answered stays.
    await expect.poll(stillOpen).toEqual([false, true, false, false, false, true]);
    await come(4);
    await expect.poll(stillOpen).toEqual([false, true, false, false, false, false]);
    await come(5);
    await expect.poll(stillOpen).toEqual([false, false, false, false, false, false]);
  });

  it('of an address that has its share cost its own, not others', async () => {
    const port = await start({ connections: limits, bodyRule: slow });
    const other = await open(port, '');
    const greedy: Client[] = [];
    for (let nr = 0; nr < 4; nr++) greedy.push(await open(port, '', '127.0.0.2'));
    await wait(1_100);
    for (let nr = 0; nr < 3; nr++) await open(port, '', '127.0.0.2');
    await expect.poll(() => greedy.filter((client) => client.isClosed()).length).toBe(3);
    expect(other.isClosed()).toBe(false);
  });

  it('whose clients do not read their answers give way to new ones, and those who read have them whole', async () => {
    const port = await start({ connections: { maxConnections: 3, maxPerAddress: 3 } });
    const deaf = [await open(port, ''), await open(port, '')];
    for (const { socket } of deaf) {
      socket.pause();
      socket.write(GET('/large'));
    }
    await wait(3_500);
    const reader = await open(port, GET('/large'));
    const newer = [await open(port, GET('/quick')), await open(port, GET('/quick'))];
    for (const client of newer) await expect.poll(client.answer).toContain('quick');
    await expect.poll(() => reader.answer().length, { timeout: 3_000 }).toBeGreaterThan(LARGE);
    for (const { socket } of deaf) socket.resume();
    await Promise.all(deaf.map(({ closed }) => closed));
    for (const client of deaf) expect(client.answer().length).toBeLessThan(LARGE);
  });

  it('that ask on and on without taking their answers are cut, and the rest of what they asked is not worked on', async () => {
    const port = await start();
    asked = 0;
    const deaf = await open(port, '');
    deaf.socket.pause();
    deaf.socket.write(GET('/large').repeat(500));
    await wait(300);
    deaf.socket.resume();
    await deaf.closed;
    expect(asked).toBeLessThanOrEqual(8);
    const some = await open(port, GET('/quick').repeat(8));
    await expect.poll(() => some.answer().split('quick').length).toBe(9);
    some.socket.write(GET('/quick').repeat(8));
    await expect.poll(() => some.answer().split('quick').length).toBe(17);
  });

  it('at work are never cut: a new one is told to come again', async () => {
    const port = await start({ connections: { maxConnections: 2, maxPerAddress: 2 } });
    const working = [await open(port, GET('/work')), await open(port, GET('/work'))];
    await wait(50);
    const refused = await open(port, GET('/quick'));
    await refused.closed;
    expect(refused.answer()).toMatch(/^HTTP\/1.1 503 [\s\S]*Retry-After: 5/);
    for (const client of working)
      await expect.poll(client.answer, { timeout: 3_000 }).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('connectionBudget', () => {
  it('leaves descriptors for the work, however few or many there are', () => {
    for (const limit of [64, 256, 420, 1024, 4096, 20_000, 65_536, 1_048_576]) {
      const { http, amqp } = connectionBudget(limit);
      expect(Math.min(http, amqp)).toBeGreaterThanOrEqual(16);
      if (limit >= 420) expect(2 * http + amqp).toBeLessThanOrEqual(limit - Math.max(200, limit / 4));
    }
    expect(connectionBudget(Number.POSITIVE_INFINITY)).toEqual({ http: 10_000, amqp: 5_000 });
  });
});
