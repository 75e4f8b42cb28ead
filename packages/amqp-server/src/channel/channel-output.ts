import type { Readable } from 'node:stream';
import { FRAME_OVERHEAD, headerFrame, writeBodyFrames, writeMethodFrame } from '../codec/frames.ts';
import type { OutgoingArguments } from '../codec/method-codec.ts';
import type { MethodName } from '../codec/methods.ts';
import { writeBytes } from '../codec/sink.ts';
import type { Outlet } from '../connection/outlet.ts';
import { DamagedBody, type Delivery } from '../ports.ts';

/** A message on its way out: method, header and body follow each other on their channel (AMQP 0-9-1 §4.2.6). */
interface OutgoingMessage {
  readonly delivery: Delivery;
  /** Its consumer, or undefined for `basic.get`. */
  readonly owner: object | undefined;
  /** Called when its turn has come: numbers the delivery and writes the method. */
  readonly begin: (write: WriteMethod) => void;
  /** The last octet has been given to the socket. */
  readonly done: () => void;
  /**
   * It cannot be written on this connection; nothing of it has been. What the message itself is to blame for uses up its
   * attempts, so that its sender is told (fiks-io §3.5), and a payload that is lost or damaged ends it at once; storage that
   * is away does not.
   */
  readonly undeliverable: (reason: string, outcome: 'requeue' | 'undelivered' | 'damaged') => void;
}

type WriteMethod = <N extends MethodName>(name: N, args: OutgoingArguments<N>) => void;

/** What one channel sends, in order. A body that is streamed holds back what follows it on its channel, not other channels. */
export interface ChannelOutput {
  readonly send: WriteMethod;
  readonly message: (message: OutgoingMessage) => void;
  /** Takes out the messages that have not begun (of one owner, or all) and returns them. */
  readonly takeBack: (owner?: object) => OutgoingMessage[];
  /** Nothing more is written. */
  readonly close: () => void;
}

export interface ChannelOutputOptions {
  readonly channel: number;
  readonly outlet: Outlet;
  readonly frameMax: number;
  /** A body broke off in the middle: the channel cannot go on, so the connection cannot. */
  readonly onBroken: (error: unknown, message?: OutgoingMessage) => void;
}

type Item =
  | { readonly kind: 'method'; readonly write: () => void }
  | { readonly kind: 'message'; readonly message: OutgoingMessage };

/** Waits between attempts to open a body: a storage that is away for a moment costs no delivery its attempt. */
const OPEN_DELAYS_MS = [0, 250, 1500];
const BODY_STALL_MS = 60_000;

export function createChannelOutput(options: ChannelOutputOptions): ChannelOutput {
  const { channel, outlet, frameMax } = options;
  let queue: Item[] = [];
  let pumping = false;
  let closed = false;
  let opening: OutgoingMessage | undefined;

  const write: WriteMethod = (name, args) => {
    outlet.send(channel, name, args);
  };

  /** A message whose body is in memory, whole and at once. */
  function writeWhole(message: OutgoingMessage, body: Uint8Array): void {
    if (body.length !== message.delivery.size) {
      message.undeliverable('its body has another size', 'damaged');
      return;
    }
    if (!writeHead(message)) return;
    writeBodyFrames(outlet.sink(), channel, body, frameMax);
    outlet.flushSoon();
    message.done();
  }

  /** Method and header. False when the header does not fit: then neither has been written. */
  function writeHead(message: OutgoingMessage): boolean {
    const { delivery } = message;
    let header: Buffer;
    try {
      header = headerFrame(channel, delivery.size, delivery);
      if (header.length > frameMax)
        throw new RangeError(`headers of ${header.length} octets, frame-max ${frameMax}`);
    } catch (error) {
      message.undeliverable(
        error instanceof RangeError ? error.message : 'its headers cannot be written',
        'requeue',
      );
      return false;
    }
    message.begin((name, args) => writeMethodFrame(outlet.sink(), channel, name, args));
    writeBytes(outlet.sink(), header);
    return true;
  }

  async function writeStreamed(message: OutgoingMessage, open: () => Promise<Readable>): Promise<void> {
    opening = message;
    const isTakenBack = () => closed || opening !== message;
    const { body, damaged } = await openBody(open, isTakenBack);
    const takenBack = isTakenBack();
    opening = undefined;
    if (takenBack || !body) {
      body?.destroy();
      if (!takenBack) message.undeliverable('its body cannot be opened', damaged ? 'damaged' : 'undelivered');
      return;
    }
    try {
      if (!writeHead(message)) return;
      await pumpBody(body, message.delivery.size);
      if (!closed) message.done();
    } catch (error) {
      if (!closed) options.onBroken(error, message);
    } finally {
      body.destroy();
    }
  }

  async function pumpBody(body: Readable, size: number): Promise<void> {
    let left = size;
    const watch = watchBody(body);
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        left -= chunk.length;
        if (left < 0) throw new RangeError('a body is longer than its announced size');
        watch.pause();
        if (!(await writeChunk(chunk))) return;
        watch.resume();
      }
    } finally {
      watch.pause();
    }
    if (left > 0) throw new RangeError('a body is shorter than its announced size');
  }

  /** At the pace of the socket. False when the channel has ended meanwhile. */
  async function writeChunk(chunk: Uint8Array): Promise<boolean> {
    const most = frameMax - FRAME_OVERHEAD;
    for (let at = 0; at < chunk.length && !closed; at += most) {
      writeBodyFrames(outlet.sink(), channel, chunk.subarray(at, at + most), frameMax);
      outlet.flush();
      if (outlet.blocked()) await outlet.drained();
    }
    return !closed;
  }

  async function pump(): Promise<void> {
    pumping = true;
    for (let item = queue.shift(); item && !closed; item = queue.shift()) {
      if (item.kind === 'method') {
        item.write();
        continue;
      }
      if (outlet.blocked()) {
        queue.unshift(item);
        await outlet.drained();
        continue;
      }
      const { body } = item.message.delivery;
      if (body instanceof Uint8Array) writeWhole(item.message, body);
      else await writeStreamed(item.message, body);
    }
    pumping = false;
  }

  function add(item: Item): void {
    queue.push(item);
    if (!pumping) pump().catch((error: unknown) => options.onBroken(error));
  }

  return {
    send: (name, args) => {
      if (closed) return;
      if (!pumping) write(name, args);
      else add({ kind: 'method', write: () => write(name, args) });
    },
    message: (message) => {
      const { body } = message.delivery;
      if (!pumping && !outlet.blocked() && body instanceof Uint8Array) writeWhole(message, body);
      else add({ kind: 'message', message });
    },
    takeBack: (owner) => {
      const taken: OutgoingMessage[] = [];
      if (opening && (!owner || opening.owner === owner)) {
        taken.push(opening);
        opening = undefined;
      }
      queue = queue.filter((item) => {
        if (item.kind !== 'message' || (owner && item.message.owner !== owner)) return true;
        taken.push(item.message);
        return false;
      });
      return taken;
    },
    close: () => {
      closed = true;
      queue = [];
    },
  };
}

/** Ends a body whose storage gives nothing for too long: the channel could send nothing else meanwhile. */
function watchBody(body: Readable): { pause: () => void; resume: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const watch = {
    pause: () => clearTimeout(timer),
    resume: () => {
      timer = setTimeout(() => body.destroy(new Error('a body stood still')), BODY_STALL_MS);
    },
  };
  watch.resume();
  return watch;
}

async function openBody(
  open: () => Promise<Readable>,
  isTakenBack: () => boolean,
): Promise<{ readonly body?: Readable; readonly damaged: boolean }> {
  let damaged = false;
  for (const delay of OPEN_DELAYS_MS) {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (isTakenBack()) break;
    try {
      const body = await open();
      // What fails before it is read must not be unheard.
      body.on('error', () => undefined);
      return { body, damaged: false };
    } catch (error) {
      // Tried again, then given up: the caller says so.
      damaged = error instanceof DamagedBody;
    }
  }
  return { damaged };
}
