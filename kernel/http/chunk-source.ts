import type { Readable } from 'node:stream';

/** A request's bytes, taken chunk by chunk as they came, without a stream in between. */
export interface ChunkSource {
  /** The next chunk, or undefined at the end; a promise only when there is none yet. Throws what {@link fail} was given. */
  take(): Buffer | undefined | Promise<Buffer | undefined>;
  /** Somebody waits for the client, who sends nothing. */
  starved(): boolean;
  /** Makes every take from now on throw `error`, unless all has come already. The first failure is the one that counts. */
  fail(error: Error): void;
  /** Lets go of the request; what still comes is thrown away, so that the client can read our answer. */
  close(): void;
}

export interface ChunkSourceEvents {
  /** The request ended before its end. */
  readonly aborted: () => Error;
  /** Called for each chunk. */
  readonly onData: () => void;
}

/** Read ahead of whoever takes them; beyond this the client is held back. */
const MOST_WAITING_BYTES = 256 * 1024;

export function chunkSource(request: Readable, events: ChunkSourceEvents): ChunkSource {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const fail = (error: Error) => {
    if (!ended) failure ??= error;
    notify();
  };
  const onData = (chunk: Buffer) => {
    events.onData();
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_WAITING_BYTES) request.pause();
    notify();
  };
  const onEnd = () => {
    ended = true;
    notify();
  };
  // Every request closes in the end: an error is only made when there is something to fail.
  const onAborted = () => (ended || failure ? notify() : fail(events.aborted()));
  request.on('data', onData);
  request.on('end', onEnd);
  // Stays to the last: a connection that breaks while the rest is thrown away must not end the process.
  request.on('error', onAborted);
  request.on('close', onAborted);
  if (request.destroyed && !request.readableEnded) onAborted();

  const take = (): Buffer | undefined | Promise<Buffer | undefined> => {
    if (failure) throw failure;
    const chunk = waiting.shift();
    if (chunk === undefined) return ended ? undefined : new Promise<void>((come) => (wake = come)).then(take);
    bytes -= chunk.length;
    if (bytes < MOST_WAITING_BYTES && request.isPaused()) request.resume();
    return chunk;
  };
  return {
    take,
    starved: () => wake !== undefined,
    fail,
    close: () => {
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('close', onAborted);
      waiting.length = 0;
      request.resume();
    },
  };
}
