import { connectionFault } from '../faults.ts';
import { TABLE_LIMITS } from '../limits.ts';
import {
  type Cursor,
  cursorOf,
  readLong,
  readLongLong,
  readLongString,
  readOctet,
  readShort,
  readShortString,
  remaining,
  take,
} from './cursor.ts';
import { reserve, type Sink, writeLongString, writeOctet, writeShortString } from './sink.ts';

export type FieldValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | FieldTable
  | readonly FieldValue[];
/** A map, since names come from the peer and may be those of object members. */
export type FieldTable = ReadonlyMap<string, FieldValue>;

interface Budget {
  entries: number;
}

/** Reads a field table with every type in use: AMQP 0-9-1 §4.2.5.5 and RabbitMQ's reading of it. */
export function readTable(cursor: Cursor): FieldTable {
  return readTableWithin(cursor, { entries: TABLE_LIMITS.entries }, 0);
}

function readTableWithin(cursor: Cursor, budget: Budget, depth: number): FieldTable {
  checkDepth(depth);
  const inner = cursorOf(readLongString(cursor));
  const table = new Map<string, FieldValue>();
  while (remaining(inner) > 0) {
    const name = readShortString(inner);
    table.set(name, readValue(inner, budget, depth));
  }
  return table;
}

function readArray(cursor: Cursor, budget: Budget, depth: number): readonly FieldValue[] {
  checkDepth(depth);
  const inner = cursorOf(readLongString(cursor));
  const values: FieldValue[] = [];
  while (remaining(inner) > 0) values.push(readValue(inner, budget, depth));
  return values;
}

function checkDepth(depth: number): void {
  if (depth > TABLE_LIMITS.depth) {
    throw connectionFault('SYNTAX_ERROR', `a table is nested more than ${TABLE_LIMITS.depth} deep`);
  }
}

function readValue(cursor: Cursor, budget: Budget, depth: number): FieldValue {
  budget.entries -= 1;
  if (budget.entries < 0) {
    throw connectionFault('SYNTAX_ERROR', `a table has more than ${TABLE_LIMITS.entries} values`);
  }
  const tag = String.fromCharCode(readOctet(cursor));
  switch (tag) {
    case 'S':
      return readLongString(cursor).toString('utf8');
    case 'F':
      return readTableWithin(cursor, budget, depth + 1);
    case 'A':
      return readArray(cursor, budget, depth + 1);
    case 'x':
      return Uint8Array.from(readLongString(cursor));
    case 't':
      return readOctet(cursor) !== 0;
    case 'V':
      return null;
    default:
      return readNumber(cursor, tag);
  }
}

function readNumber(cursor: Cursor, tag: string): number | bigint {
  const { bytes } = cursor;
  switch (tag) {
    case 'b':
      return bytes.readInt8(take(cursor, 1));
    case 'B':
      return readOctet(cursor);
    case 's':
    case 'U':
      return bytes.readInt16BE(take(cursor, 2));
    case 'u':
      return readShort(cursor);
    case 'I':
      return bytes.readInt32BE(take(cursor, 4));
    case 'i':
      return readLong(cursor);
    case 'l':
    case 'L':
      return bytes.readBigInt64BE(take(cursor, 8));
    case 'f':
      return bytes.readFloatBE(take(cursor, 4));
    case 'd':
      return bytes.readDoubleBE(take(cursor, 8));
    case 'D': {
      const places = readOctet(cursor);
      return bytes.readInt32BE(take(cursor, 4)) / 10 ** places;
    }
    case 'T':
      return readLongLong(cursor);
    default:
      throw connectionFault('SYNTAX_ERROR', `a table has a value of unknown type ${tag.charCodeAt(0)}`);
  }
}

/** What the server itself writes: texts as `S` (fiks-io §3.4), truth values, tables in tables. */
export interface OutgoingTable {
  readonly [name: string]: string | boolean | OutgoingTable;
}

export function writeTable(sink: Sink, table: OutgoingTable): void {
  const start = reserve(sink, 4);
  for (const name in table) {
    const value = table[name]!;
    // Cut like other short texts it would be another header.
    if (Buffer.byteLength(name) > 255) throw new RangeError('name of a header is longer than 255 octets');
    writeShortString(sink, name);
    if (typeof value === 'string') {
      writeOctet(sink, 0x53); // S
      writeLongString(sink, value);
    } else if (typeof value === 'boolean') {
      writeOctet(sink, 0x74); // t
      writeOctet(sink, value ? 1 : 0);
    } else {
      writeOctet(sink, 0x46); // F
      writeTable(sink, value);
    }
  }
  sink.bytes.writeUInt32BE(sink.at - start - 4, start);
}
