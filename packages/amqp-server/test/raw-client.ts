import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { INTEGRASJON, PASSWORD, rawSocket, TOKEN, until } from './amqplib-client.ts';

// amqplib's codec is the other side of ours: what it writes we read, what we write it reads. It is not among the
// package's entry points, hence the path.
const require = createRequire(import.meta.url);
const lib = (file: string) => require(join(dirname(require.resolve('amqplib')), 'lib', file));
interface Definitions {
  readonly [method: string]: unknown;
  decode(id: number, payload: Buffer): Record<string, unknown>;
  encodeMethod(id: number, channel: number, fields: Record<string, unknown>): Buffer;
  encodeProperties(id: number, channel: number, size: number, fields: Record<string, unknown>): Buffer;
  info(id: number): { name: string };
}
export const definitions = lib('defs.js') as Definitions;
export const fieldTables = lib('codec.js') as {
  encodeTable(buffer: Buffer, value: Record<string, unknown>, offset: number): number;
  decodeFields(slice: Buffer): Record<string, unknown>;
};

interface RawFrame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
  /** Of a method frame, as amqplib names it: `ConnectionStart`. */
  readonly name: string;
  readonly fields: Record<string, unknown>;
}

export interface RawClient {
  readonly socket: Socket;
  readonly frames: RawFrame[];
  /** The server has closed its side. */
  readonly ended: () => boolean;
  readonly write: (...parts: (Buffer | string)[]) => void;
  readonly method: (channel: number, name: string, fields?: Record<string, unknown>) => void;
  /** The next frame of that name that has not been taken. */
  readonly take: (name: string) => Promise<RawFrame>;
}

export const HEADER = Buffer.from('AMQP\u0000\u0000\u0009\u0001', 'latin1');

/** A frame with any content. */
export function frame(type: number, channel: number, payload: Buffer, end = 0xce): Buffer {
  const head = Buffer.alloc(7);
  head[0] = type;
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.of(end)]);
}

export function encode(channel: number, name: string, fields: Record<string, unknown> = {}): Buffer {
  return definitions.encodeMethod(definitions[name] as number, channel, fields);
}

export async function rawClient(port: number): Promise<RawClient> {
  return wrapRaw(await rawSocket(port));
}

export function wrapRaw(socket: Socket): RawClient {
  const frames: RawFrame[] = [];
  const untaken: RawFrame[] = [];
  let buffered: Buffer = Buffer.alloc(0);
  let over = false;
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 8 && buffered[0] !== 0x41) {
      const size = buffered.readUInt32BE(3);
      if (buffered.length < size + 8) return;
      const read = readFrame(buffered.subarray(0, size + 8));
      frames.push(read);
      untaken.push(read);
      buffered = buffered.subarray(size + 8);
    }
  });
  socket.on('end', () => {
    over = true;
  });
  socket.on('close', () => {
    over = true;
  });
  return {
    socket,
    frames,
    ended: () => over,
    write: (...parts) => {
      for (const part of parts) socket.write(part);
    },
    method: (channel, name, fields = {}) => void socket.write(encode(channel, name, fields)),
    take: async (name) => {
      await until(
        () => untaken.some((one) => one.name === name),
        `${name}, got ${frames.map((one) => one.name)}`,
      );
      const index = untaken.findIndex((one) => one.name === name);
      return untaken.splice(index, 1)[0]!;
    },
  };
}

function readFrame(bytes: Buffer): RawFrame {
  const type = bytes[0]!;
  const channel = bytes.readUInt16BE(1);
  const payload = Buffer.from(bytes.subarray(7, -1));
  if (bytes.at(-1) !== 0xce) throw new Error('the server wrote a frame without its end');
  if (type !== 1)
    return { type, channel, payload, name: { 2: 'header', 3: 'body', 8: 'heartbeat' }[type]!, fields: {} };
  const id = payload.readUInt32BE(0);
  return {
    type,
    channel,
    payload,
    name: definitions.info(id).name,
    fields: definitions.decode(id, payload.subarray(4)),
  };
}

export interface RawLogin {
  readonly frameMax?: number;
  readonly channelMax?: number;
  readonly heartbeat?: number;
  readonly response?: Buffer;
  readonly mechanism?: string;
  readonly clientProperties?: Record<string, unknown>;
}

export const plain = (username = INTEGRASJON, password = `${PASSWORD} ${TOKEN}`): Buffer =>
  Buffer.from(`\u0000${username}\u0000${password}`);

/** `start-ok`, with the capabilities that published clients announce. */
export function startOk(client: RawClient, login: RawLogin = {}): void {
  client.method(0, 'ConnectionStartOk', {
    clientProperties: login.clientProperties ?? {
      capabilities: { authentication_failure_close: true, consumer_cancel_notify: true },
    },
    mechanism: login.mechanism ?? 'PLAIN',
    response: login.response ?? plain(),
    locale: 'en_US',
  });
}

/** A client that has come through the handshake. */
export async function openRaw(port: number, login: RawLogin = {}): Promise<RawClient> {
  const client = await rawClient(port);
  client.write(HEADER);
  await client.take('ConnectionStart');
  startOk(client, login);
  await client.take('ConnectionTune');
  client.method(0, 'ConnectionTuneOk', {
    channelMax: login.channelMax ?? 0,
    frameMax: login.frameMax ?? 0,
    heartbeat: login.heartbeat ?? 0,
  });
  client.method(0, 'ConnectionOpen', { virtualHost: '/' });
  await client.take('ConnectionOpenOk');
  return client;
}

/** Also with an open channel 1. */
export async function openRawChannel(port: number, login: RawLogin = {}): Promise<RawClient> {
  const client = await openRaw(port, login);
  client.method(1, 'ChannelOpen');
  await client.take('ChannelOpenOk');
  return client;
}

export async function endRaw(client: RawClient): Promise<void> {
  if (client.socket.destroyed) return;
  client.socket.destroy();
  await once(client.socket, 'close');
}
