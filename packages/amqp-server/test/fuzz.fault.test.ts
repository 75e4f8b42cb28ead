import { randomInt } from 'node:crypto';
import { bytes, createRandom, mutate, pick, type Random } from '@grunnmur/kernel/testing';
import { describe, expect, it } from 'vitest';
import { createFrameParser } from '../src/codec/frame-parser.ts';
import { readMethod } from '../src/codec/method-codec.ts';
import { METHODS } from '../src/codec/methods.ts';
import { AmqpFault } from '../src/faults.ts';
import { connect, openChannel, quiet, rawSocket, until } from './amqplib-client.ts';
import { QUEUE, startFixture } from './fixture.ts';
import { encode, frame, HEADER, plain } from './raw-client.ts';

/** A failing run is repeated with the seed it prints: AMQP_FUZZ_SEED. CI gives it minutes: AMQP_FUZZ_SECONDS. */
const seed = Number(process.env.AMQP_FUZZ_SEED ?? randomInt(2 ** 31));
const seconds = Number(process.env.AMQP_FUZZ_SECONDS ?? 10);

const CLOSE = { replyCode: 200, replyText: 'ok', classId: 0, methodId: 0 };
const HANDSHAKE = [
  HEADER,
  encode(0, 'ConnectionStartOk', {
    clientProperties: { product: 'x', capabilities: { a: true } },
    response: plain(),
  }),
  encode(0, 'ConnectionTuneOk', { channelMax: 0, frameMax: 0, heartbeat: 0 }),
  encode(0, 'ConnectionOpen', { virtualHost: '/' }),
];

/** Frames that make sense, in an order that may not. */
function sensible(random: Random): Buffer {
  const channel = random(4);
  const table = { a: 'b', n: { x: [1, null, 'y'] }, f: 1.5 };
  return pick(random, [
    () => encode(channel, 'ChannelOpen'),
    () => encode(channel, 'ChannelOpen'),
    () => encode(channel, 'BasicQos', { prefetchCount: random(5), global: random(2) === 0 }),
    () =>
      encode(channel, 'BasicConsume', {
        queue: QUEUE,
        consumerTag: pick(random, ['', 'a', 'b']),
        noAck: random(3) === 0,
        nowait: random(4) === 0,
        exclusive: random(9) === 0,
        arguments: table,
      }),
    () => encode(channel, 'BasicCancel', { consumerTag: pick(random, ['a', 'b', 'c']) }),
    () => encode(channel, 'BasicAck', { deliveryTag: random(6), multiple: random(2) === 0 }),
    () =>
      encode(channel, 'BasicNack', {
        deliveryTag: random(6),
        multiple: random(2) === 0,
        requeue: random(2) === 0,
      }),
    () => encode(channel, 'BasicReject', { deliveryTag: random(6), requeue: random(2) === 0 }),
    () => encode(channel, 'BasicGet', { queue: QUEUE, noAck: random(2) === 0 }),
    () => encode(channel, 'BasicRecover', { requeue: true }),
    () =>
      encode(channel, 'QueueDeclare', {
        queue: pick(random, [QUEUE, '', 'x']),
        passive: true,
        arguments: table,
      }),
    () => encode(channel, 'BasicPublish', { exchange: '', routingKey: QUEUE }),
    () => encode(channel, 'ChannelFlow', { active: random(2) === 0 }),
    () => encode(channel, 'ChannelClose', CLOSE),
    () => encode(channel, 'ChannelCloseOk'),
    () => frame(2, channel, bytes(random, 14)),
    () => frame(3, channel, bytes(random, random(500))),
    () => frame(8, 0, Buffer.alloc(0)),
  ])();
}

/** A method frame of any id with arguments that are chance, or nearly right. */
function nonsense(random: Random): Buffer {
  const { classId, methodId } = pick(random, Object.values(METHODS));
  const ids = Buffer.alloc(4);
  ids.writeUInt16BE(random(20) === 0 ? random(65_536) : classId, 0);
  ids.writeUInt16BE(random(20) === 0 ? random(65_536) : methodId, 2);
  return frame(
    pick(random, [1, 1, 1, 1, 2, 3, 8, random(256)]),
    random(5),
    Buffer.concat([ids, bytes(random, random(60))]),
  );
}

function any(random: Random): Buffer {
  const kind = random(10);
  if (kind < 6) return sensible(random);
  if (kind < 8) return nonsense(random);
  return mutate(random, sensible(random));
}

describe(`fuzz, AMQP_FUZZ_SEED=${seed}`, () => {
  it('reading methods throws faults and nothing else', () => {
    const random = createRandom(seed);
    const end = Date.now() + (seconds * 1000) / 4;
    let read = 0;
    while (Date.now() < end) {
      for (let n = 0; n < 500; n += 1) {
        const whole = random(2) === 0 ? nonsense(random) : mutate(random, sensible(random));
        const before = Buffer.from(whole);
        try {
          readMethod(whole.subarray(7, -1));
          read += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(AmqpFault);
        }
        expect(whole.equals(before)).toBe(true);
      }
    }
    expect(read).toBeGreaterThan(0);
  });

  it('the frame parser hands on the same frames, or the same fault, however the stream is cut', () => {
    const random = createRandom(seed + 1);
    const end = Date.now() + (seconds * 1000) / 4;
    const parse = (stream: Buffer, cut: () => number) => {
      const seen: string[] = [];
      const parser = createFrameParser(
        {
          method: (channel, payload) => seen.push(`${channel} ${payload.toString('base64')}`),
          content: (channel, kind) => seen.push(`${channel} ${kind}`),
          heartbeat: () => seen.push('heartbeat'),
        },
        4096,
      );
      try {
        for (let at = 0; at < stream.length; ) {
          const length = cut();
          parser.push(Buffer.from(stream.subarray(at, at + length)));
          at += length;
        }
      } catch (error) {
        expect(error).toBeInstanceOf(AmqpFault);
        seen.push((error as AmqpFault).message);
      }
      return seen;
    };
    while (Date.now() < end) {
      const stream = mutate(random, Buffer.concat(Array.from({ length: 1 + random(8) }, () => any(random))));
      const whole = parse(stream, () => stream.length + 1);
      expect(parse(stream, () => 1 + random(30))).toEqual(whole);
    }
  });

  it(
    'a live server neither falls, hangs nor grows, loses nothing, and serves others',
    async () => {
      const fixture = await startFixture({ limits: { closeMs: 1000, handshakeMs: 2000 } });
      const random = createRandom(seed + 2);
      const crashed: unknown[] = [];
      const onCrash = (error: unknown) => crashed.push(error);
      process.on('uncaughtException', onCrash);
      process.on('unhandledRejection', onCrash);
      try {
        const end = Date.now() + (seconds * 1000) / 2;
        let rounds = 0;
        let heapAfterWarmUp = 0;
        while (Date.now() < end) {
          await Promise.all(Array.from({ length: 8 }, () => attack(fixture.port, random)));
          // A port is taken for a minute after its connection has ended: as fast as it goes, there would soon be none left.
          await quiet(40);
          fixture.broker.put(QUEUE, { id: `m${rounds}`, body: Buffer.alloc(random(3000)) });
          rounds += 1;
          if (rounds === 20) heapAfterWarmUp = process.memoryUsage().heapUsed;
        }
        expect(crashed).toEqual([]);
        await until(() => fixture.server.connections().length === 0, 'all connections ended', 15_000);
        // Nothing is left leased by a connection that is gone.
        await until(() => fixture.broker.waiting(QUEUE).every(({ leased }) => !leased), 'all given back');
        if (heapAfterWarmUp > 0) {
          expect(process.memoryUsage().heapUsed - heapAfterWarmUp).toBeLessThan(200 * 1024 * 1024);
        }
        fixture.broker.put(QUEUE, { id: 'last' });
        const model = await connect(fixture.port);
        const channel = await openChannel(model);
        let received = 0;
        await channel.consume(QUEUE, (message) => {
          if (!message) return;
          received += 1;
          channel.ack(message);
        });
        await until(() => fixture.broker.waiting(QUEUE).length === 0, 'a valid client empties the queue');
        expect(received).toBeGreaterThan(0);
        await model.close();
        expect(fixture.logged().filter(({ level }) => Number(level) >= 50)).toEqual([]);
      } finally {
        process.off('uncaughtException', onCrash);
        process.off('unhandledRejection', onCrash);
        await fixture.stop();
      }
    },
    seconds * 1000 + 60_000,
  );
});

/** One connection: usually through the handshake, then a stream of frames in pieces, then gone in one way or another. */
async function attack(port: number, random: Random): Promise<void> {
  const socket = await rawSocket(port);
  if (random(4) > 0) socket.on('data', () => undefined);
  const opening =
    random(8) > 0 ? HANDSHAKE : HANDSHAKE.map((part) => (random(3) === 0 ? mutate(random, part) : part));
  const stream = Buffer.concat([...opening, ...Array.from({ length: random(40) }, () => any(random))]);
  for (let at = 0; at < stream.length && !socket.destroyed; ) {
    const length = 1 + random(random(2) === 0 ? 50 : 4000);
    socket.write(stream.subarray(at, at + length));
    at += length;
    if (random(3) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (random(2) === 0) await new Promise((resolve) => setTimeout(resolve, random(20)));
  if (socket.destroyed) return;
  if (random(2) === 0) socket.end();
  socket.resume();
  const wait = setTimeout(() => socket.destroy(), 5 + random(30));
  // Not `once`, which fails when the server is gone before all was written: that is one of the ways to go.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  clearTimeout(wait);
}
