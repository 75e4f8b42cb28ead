import { type DeliveryProperties, writeContentHeader } from './content-header.ts';
import { type OutgoingArguments, writeMethod } from './method-codec.ts';
import type { MethodName } from './methods.ts';
import {
  createSink,
  reserve,
  type Sink,
  writeBytes,
  writeLong,
  writeOctet,
  writeShort,
  written,
} from './sink.ts';

/** Frame types and the octet that ends every frame (AMQP 0-9-1 §4.2.3). */
export const FRAME = { method: 1, header: 2, body: 3, heartbeat: 8, end: 0xce } as const;
/** Octets of a frame around its payload. */
export const FRAME_OVERHEAD = 8;

export const HEARTBEAT_FRAME: Buffer = Buffer.of(FRAME.heartbeat, 0, 0, 0, 0, 0, 0, FRAME.end);
/** What a server answers to a protocol header it does not speak (AMQP 0-9-1 §4.2.2), and what a client begins with. */
export const PROTOCOL_HEADER: Buffer = Buffer.from('AMQP\u0000\u0000\u0009\u0001', 'latin1');

/** Writes a method frame. */
export function writeMethodFrame<N extends MethodName>(
  sink: Sink,
  channel: number,
  name: N,
  args: OutgoingArguments<N>,
): void {
  const start = beginFrame(sink, FRAME.method, channel);
  writeMethod(sink, name, args);
  endFrame(sink, start);
}

/** A content header frame. It cannot be split, so its size is known before anything of the message is written. */
export function headerFrame(channel: number, size: number, properties: DeliveryProperties): Buffer {
  const sink = createSink();
  const start = beginFrame(sink, FRAME.header, channel);
  writeContentHeader(sink, size, properties);
  endFrame(sink, start);
  return written(sink);
}

/** Writes body frames of at most `frameMax` octets each. */
export function writeBodyFrames(sink: Sink, channel: number, body: Uint8Array, frameMax: number): void {
  const most = frameMax - FRAME_OVERHEAD;
  for (let at = 0; at < body.length; at += most) {
    const part = body.length > most ? body.subarray(at, at + most) : body;
    writeOctet(sink, FRAME.body);
    writeShort(sink, channel);
    writeLong(sink, part.length);
    writeBytes(sink, part);
    writeOctet(sink, FRAME.end);
  }
}

function beginFrame(sink: Sink, type: number, channel: number): number {
  writeOctet(sink, type);
  writeShort(sink, channel);
  return reserve(sink, 4);
}

function endFrame(sink: Sink, sizeAt: number): void {
  sink.bytes.writeUInt32BE(sink.at - sizeAt - 4, sizeAt);
  writeOctet(sink, FRAME.end);
}
