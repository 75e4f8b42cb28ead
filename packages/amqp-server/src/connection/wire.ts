import type { Socket } from 'node:net';
import { createFrameParser } from '../codec/frame-parser.ts';
import type { AmqpLimits } from '../limits.ts';
import type { Outlet } from './outlet.ts';
import type { ConnectionState, Wire } from './state.ts';

export interface WireHandler {
  /** The state of the connection as it is now. */
  readonly state: () => ConnectionState;
  /** The payload of a method frame; valid during the call. Throws nothing. */
  readonly method: (channel: number, payload: Buffer) => void;
  /** Throws nothing. */
  readonly content: (channel: number, kind: 'header' | 'body') => void;
  /** The stream broke a rule and is of no more use. */
  readonly broken: (error: unknown) => void;
}

const KEEP_ALIVE_MS = 60_000;

/** Reads frames from a socket, and stops reading while its connection holds back. */
export function createWire(socket: Socket, outlet: Outlet, limits: AmqpLimits, handler: WireHandler): Wire {
  const parser = createFrameParser(
    {
      method: handler.method,
      content: handler.content,
      // That something came is all it says.
      heartbeat: () => undefined,
    },
    limits.maxHandshakeFrame,
  );
  let paused = false;
  let deaf = false;

  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.on('data', onData);
  socket.on('error', () => undefined);

  function onData(chunk: Buffer): void {
    if (deaf) return;
    try {
      const frames = handler.state().receive(chunk);
      if (frames.length > 0) parser.push(frames);
    } catch (error) {
      // Only the end of the stream is waited for.
      deaf = true;
      handler.broken(error);
    }
    // Replies that nobody reads: no more questions are taken until they are.
    if (!handler.state().open || outlet.unsent() <= limits.maxUnsentBytes) return;
    outlet.flush();
    if (outlet.blocked()) pause();
  }

  function pause(): void {
    paused = true;
    socket.pause();
  }

  return {
    pause,
    resume: () => {
      if (!paused || handler.state().holdsBack()) return;
      paused = false;
      socket.resume();
    },
    paused: () => paused,
    deafen: () => {
      deaf = true;
    },
    setFrameMax: parser.setFrameMax,
    end: (last) => {
      if (last) socket.end(last);
      else socket.end();
    },
    destroy: () => socket.destroy(),
  };
}
