/**
 * Memory shared between the pool and one worker, so that the pool can see what a worker that no longer answers was
 * doing: which job of the batch, and since when.
 */
export interface Progress {
  /** Worker: job `index` of the batch starts (or has moved on) now. */
  mark(index: number): void;
  /** Worker: waiting for the receiver of blocks, not for PDFium. */
  setWaiting(waiting: boolean): void;
  /** Worker: blocks until the receiver has taken all but `window` of the `sent` blocks. */
  awaitAcknowledged(sent: number, window: number): void;
  /** Pool: one block was taken by the receiver. */
  acknowledge(): void;
  /** Pool: the batch is about to be sent. */
  reset(): void;
  /** Pool: job under way (-1: none started yet), milliseconds since its last mark, and whether it waits for the receiver. */
  read(): { index: number; elapsedMs: number; waiting: boolean };
}

const INDEX = 0;
const WAITING = 1;
const ACKNOWLEDGED = 2;
const NUMBERS_BYTES = 16;

export function createProgressMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(NUMBERS_BYTES + 8);
}

export function openProgress(memory: SharedArrayBuffer): Progress {
  const numbers = new Int32Array(memory, 0, 4);
  const since = new BigInt64Array(memory, NUMBERS_BYTES, 1);
  return {
    mark(index) {
      Atomics.store(since, 0, monotonicMicroseconds());
      Atomics.store(numbers, INDEX, index);
    },
    setWaiting: (waiting) => void Atomics.store(numbers, WAITING, waiting ? 1 : 0),
    awaitAcknowledged(sent, window) {
      for (;;) {
        const acknowledged = Atomics.load(numbers, ACKNOWLEDGED);
        if (sent - acknowledged < window) return;
        Atomics.wait(numbers, ACKNOWLEDGED, acknowledged);
      }
    },
    acknowledge() {
      Atomics.add(numbers, ACKNOWLEDGED, 1);
      Atomics.notify(numbers, ACKNOWLEDGED);
    },
    reset() {
      Atomics.store(numbers, INDEX, -1);
      Atomics.store(numbers, WAITING, 0);
      Atomics.store(numbers, ACKNOWLEDGED, 0);
      Atomics.store(since, 0, monotonicMicroseconds());
    },
    read: () => ({
      index: Atomics.load(numbers, INDEX),
      elapsedMs: Number(monotonicMicroseconds() - Atomics.load(since, 0)) / 1000,
      waiting: Atomics.load(numbers, WAITING) === 1,
    }),
  };
}

/** The same clock in all threads of the process. */
function monotonicMicroseconds(): bigint {
  return process.hrtime.bigint() / 1000n;
}
