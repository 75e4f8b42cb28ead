import { connectionFault, type MethodIds, NO_METHOD } from '../faults.ts';
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
} from './cursor.ts';
import { type FieldTable, type OutgoingTable, readTable, writeTable } from './field-table.ts';
import { type ArgumentType, METHODS, type MethodDefinition, type MethodName } from './methods.ts';
import {
  type Sink,
  writeLong,
  writeLongLong,
  writeLongString,
  writeOctet,
  writeShort,
  writeShortString,
} from './sink.ts';

interface Incoming {
  bit: boolean;
  octet: number;
  short: number;
  long: number;
  longlong: number;
  shortstr: string;
  longstr: Buffer;
  table: FieldTable;
}
interface Outgoing extends Omit<Incoming, 'longstr' | 'table'> {
  longstr: string | Uint8Array;
  table: OutgoingTable;
}

type ArgumentsOf<N extends MethodName, T extends Record<ArgumentType, unknown>> = {
  readonly [K in keyof (typeof METHODS)[N]['args']]: (typeof METHODS)[N]['args'][K] extends ArgumentType
    ? T[(typeof METHODS)[N]['args'][K]]
    : never;
};
/** Arguments of a method that came in. */
export type IncomingArguments<N extends MethodName> = ArgumentsOf<N, { [K in ArgumentType]: Incoming[K] }>;
/** Arguments of a method to be sent. */
export type OutgoingArguments<N extends MethodName> = ArgumentsOf<N, { [K in ArgumentType]: Outgoing[K] }>;
/** A method that came in; `switch` on its name gives its arguments their types. */
export type IncomingMethod = {
  [N in MethodName]: { readonly name: N; readonly args: IncomingArguments<N> };
}[MethodName];

interface Entry {
  readonly name: MethodName;
  readonly definition: MethodDefinition;
  readonly args: readonly (readonly [name: string, type: ArgumentType])[];
}

const ENTRIES = new Map<MethodName, Entry>();
const BY_ID = new Map<number, Entry>();
for (const [key, definition] of Object.entries(METHODS)) {
  const entry = { name: key as MethodName, definition, args: Object.entries(definition.args) };
  ENTRIES.set(entry.name, entry);
  BY_ID.set(definition.classId * 0x1_0000 + definition.methodId, entry);
}

/** Reads a method frame's payload. Unknown: 540; not the client's to send: 503; malformed: 502. */
export function readMethod(payload: Buffer): IncomingMethod {
  const cursor = cursorOf(payload);
  const classId = readShort(cursor);
  const methodId = readShort(cursor);
  const entry = BY_ID.get(classId * 0x1_0000 + methodId);
  if (!entry) throw connectionFault('NOT_IMPLEMENTED', `method ${classId}.${methodId} is not known`);
  if (entry.definition.from === 'server') {
    throw connectionFault('COMMAND_INVALID', `${entry.name} is sent by servers only`);
  }
  const args: Record<string, unknown> = {};
  let bits = 0;
  let bit = 8;
  for (const [name, type] of entry.args) {
    if (type !== 'bit') {
      bit = 8;
      args[name] = readArgument(cursor, type);
      continue;
    }
    if (bit === 8) {
      bits = readOctet(cursor);
      bit = 0;
    }
    args[name] = ((bits >> bit) & 1) === 1;
    bit += 1;
  }
  if (remaining(cursor) > 0) {
    throw connectionFault('SYNTAX_ERROR', `${entry.name} has ${remaining(cursor)} octets too many`);
  }
  return { name: entry.name, args } as IncomingMethod;
}

function readArgument(cursor: Cursor, type: Exclude<ArgumentType, 'bit'>): unknown {
  switch (type) {
    case 'octet':
      return readOctet(cursor);
    case 'short':
      return readShort(cursor);
    case 'long':
      return readLong(cursor);
    case 'longlong':
      return readLongLong(cursor);
    case 'shortstr':
      return readShortString(cursor);
    case 'longstr':
      return readLongString(cursor);
    case 'table':
      return readTable(cursor);
  }
}

/** Writes class, method and arguments: the payload of a method frame. */
export function writeMethod<N extends MethodName>(sink: Sink, name: N, args: OutgoingArguments<N>): void {
  const entry = ENTRIES.get(name)!;
  writeShort(sink, entry.definition.classId);
  writeShort(sink, entry.definition.methodId);
  const values = args as Record<string, unknown>;
  let bits = 0;
  let bit = 0;
  for (const [key, type] of entry.args) {
    if (type === 'bit') {
      if (values[key] === true) bits |= 1 << bit;
      bit += 1;
      continue;
    }
    if (bit > 0) writeOctet(sink, bits);
    bits = 0;
    bit = 0;
    writeArgument(sink, type, values[key]);
  }
  if (bit > 0) writeOctet(sink, bits);
}

function writeArgument(sink: Sink, type: Exclude<ArgumentType, 'bit'>, value: unknown): void {
  switch (type) {
    case 'octet':
      writeOctet(sink, value as number);
      break;
    case 'short':
      writeShort(sink, value as number);
      break;
    case 'long':
      writeLong(sink, value as number);
      break;
    case 'longlong':
      writeLongLong(sink, value as number);
      break;
    case 'shortstr':
      writeShortString(sink, value as string);
      break;
    case 'longstr':
      writeLongString(sink, value as string | Uint8Array);
      break;
    case 'table':
      writeTable(sink, value as OutgoingTable);
      break;
  }
}

/** Class and method of a name, as `close` reports them. */
export function idsOf(name: MethodName): MethodIds {
  const { classId, methodId } = METHODS[name];
  return { classId, methodId };
}

/** The same of a method frame's payload, also when it is no method that can be read. */
export function idsIn(payload: Buffer): MethodIds {
  if (payload.length < 4) return NO_METHOD;
  return { classId: payload.readUInt16BE(0), methodId: payload.readUInt16BE(2) };
}
