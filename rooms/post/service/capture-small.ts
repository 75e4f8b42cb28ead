/** What all uploads of the process together may keep in memory for inspection. */
export interface CaptureBudget {
  /** False when there is not that much left. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createCaptureBudget(bytes: number): CaptureBudget {
  let left = bytes;
  return {
    take: (wanted) => {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    give: (back) => {
      left += back;
    },
  };
}

export interface Capture {
  /** The same bytes; must be read for the copy to be made. */
  readonly source: AsyncIterable<Uint8Array>;
  /** The whole content, or undefined when it is too large or memory is short: then read it back from storage. */
  bytes(): Uint8Array | undefined;
  /** Gives the memory back; call when the bytes are no longer needed. */
  release(): void;
}

/**
 * Lets bytes pass and keeps those of a small document, so that it can be inspected without reading it back. `done` is
 * called with chunks that nobody needs any more.
 */
export function captureSmall(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  budget: CaptureBudget,
  done: (chunk: Uint8Array) => void = () => {},
): Capture {
  let chunks: Uint8Array[] | undefined = [];
  let taken = 0;
  const release = () => {
    budget.give(taken);
    taken = 0;
    chunks = undefined;
  };
  async function* pass(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      if (chunks && taken + chunk.length <= maxBytes && budget.take(chunk.length)) {
        taken += chunk.length;
        chunks.push(chunk);
      } else {
        release();
      }
      yield chunk;
      // Once it is clear that nothing is kept.
      if (!chunks) done(chunk);
    }
  }
  return { source: pass(), bytes: () => (chunks ? Buffer.concat(chunks) : undefined), release };
}
