/** Readers in the middle of a document that are remembered; who is forgotten begins anew. */
const MOST_REMEMBERED = 10_000;

/** How far each reader has got in each document, when it is fetched in parts. */
export interface Coverage {
  /** Bytes `start` up to `end` (exclusive) went out to `reader`; answers how much of the beginning it has without a gap. */
  add(reader: string, start: number, end: number): number;
  forget(reader: string): void;
}

/**
 * A download that is resumed counts when its end has gone out, but only to one who got what comes before: the last byte
 * alone is no document. Kept in memory, in this process: a reader whose parts go to several counts as not having fetched,
 * which is the mistake that accuses nobody.
 */
export function createCoverage(): Coverage {
  const reached = new Map<string, number>();
  return {
    add: (reader, start, end) => {
      const before = reached.get(reader) ?? 0;
      if (start > before) return before;
      const after = Math.max(before, end);
      reached.delete(reader);
      reached.set(reader, after);
      if (reached.size > MOST_REMEMBERED) reached.delete(reached.keys().next().value!);
      return after;
    },
    forget: (reader) => void reached.delete(reader),
  };
}
