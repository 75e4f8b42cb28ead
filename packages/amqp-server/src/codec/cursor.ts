import { connectionFault } from '../faults.ts';

/** Reads the values of AMQP 0-9-1 §4.2.5 from one frame's payload. Never reads beyond it: that is 502 SYNTAX_ERROR. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

export function cursorOf(bytes: Buffer): Cursor {
  return { bytes, at: 0 };
}

export function remaining(cursor: Cursor): number {
  return cursor.bytes.length - cursor.at;
}

export function readOctet(cursor: Cursor): number {
  return cursor.bytes[take(cursor, 1)]!;
}

export function readShort(cursor: Cursor): number {
  return cursor.bytes.readUInt16BE(take(cursor, 2));
}

export function readLong(cursor: Cursor): number {
  return cursor.bytes.readUInt32BE(take(cursor, 4));
}

/** Above 2^53 the number is no longer exact: it is then larger than any tag or size there is, which is all we ask of it. */
export function readLongLong(cursor: Cursor): number {
  const at = take(cursor, 8);
  return cursor.bytes.readUInt32BE(at) * 0x1_0000_0000 + cursor.bytes.readUInt32BE(at + 4);
}

export function readShortString(cursor: Cursor): string {
  const length = readOctet(cursor);
  const at = take(cursor, length);
  return cursor.bytes.toString('utf8', at, at + length);
}

/** A view of the payload, not a copy. */
export function readLongString(cursor: Cursor): Buffer {
  const length = readLong(cursor);
  const at = take(cursor, length);
  return cursor.bytes.subarray(at, at + length);
}

/** Moves past `length` octets and returns where they begin. */
export function take(cursor: Cursor, length: number): number {
  const { at } = cursor;
  if (length > cursor.bytes.length - at) {
    throw connectionFault('SYNTAX_ERROR', `a value of ${length} octets goes beyond its frame`);
  }
  cursor.at = at + length;
  return at;
}
