import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, openChannel, quiet, until } from './amqplib-client.ts';
import { type Fixture, QUEUE, startFixture } from './fixture.ts';
import {
  encode,
  endRaw,
  fieldTables,
  frame,
  HEADER,
  openRaw,
  openRawChannel,
  plain,
  type RawClient,
  rawClient,
  startOk,
} from './raw-client.ts';

let fixture: Fixture;
let client: RawClient | undefined;

beforeAll(async () => {
  fixture = await startFixture({
    limits: { maxConsumersPerChannel: 3, closeMs: 1500, maxUnackedPerChannel: 4 },
  });
});
afterEach(async () => {
  if (client) await endRaw(client);
  // Whatever a test did, others are served as before.
  const model = await connect(fixture.port);
  await (await openChannel(model)).checkQueue(QUEUE);
  await model.close();
  await until(() => fixture.server.connections().length === 0, 'nothing left behind');
});
afterAll(() => fixture.stop());

async function closesWith(name: string, code: number, text: RegExp): Promise<void> {
  const close = await client!.take(name);
  expect(close.fields).toMatchObject({ replyCode: code, replyText: expect.stringMatching(text) });
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const method = (classId: number, methodId: number, ...args: Buffer[]) =>
  Buffer.concat([u32(classId * 0x1_0000 + methodId), ...args]);

describe('before login', () => {
  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['AMQP 1.0', Buffer.from('AMQP\u0000\u0001\u0000\u0000', 'latin1')],
    ['a TLS hello', Buffer.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3)],
    ['one wrong octet', 'B'],
  ])('answers %s with the protocol it speaks, and closes', async (_, bytes) => {
    client = await rawClient(fixture.port);
    const answer: Buffer[] = [];
    client.socket.on('data', (chunk: Buffer) => answer.push(chunk));
    client.write(bytes);
    await until(client.ended, 'closed');
    expect(Buffer.concat(answer)).toEqual(HEADER);
  });

  it('takes the header in pieces', async () => {
    client = await rawClient(fixture.port);
    client.socket.setNoDelay(true);
    for (const octet of HEADER) {
      client.write(Buffer.of(octet));
      await quiet(2);
    }
    const start = await client.take('ConnectionStart');
    expect(start.fields).toMatchObject({ versionMajor: 0, versionMinor: 9 });
    expect(String(start.fields.mechanisms)).toBe('PLAIN');
    expect(String(start.fields.locales)).toBe('en_US');
  });

  it.each([
    ['AMQPLAIN', { mechanism: 'AMQPLAIN' }],
    ['EXTERNAL', { mechanism: 'EXTERNAL', response: Buffer.alloc(0) }],
    ['an empty response', { response: Buffer.alloc(0) }],
    ['a response without NUL', { response: Buffer.from('user password') }],
    ['a response with a NUL too many', { response: Buffer.from('\u0000a\u0000b\u0000c') }],
    ['a response for somebody else', { response: Buffer.from('x\u0000a\u0000b') }],
    ['a response that is not UTF-8', { response: Buffer.of(0, 0xff, 0, 0xfe) }],
  ])('refuses %s with 403', async (_, login) => {
    client = await rawClient(fixture.port);
    client.write(HEADER);
    startOk(client, login);
    await closesWith('ConnectionClose', 403, /^ACCESS_REFUSED - /);
    client.method(0, 'ConnectionCloseOk');
    await until(client.ended, 'closed');
  });

  it('only closes the socket when the client does not announce authentication_failure_close', async () => {
    client = await rawClient(fixture.port);
    client.write(HEADER);
    startOk(client, { clientProperties: {}, response: plain('somebody') });
    await until(client.ended, 'closed');
    expect(client.frames.map(({ name }) => name)).toEqual(['ConnectionStart']);
  });

  it('refuses a response above the limit before it is read', async () => {
    client = await rawClient(fixture.port);
    client.write(HEADER);
    startOk(client, { response: Buffer.concat([plain(), Buffer.alloc(70_000, 0x20)]) });
    await closesWith('ConnectionClose', 501, /FRAME_ERROR.*larger than frame-max/);
  });

  it.each([
    ['tune-ok first', 'ConnectionTuneOk', {}],
    ['open first', 'ConnectionOpen', {}],
    ['a channel method', 'BasicQos', {}],
    [
      'a server method',
      'ConnectionStart',
      { serverProperties: {}, mechanisms: Buffer.alloc(0), locales: Buffer.alloc(0) },
    ],
  ])('closes with 503 on %s', async (_, name, fields) => {
    client = await rawClient(fixture.port);
    client.write(HEADER);
    client.method(0, name, fields);
    await closesWith('ConnectionClose', 503, /COMMAND_INVALID/);
  });

  it.each([
    ['a frame-max below 4096', { frameMax: 4095 }, /frame-max/],
    ['a frame-max above the offer', { frameMax: 131_073 }, /frame-max/],
    ['a channel-max above the offer', { channelMax: 2048 }, /channel-max/],
  ])('closes with 530 on %s', async (_, tune, text) => {
    client = await rawClient(fixture.port);
    client.write(HEADER);
    startOk(client);
    expect((await client.take('ConnectionTune')).fields).toEqual({
      channelMax: 2047,
      frameMax: 131_072,
      heartbeat: 60,
    });
    client.method(0, 'ConnectionTuneOk', tune);
    await closesWith('ConnectionClose', 530, text);
  });
});

describe('frames', () => {
  it.each([
    ['an unknown type', frame(4, 1, Buffer.alloc(3)), 501, /type 4/],
    ['a wrong end', frame(1, 0, encode(0, 'ConnectionCloseOk').subarray(7, -1), 0xcd), 501, /ends with 205/],
    [
      '4 GB announced',
      Buffer.concat([Buffer.of(1, 0, 1), u32(0xffff_ffff), Buffer.alloc(100)]),
      501,
      /4294967295 octets/,
    ],
    ['4 GB of body announced', Buffer.concat([Buffer.of(3, 0, 1), u32(0xffff_ffff)]), 501, /4294967295/],
    ['one octet above frame-max', frame(1, 1, Buffer.alloc(131_065)), 501, /larger than frame-max/],
    ['a heartbeat with a payload', frame(8, 0, Buffer.alloc(1)), 501, /heartbeat/],
    ['a heartbeat on a channel', frame(8, 1, Buffer.alloc(0)), 501, /heartbeat/],
    ['a method without ids', frame(1, 1, Buffer.alloc(3)), 502, /beyond its frame/],
    ['an empty method', frame(1, 1, Buffer.alloc(0)), 502, /beyond its frame/],
    ['an unknown class', frame(1, 1, method(99, 1)), 540, /method 99\.1 is not known/],
    ['an unknown method', frame(1, 1, method(60, 1)), 540, /method 60\.1/],
    ['arguments that are missing', frame(1, 1, method(60, 10, Buffer.alloc(3))), 502, /beyond its frame/],
    ['octets too many', frame(1, 1, method(60, 80, Buffer.alloc(10))), 502, /octets too many/],
    ['a string beyond the frame', frame(1, 1, method(60, 70, Buffer.of(0, 0, 200, 65))), 502, /200 octets/],
    [
      'a table beyond the frame',
      frame(1, 1, method(60, 20, Buffer.of(0, 0, 0, 0, 0), u32(0xffff_fff0))),
      502,
      /beyond/,
    ],
    [
      'a table with an unknown type',
      frame(1, 1, method(60, 20, Buffer.of(0, 0, 0, 0, 0), u32(3), Buffer.of(1, 65, 63))),
      502,
      /type 63/,
    ],
    [
      'a value beyond its table',
      frame(1, 1, method(60, 20, Buffer.of(0, 0, 0, 0, 0), u32(4), Buffer.of(1, 65, 73, 1))),
      502,
      /beyond/,
    ],
    ['a server’s method', encode(1, 'BasicGetEmpty'), 503, /sent by servers only/],
    ['a connection method on a channel', encode(1, 'ConnectionTuneOk'), 503, /out of place/],
    ['a channel method on channel 0', encode(0, 'ChannelOpen'), 503, /out of place/],
    [
      'a second start-ok',
      encode(0, 'ConnectionStartOk', { clientProperties: {}, response: plain() }),
      503,
      /out of place/,
    ],
    ['a second open', encode(0, 'ConnectionOpen'), 503, /out of place/],
    ['a body without a method', frame(3, 1, Buffer.alloc(10)), 505, /UNEXPECTED_FRAME/],
    ['a header without a method', frame(2, 1, Buffer.alloc(14)), 505, /UNEXPECTED_FRAME/],
    ['content on channel 0', frame(3, 0, Buffer.alloc(10)), 505, /UNEXPECTED_FRAME/],
    ['content on a channel never opened', frame(3, 7, Buffer.alloc(10)), 504, /channel 7 is not open/],
    ['a method on a channel never opened', encode(9, 'BasicQos'), 504, /channel 9 is not open/],
    [
      'a close of a channel never opened',
      encode(9, 'ChannelClose', { replyCode: 200, replyText: '', classId: 0, methodId: 0 }),
      504,
      /9/,
    ],
    ['a channel opened twice', encode(1, 'ChannelOpen'), 504, /channel 1 is open/],
    ['a channel above channel-max', encode(2048, 'ChannelOpen'), 504, /channel-max/],
    ['prefetch-size', encode(1, 'BasicQos', { prefetchSize: 1 }), 540, /prefetch-size/],
    ['recover without requeue', encode(1, 'BasicRecover', { requeue: false }), 540, /recover/],
  ])('closes the connection: %s', async (_, bytes, code, text) => {
    client = await openRawChannel(fixture.port);
    client.write(bytes);
    await closesWith('ConnectionClose', code, text);
    // What comes now is ignored, also more of the same.
    client.write(bytes);
    client.method(0, 'ConnectionCloseOk');
    await until(() => client!.ended(), 'closed');
    expect(client.frames.filter(({ name }) => name === 'ConnectionClose').length).toBe(1);
  });

  it('tells class and method of what it refuses', async () => {
    client = await openRawChannel(fixture.port);
    client.method(1, 'BasicPublish', { exchange: '', routingKey: QUEUE });
    expect((await client.take('ChannelClose')).fields).toMatchObject({
      replyCode: 403,
      classId: 60,
      methodId: 40,
    });
  });

  it.each([
    ['cannot know', frame(1, 1, method(99, 7)), 99, 7],
    ['cannot read', frame(1, 1, method(60, 10, Buffer.alloc(3))), 60, 10],
    ['may not take from a client', encode(1, 'BasicGetEmpty'), 60, 72],
    ['takes on another channel', encode(0, 'ChannelOpen'), 20, 10],
  ])('tells class and method of what it %s', async (_, bytes, classId, methodId) => {
    client = await openRawChannel(fixture.port);
    client.write(bytes);
    expect((await client.take('ConnectionClose')).fields).toMatchObject({ classId, methodId });
  });

  it('holds no memory for what is announced and not sent', async () => {
    client = await openRawChannel(fixture.port);
    client.write(frame(1, 1, Buffer.alloc(100_000)).subarray(0, 50_000));
    await quiet();
    client.write(frame(1, 1, Buffer.alloc(100_000)).subarray(50_000));
    await closesWith('ConnectionClose', 540, /method 0\.0/);
  });

  it('closes a socket whose peer does not answer connection.close', async () => {
    client = await openRawChannel(fixture.port);
    client.write(encode(9, 'BasicQos'));
    await closesWith('ConnectionClose', 504, /./);
    await until(() => client!.ended(), 'closed by the server', 4000);
  });

  it('takes arguments with values of every type, and ignores them', async () => {
    client = await openRawChannel(fixture.port);
    const every = {
      S: 'tekst',
      I: -5,
      l: 2 ** 40,
      d: 1.5,
      t: true,
      V: null,
      F: { inner: { deep: 'x' } },
      A: [1, 'to', [3]],
      x: Buffer.from('octets'),
      T: { '!': 'timestamp', value: 1 },
      D: { '!': 'decimal', value: { places: 2, digits: 12 } },
      b: { '!': 'byte', value: -1 },
      B: { '!': 'unsignedbyte', value: 255 },
      s: { '!': 'short', value: -2 },
      u: { '!': 'unsignedshort', value: 65535 },
      i: { '!': 'unsignedint', value: 4_000_000_000 },
      f: { '!': 'float', value: 0.5 },
    };
    client.method(1, 'BasicConsume', { queue: QUEUE, arguments: every });
    await client.take('BasicConsumeOk');
  });

  it.each([
    ['deeper', 10, 1],
    ['longer', 0, 1100],
  ])('refuses a table that is %s than the limit', async (_, depth, count) => {
    let table: Record<string, unknown> = Object.fromEntries(
      Array.from({ length: count }, (__, n) => [`k${n}`, true]),
    );
    for (let level = 0; level < depth; level += 1) table = { a: table };
    client = await openRawChannel(fixture.port);
    client.method(1, 'BasicConsume', { queue: QUEUE, arguments: table });
    await closesWith('ConnectionClose', 502, /SYNTAX_ERROR/);
  });

  it('refuses a table nested to the end of its frame without deep recursion', async () => {
    let nested: Buffer = Buffer.of(1, 97, 86);
    while (nested.length < 130_000)
      nested = Buffer.concat([Buffer.of(1, 97, 70), u32(nested.length), nested]);
    client = await openRawChannel(fixture.port);
    client.write(frame(1, 1, method(60, 20, Buffer.of(0, 0, 0, 0, 0), u32(nested.length), nested)));
    await closesWith('ConnectionClose', 502, /nested/);
    expect(() => fieldTables.decodeFields(nested)).toThrow(RangeError);
  });
});

it('gives up what a client took that leaves in the middle of a frame', async () => {
  client = await openRaw(fixture.port);
  client.write(frame(1, 1, Buffer.alloc(1000)).subarray(0, 500));
  client.socket.end();
  await until(() => fixture.server.connections().length === 0, 'gone');
});
