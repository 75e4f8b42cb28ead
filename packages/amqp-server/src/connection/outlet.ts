import type { Socket } from 'node:net';
import { HEARTBEAT_FRAME, writeMethodFrame } from '../codec/frames.ts';
import type { OutgoingArguments } from '../codec/method-codec.ts';
import type { MethodName } from '../codec/methods.ts';
import { createSink, type Sink, written } from '../codec/sink.ts';

/** The writing side of a connection: gathers the frames of one turn of the event loop and knows when to hold back. */
export interface Outlet {
  /** Where to write whole frames; call `flushSoon` afterwards. */
  readonly sink: () => Sink;
  readonly flushSoon: () => void;
  readonly send: <N extends MethodName>(channel: number, name: N, args: OutgoingArguments<N>) => void;
  readonly heartbeat: () => void;
  /** Writes what is gathered to the socket now. */
  readonly flush: () => void;
  /** The socket has enough to send: no more deliveries until it drains. */
  readonly blocked: () => boolean;
  /** Octets that wait to be sent. */
  readonly unsent: () => number;
  /** Resolves when the socket has drained, or is closed. */
  readonly drained: () => Promise<void>;
  /** Was anything written since the last call? */
  readonly wrote: () => boolean;
  /** No more is written, and who waits for the socket goes on. */
  readonly close: () => void;
}

/** Octets gathered before they are given to the socket within the same turn. */
const FLUSH_AT = 64 * 1024;

/** `onDrain` is called each time the socket has drained. */
export function createOutlet(socket: Socket, onDrain: () => void): Outlet {
  let current: Sink | undefined;
  let scheduled = false;
  let closed = false;
  let wrote = false;
  let waiting: (() => void)[] = [];

  function flush(): void {
    scheduled = false;
    const full = current;
    current = undefined;
    if (!full || full.at === 0 || closed || socket.destroyed) return;
    wrote = true;
    socket.write(written(full));
  }

  function flushSoon(): void {
    if (current && current.at >= FLUSH_AT) {
      flush();
      return;
    }
    if (scheduled) return;
    scheduled = true;
    process.nextTick(flush);
  }

  function release(): void {
    const released = waiting;
    waiting = [];
    for (const go of released) go();
  }

  function sink(): Sink {
    current ??= createSink();
    return current;
  }

  socket.on('drain', () => {
    release();
    onDrain();
  });

  return {
    sink,
    flush,
    flushSoon,
    send: (channel, name, args) => {
      if (closed) return;
      writeMethodFrame(sink(), channel, name, args);
      flushSoon();
    },
    heartbeat: () => {
      if (closed || socket.destroyed) return;
      wrote = true;
      socket.write(HEARTBEAT_FRAME);
    },
    blocked: () => socket.writableNeedDrain,
    unsent: () => socket.writableLength + (current?.at ?? 0),
    drained: () =>
      closed || !socket.writableNeedDrain
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
    wrote: () => {
      const result = wrote;
      wrote = false;
      return result;
    },
    close: () => {
      closed = true;
      current = undefined;
      release();
    },
  };
}
