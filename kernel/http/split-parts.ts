import type { ChunkSource } from './chunk-source.ts';

/** One part of a multipart message; header values are raw, one character per byte. */
export interface RawPart {
  readonly headers: ReadonlyMap<string, string>;
  /**
   * Consume it before asking for the next part; what is left unread is skipped. The pieces belong to whoever takes them.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface SplitLimits {
  readonly maxHeaderBytes: number;
  readonly malformed: (detail: string) => Error;
}

const NOTHING = Buffer.alloc(0);
const BLANK_LINE = Buffer.from('\r\n\r\n');
const CR = 0x0d;
const DASHES = '--';
const MAX_HEADERS = 32;

/**
 * Splits a multipart message (RFC 2046 §5.1.1) while it comes. Written by hand because a letter's bytes would otherwise
 * pass through three streams: the pieces of a body are slices of what the socket read, and are found by the native
 * search. Headers come as raw bytes, for SvarUt's clients put UTF-8 and ISO-8859-1 into them.
 */
export function splitParts(source: ChunkSource, boundary: string, limits: SplitLimits) {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  /** What has been taken and not been given out yet. */
  let data: Buffer = NOTHING;
  let at = 0;
  /** Counts parts, so that the body of an earlier one ends when the next is asked for. */
  let current = 0;
  let inBody = false;

  /** Adds the next chunk to what is left of the data; false at the end of the message. */
  const more = async (): Promise<boolean> => {
    const chunk = await source.take();
    if (chunk === undefined) return false;
    data = at === data.length ? chunk : Buffer.concat([data.subarray(at), chunk]);
    at = 0;
    return true;
  };
  const need = async (): Promise<void> => {
    if (!(await more())) throw limits.malformed('uventet slutt');
  };

  /** The next piece of the body before the delimiter, from what is at hand; undefined: none, or the body has ended. */
  const piece = (): Buffer | undefined => {
    const found = data.indexOf(delimiter, at);
    const start = at;
    const end = found < 0 ? data.length - heldBack() : found;
    const taken = end > start ? data.subarray(start, end) : undefined;
    at = end;
    if (found >= 0) {
      inBody = false;
      at = found + delimiter.length;
    }
    // Not held on to: whoever gets a whole chunk may give its memory back.
    if (at === data.length) {
      data = NOTHING;
      at = 0;
    }
    return taken;
  };
  /** Bytes at the end that may be the beginning of a delimiter. It has one CR, its first byte. */
  const heldBack = (): number => {
    const from = Math.max(at, data.length - delimiter.length + 1);
    const cr = data.lastIndexOf(CR);
    if (cr < from) return 0;
    const length = data.length - cr;
    return data.compare(delimiter, 0, length, cr) === 0 ? length : 0;
  };

  const bodyOf = (part: number): AsyncIterable<Uint8Array> => {
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      while (inBody && part === current) {
        const value = at < data.length ? piece() : undefined;
        if (value) return { value, done: false };
        if (inBody) await need();
      }
      return { value: undefined, done: true };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  };

  /** Finds the first delimiter, which may be the first thing in the message and then has no line before it. */
  const skipPreamble = async (): Promise<void> => {
    while (data.length < delimiter.length) await need();
    if (data.compare(delimiter, 2, delimiter.length, 0, delimiter.length - 2) === 0) {
      at = delimiter.length - 2;
      return;
    }
    inBody = true;
    await skipBody();
  };
  const skipBody = async (): Promise<void> => {
    while (inBody) {
      piece();
      if (inBody) await need();
    }
  };

  /** After a delimiter: the part's headers, or undefined after the last part. */
  const readHeaders = async (): Promise<Map<string, string> | undefined> => {
    while (data.length - at < 2) await need();
    if (data.toString('latin1', at, at + 2) === DASHES) return undefined;
    let end = data.indexOf(BLANK_LINE, at);
    while (end < 0) {
      if (data.length - at > limits.maxHeaderBytes) throw limits.malformed('for langt hode');
      await need();
      end = data.indexOf(BLANK_LINE, at);
    }
    if (end - at > limits.maxHeaderBytes) throw limits.malformed('for langt hode');
    const [rest, ...lines] = data.toString('latin1', at, end).split('\r\n');
    if (rest!.trim() !== '') throw limits.malformed('ugyldig skille');
    at = end + BLANK_LINE.length;
    return headersOf(lines);
  };

  return async (): Promise<RawPart | undefined> => {
    current++;
    if (current === 1) await skipPreamble();
    else await skipBody();
    const headers = await readHeaders();
    if (headers === undefined) {
      // What follows says nothing, but a message that is cut off there has not been sent to its end.
      do at = data.length;
      while (await more());
      return undefined;
    }
    inBody = true;
    return { headers, body: bodyOf(current) };
  };
}

/** The first value of each header, by its name in lower case; lines that begin with a blank continue the one before. */
function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  const unfolded: string[] = [];
  for (const line of lines) {
    if (/^[ \t]/.test(line) && unfolded.length > 0) unfolded.push(`${unfolded.pop()} ${line.trim()}`);
    else unfolded.push(line);
  }
  for (const line of unfolded.slice(0, MAX_HEADERS)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}
