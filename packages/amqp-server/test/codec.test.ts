import { describe, expect, it } from 'vitest';
import { cursorOf } from '../src/codec/cursor.ts';
import { readTable, writeTable } from '../src/codec/field-table.ts';
import { createFrameParser } from '../src/codec/frame-parser.ts';
import { headerFrame, writeBodyFrames, writeMethodFrame } from '../src/codec/frames.ts';
import { readMethod, writeMethod } from '../src/codec/method-codec.ts';
import { METHODS, type MethodName } from '../src/codec/methods.ts';
import { createSink, writeShortString, written } from '../src/codec/sink.ts';
import { definitions, encode, fieldTables, frame } from './raw-client.ts';

/** `connection.start-ok` as amqplib names it. */
const theirName = (name: string) =>
  name.replace(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());
const ID = (name: MethodName) => METHODS[name].classId * 0x1_0000 + METHODS[name].methodId;

const SAMPLES = {
  bit: true,
  octet: 200,
  short: 60_000,
  long: 4_000_000_000,
  longlong: 2 ** 40 + 7,
  shortstr: 'blåbær 🫐',
  longstr: Buffer.from('lang æøå'),
  table: { tekst: 'æ', ja: true, inni: { dypere: 'x' } },
};

describe('methods', () => {
  it('have the ids that amqplib knows', () => {
    const unknown = (Object.keys(METHODS) as MethodName[]).filter(
      (name) => definitions[theirName(name)] !== ID(name),
    );
    expect(unknown).toEqual([]);
  });

  it.each(Object.keys(METHODS) as MethodName[])(
    '%s is written as amqplib reads it, and read as it writes it',
    (name) => {
      const args = Object.fromEntries(
        Object.entries(METHODS[name].args).map(([key, type]) => [key, SAMPLES[type as keyof typeof SAMPLES]]),
      );
      const sink = createSink();
      writeMethod(sink, name, args as never);
      const theirs = definitions.decode(ID(name), written(sink).subarray(4));
      for (const [key, value] of Object.entries(args)) {
        // What is reserved in the specification has other names there.
        if (key in theirs) expect(theirs[key], key).toEqual(value);
      }
      if (METHODS[name].from === 'server') return;
      const bytes = encode(3, theirName(name), args);
      expect(written(sink).equals(bytes.subarray(7, -1))).toBe(true);
      const ours = readMethod(bytes.subarray(7, -1));
      expect(ours.name).toBe(name);
      for (const [key, value] of Object.entries(args)) {
        const read = (ours.args as Record<string, unknown>)[key];
        if (key === 'arguments' || key === 'clientProperties') {
          expect(read).toEqual(
            new Map<string, unknown>([
              ['tekst', 'æ'],
              ['ja', true],
              ['inni', new Map([['dypere', 'x']])],
            ]),
          );
        } else expect(read, key).toEqual(value);
      }
    },
  );

  it('keep their bits apart', () => {
    for (let bits = 0; bits < 32; bits += 1) {
      const flags = ['passive', 'durable', 'exclusive', 'autoDelete', 'nowait'] as const;
      const fields = Object.fromEntries(flags.map((flag, n) => [flag, ((bits >> n) & 1) === 1]));
      const read = readMethod(encode(1, 'QueueDeclare', { queue: 'q', ...fields }).subarray(7, -1));
      expect(read.args).toMatchObject(fields);
    }
  });

  it('cut short texts at whole characters', () => {
    const sink = createSink();
    writeShortString(sink, 'æ'.repeat(200));
    expect(written(sink)[0]).toBeLessThanOrEqual(255);
    expect(written(sink).subarray(1).toString()).toMatch(/^æ+$/);
  });
});

describe('tables', () => {
  const write = (value: Record<string, unknown>) => {
    const buffer = Buffer.alloc(70_000);
    return buffer.subarray(0, fieldTables.encodeTable(buffer, value, 0));
  };

  it('are read with every type of amqplib', () => {
    const read = readTable(
      cursorOf(
        write({
          S: 'tekst',
          tom: '',
          b: -128,
          s: -30_000,
          I: -2_000_000_000,
          l: -(2 ** 50),
          d: 1.25,
          t: false,
          V: null,
          A: ['a', 1, [true]],
          x: Buffer.from([1, 2]),
          T: { '!': 'timestamp', value: 1_700_000_000 },
          D: { '!': 'decimal', value: { places: 2, digits: 1234 } },
          B: { '!': 'uint8', value: 255 },
          u: { '!': 'uint16', value: 65_535 },
          i: { '!': 'uint32', value: 4_294_967_295 },
          f: { '!': 'float', value: 0.5 },
          __proto__x: 'navn',
          constructor: 'navn',
        }),
      ),
    );
    expect(Object.fromEntries(read)).toEqual({
      S: 'tekst',
      tom: '',
      b: -128,
      s: -30_000,
      I: -2_000_000_000,
      l: -(2n ** 50n),
      d: 1.25,
      t: false,
      V: null,
      A: ['a', 1, [true]],
      x: Uint8Array.of(1, 2),
      T: 1_700_000_000,
      D: 12.34,
      B: 255,
      u: 65_535,
      i: 4_294_967_295,
      f: 0.5,
      __proto__x: 'navn',
      constructor: 'navn',
    });
  });

  it('with names of object members stay tables', () => {
    const name = Buffer.from('__proto__');
    const bytes = Buffer.concat([Buffer.of(0, 0, 0, 18, 9), name, Buffer.of(70, 0, 0, 0, 3, 1, 97, 86)]);
    const read = readTable(cursorOf(bytes));
    expect([...read.keys()]).toEqual(['__proto__']);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });

  it('are refused when a name is longer than it can be', () => {
    expect(() => writeTable(createSink(), { ['x'.repeat(256)]: 'v' })).toThrow(RangeError);
  });
});

describe('content', () => {
  it('has the properties of §3.4 and a header table, also an empty one', () => {
    const properties = { headers: {}, expiration: undefined, messageId: 'id', timestamp: new Date(5_999) };
    const bytes = headerFrame(7, 2 ** 33, properties);
    expect(bytes.subarray(0, 3)).toEqual(Buffer.of(2, 0, 7));
    expect(bytes.readBigUInt64BE(11)).toBe(2n ** 33n);
    const theirs = definitions.encodeProperties(60, 7, 2 ** 33, {
      headers: {},
      deliveryMode: 2,
      messageId: 'id',
      timestamp: 5,
    });
    expect(bytes.equals(theirs)).toBe(true);
  });

  it.each([0, 1, 4087, 4088, 4089, 8176, 8177])('of %d octets is split to fit frame-max', (length) => {
    const sink = createSink();
    const body = Buffer.alloc(length, 'ab');
    writeBodyFrames(sink, 1, body, 4096);
    const parts: Buffer[] = [];
    for (let at = 0; at < sink.at; ) {
      const size = sink.bytes.readUInt32BE(at + 3);
      expect(size + 8).toBeLessThanOrEqual(4096);
      parts.push(sink.bytes.subarray(at + 7, at + 7 + size));
      at += size + 8;
    }
    expect(parts.length).toBe(Math.ceil(length / 4088));
    expect(Buffer.concat(parts).equals(body)).toBe(true);
  });
});

describe('frames', () => {
  const stream = () => {
    const sink = createSink();
    writeMethodFrame(sink, 1, 'basic.ack', { deliveryTag: 1, multiple: false });
    writeMethodFrame(sink, 2, 'basic.nack', { deliveryTag: 2, multiple: true, requeue: true });
    const start = encode(0, 'ConnectionStartOk', { clientProperties: {}, response: Buffer.alloc(3000, 'p') });
    return Buffer.concat([
      written(sink),
      frame(8, 0, Buffer.alloc(0)),
      start,
      frame(3, 5, Buffer.alloc(900)),
      frame(2, 5, Buffer.alloc(14)),
      frame(8, 0, Buffer.alloc(0)),
      encode(9, 'BasicQos', {}),
    ]);
  };
  const parse = (bytes: Buffer, step: (at: number) => number) => {
    const seen: string[] = [];
    const parser = createFrameParser(
      {
        method: (channel, payload) =>
          seen.push(`${channel} ${readMethod(payload).name} ${payload.toString('base64')}`),
        content: (channel, kind) => seen.push(`${channel} ${kind}`),
        heartbeat: () => seen.push('heartbeat'),
      },
      65_536,
    );
    for (let at = 0; at < bytes.length; ) {
      const length = step(at);
      // A copy that is spoilt afterwards: nothing may be kept of a chunk.
      const chunk = Buffer.from(bytes.subarray(at, at + length));
      parser.push(chunk);
      chunk.fill(0xff);
      at += length;
    }
    return seen;
  };

  it('are the same however the stream is cut', () => {
    const bytes = stream();
    const whole = parse(bytes, () => bytes.length);
    expect(whole.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '1 basic.ack',
      '2 basic.nack',
      'heartbeat',
      '0 connection.start-ok',
      '5 body',
      '5 header',
      'heartbeat',
      '9 basic.qos',
    ]);
    for (let length = 1; length < 40; length += 1) expect(parse(bytes, () => length)).toEqual(whole);
    for (let cut = 1; cut < bytes.length; cut += 7) {
      expect(parse(bytes, (at) => (at === 0 ? cut : bytes.length))).toEqual(whole);
    }
  });
});
