import { connectionFault } from '../faults.ts';
import { FRAME, FRAME_OVERHEAD } from './frames.ts';

export interface FrameHandler {
  /** `payload` is valid during the call. */
  readonly method: (channel: number, payload: Buffer) => void;
  /** Content that a client sends; nothing of it is kept, since nothing is published here. */
  readonly content: (channel: number, kind: 'header' | 'body') => void;
  readonly heartbeat: () => void;
}

export interface FrameParser {
  /** Takes what the socket gave. Throws 501 FRAME_ERROR; the stream is then of no more use. */
  readonly push: (chunk: Buffer) => void;
  /** Largest frame from now on, with its eight octets around the payload. */
  readonly setFrameMax: (frameMax: number) => void;
}

const HEAD = 7;
const FIRST_GROWTH = 512;

/**
 * Cuts a stream of octets into frames (AMQP 0-9-1 §4.2.3). A frame that lies within one chunk is handed on without a copy.
 * One that does not is gathered in a buffer that grows with what has arrived, never with what was announced, and content
 * is counted, not gathered: a connection can hold no more memory than a method frame that it has really sent.
 */
export function createFrameParser(handler: FrameHandler, firstFrameMax: number): FrameParser {
  let frameMax = firstFrameMax;
  const head = Buffer.alloc(HEAD);
  let headLength = 0;
  let type = 0;
  let channel = 0;
  let size = 0;
  let taken = 0;
  let gathered: Buffer | undefined;

  function readHead(source: Buffer, at: number): void {
    type = source[at]!;
    channel = source.readUInt16BE(at + 1);
    size = source.readUInt32BE(at + 3);
    taken = 0;
    gathered = undefined;
    checkHead(type, channel, size, frameMax);
  }

  function finish(payload: Buffer, end: number): void {
    if (end !== FRAME.end) throw connectionFault('FRAME_ERROR', `a frame ends with ${end}, not 206`);
    headLength = 0;
    gathered = undefined;
    if (type === FRAME.method) handler.method(channel, payload);
    else if (type === FRAME.heartbeat) handler.heartbeat();
    else handler.content(channel, type === FRAME.header ? 'header' : 'body');
  }

  /** The payload of a frame that began in an earlier chunk, or goes beyond this one. Returns where the rest begins. */
  function gather(chunk: Buffer, from: number): number {
    const part = chunk.subarray(from, Math.min(chunk.length, from + size - taken));
    if (type === FRAME.method) gathered = append(gathered, taken, part, size);
    taken += part.length;
    const end = from + part.length;
    if (taken < size || end === chunk.length) return chunk.length;
    finish(gathered ? gathered.subarray(0, size) : chunk.subarray(0, 0), chunk[end]!);
    return end + 1;
  }

  return {
    setFrameMax: (value) => {
      frameMax = value;
    },
    push: (chunk) => {
      let at = 0;
      while (at < chunk.length) {
        if (headLength === 0 && chunk.length - at >= HEAD) {
          readHead(chunk, at);
          at += HEAD;
          headLength = HEAD;
          if (chunk.length - at > size) {
            at += size + 1;
            finish(chunk.subarray(at - size - 1, at - 1), chunk[at - 1]!);
            continue;
          }
        } else if (headLength < HEAD) {
          const copied = chunk.copy(head, headLength, at, Math.min(chunk.length, at + HEAD - headLength));
          headLength += copied;
          at += copied;
          if (headLength < HEAD) return;
          readHead(head, 0);
        }
        if (at < chunk.length) at = gather(chunk, at);
      }
    },
  };
}

function checkHead(type: number, channel: number, size: number, frameMax: number): void {
  const known = type === FRAME.method || type === FRAME.header || type === FRAME.body;
  if (!known && type !== FRAME.heartbeat)
    throw connectionFault('FRAME_ERROR', `frame type ${type} is not known`);
  if (size > frameMax - FRAME_OVERHEAD) {
    throw connectionFault('FRAME_ERROR', `a frame of ${size} octets is larger than frame-max ${frameMax}`);
  }
  if (type === FRAME.heartbeat && (channel !== 0 || size !== 0)) {
    throw connectionFault('FRAME_ERROR', 'a heartbeat has a channel or a payload');
  }
}

function append(buffer: Buffer | undefined, length: number, part: Buffer, size: number): Buffer {
  const needed = length + part.length;
  let target = buffer;
  if (!target || target.length < needed) {
    target = Buffer.allocUnsafe(Math.min(size, Math.max(needed, length * 2, FIRST_GROWTH)));
    if (buffer) buffer.copy(target, 0, 0, length);
  }
  part.copy(target, length);
  return target;
}
