import { isStorable } from '../db/index.ts';
import { KernelError } from '../errors/index.ts';

/** An opaque page cursor: the sort key of the last row of the page before. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The sort key of a cursor made by {@link encodeCursor} with `length` parts; throws `kernel.validation` on any other text. */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const valid =
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => typeof part === 'number' || (typeof part === 'string' && isStorable(part)));
    if (valid) return key as (string | number)[];
  } catch {
    // falls through to the one answer for every kind of bad cursor
  }
  throw KernelError.validation({
    params: { detail: 'cursor: ukjent' },
    fields: [{ field: 'cursor', rule: 'format' }],
  });
}
