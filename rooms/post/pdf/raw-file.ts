import { Buffer } from 'node:buffer';
import { inflateSync } from 'node:zlib';
import type { RandomAccess } from './random-access.ts';
import {
  isArray,
  isDictionary,
  nameOf,
  type RawDictionary,
  RawRef,
  RawSyntaxError,
  type RawValue,
  readValue,
} from './raw-syntax.ts';

/**
 * Single objects of a PDF, read where they stand. PDFium shows no catalog, and readers in JavaScript take in the whole
 * document; here only what is asked for is read, so that size does not matter.
 */
export interface RawFile {
  readonly catalog: RawDictionary;
  /** The object a reference leads to, `null` when there is none. Other values are returned as they are. */
  resolve(value: RawValue | undefined): RawValue;
}

/** Where an object stands: at an offset, or as the nth of an object stream. */
type Place = { readonly offset: number } | { readonly stream: number; readonly index: number };
type Places = Map<number, Place>;

interface Section {
  readonly trailer: RawDictionary;
  readonly body: Buffer | undefined;
}

const HEADER_WINDOW = 1024;
const FIRST_READ = 2 * 1024;
const LAST_READ = 1024;
/** No dictionary read here comes near this; nor does a cross-reference or object stream that is not an attack. */
const MOST_READ = 16 * 1024 * 1024;
const MOST_INFLATED = 64 * 1024 * 1024;
const MOST_SECTIONS = 4096;
const MOST_OBJECTS = 8_388_607;
const MOST_REFERENCES = 32;
const SCAN_PIECE = 1024 * 1024;

/**
 * Opens a document for `resolve`. `repaired`: its cross-reference table is known to be damaged, so all objects are
 * looked for, and the last of a number counts, as readers do. Throws `RawSyntaxError` when the catalog cannot be read.
 */
export function openRawFile(file: RandomAccess, repaired: boolean): RawFile {
  const tables = repaired ? undefined : tryTables(file);
  const raw = (tables && openObjects(file, tables)) ?? openObjects(file, scanObjects(file));
  if (!raw) throw new RawSyntaxError('no catalog');
  return raw;
}

/** Undefined when the catalog is not where it should be. */
function openObjects(file: RandomAccess, found: Found): RawFile | undefined {
  const streams = new Map<number, readonly RawValue[]>();
  const known = new Map<number, RawValue>();

  const streamObjects = (number: number): readonly RawValue[] => {
    let objects = streams.get(number);
    if (!objects) {
      // Should it ask for itself.
      streams.set(number, []);
      const place = found.places.get(number);
      if (!place || !('offset' in place)) throw new RawSyntaxError('object stream is missing');
      objects = readObjectStream(readSection(file, place.offset, number, resolve));
      streams.set(number, objects);
    }
    return objects;
  };
  /** What is damaged is as good as missing: a reference to it is one to `null` (7.3.10). */
  const load = (number: number): RawValue => {
    const place = found.places.get(number);
    if (!place) return null;
    try {
      if ('offset' in place) return readObject(file, place.offset, number).value;
      return streamObjects(place.stream)[place.index] ?? null;
    } catch (error) {
      if (error instanceof RawSyntaxError) return null;
      throw error;
    }
  };
  const resolve = (value: RawValue | undefined): RawValue => {
    let current = value ?? null;
    for (let step = 0; current instanceof RawRef; step++) {
      if (step > MOST_REFERENCES) return null;
      const { number } = current;
      if (!known.has(number)) known.set(number, load(number));
      current = known.get(number)!;
    }
    return current;
  };

  const root = found.root ?? lastCatalog(found.places, resolve);
  const catalog = resolve(root);
  return isDictionary(catalog) ? { catalog, resolve } : undefined;
}

interface Found {
  readonly places: Places;
  readonly root: RawValue | undefined;
}

/** Does the file end with the way to its cross-reference tables, and are they there? */
export function hasTables(file: RandomAccess): boolean {
  return tryTables(file) !== undefined;
}

function tryTables(file: RandomAccess): Found | undefined {
  try {
    return readTables(file);
  } catch (error) {
    if (error instanceof RawSyntaxError) return undefined;
    throw error;
  }
}

/** The chain of tables from the last `startxref` back (7.5.4 to 7.5.8); the newest entry of a number counts. */
function readTables(file: RandomAccess): Found {
  const shift = Buffer.from(file.read(0, Math.min(file.size, HEADER_WINDOW))).indexOf('%PDF-');
  const start = startOfTables(file, LAST_READ) ?? startOfTables(file, LAST_READ * 64);
  if (start === undefined) throw new RawSyntaxError('no startxref');
  const places: Places = new Map();
  const free = new Set<number>();
  const seen = new Set<number>();
  const waiting = [start];
  let root: RawValue | undefined;
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (seen.has(at) || seen.size > MOST_SECTIONS) throw new RawSyntaxError('tables in a circle');
    seen.add(at);
    const trailer = readTable(file, at + Math.max(0, shift), Math.max(0, shift), places, free);
    root ??= trailer.get('Root');
    for (const next of [trailer.get('XRefStm'), trailer.get('Prev')]) {
      if (typeof next === 'number') waiting.push(next);
    }
  }
  return { places, root };
}

function startOfTables(file: RandomAccess, length: number): number | undefined {
  const size = Math.min(file.size, length);
  const tail = textOf(file.read(file.size - size, size));
  const found = /^startxref\s+(\d+)\s/.exec(`${tail.slice(tail.lastIndexOf('startxref'))} `);
  return found ? Number(found[1]) : undefined;
}

function readTable(
  file: RandomAccess,
  at: number,
  shift: number,
  places: Places,
  free: Set<number>,
): RawDictionary {
  const note = (number: number, place: Place | undefined) => {
    if (places.has(number) || free.has(number)) return;
    if (place) places.set(number, place);
    else free.add(number);
    if (places.size > MOST_OBJECTS) throw new RawSyntaxError('too many objects');
  };
  const head = textOf(file.read(at, Math.min(32, file.size - at)));
  if (/^\s*xref/.test(head)) return readClassicTable(file, at, shift, note);
  const section = readSection(file, at, undefined, (value) => value ?? null);
  readTableStream(section, shift, note);
  return section.trailer;
}

type Note = (number: number, place: Place | undefined) => void;

function readClassicTable(file: RandomAccess, at: number, shift: number, note: Note): RawDictionary {
  const text = growingText(file, at, (candidate) => {
    const trailer = candidate.indexOf('trailer');
    return trailer >= 0 ? readWhole(candidate, trailer + 7) : undefined;
  });
  const rows = /(\d+)[ \t]+(\d+)[ \t]*([fn]?)/g;
  const trailerAt = text.text.indexOf('trailer');
  let next = 0;
  for (const row of text.text.slice(0, trailerAt).matchAll(rows)) {
    if (row[3] === '') next = Number(row[1]);
    else note(next++, row[3] === 'n' ? { offset: Number(row[1]) + shift } : undefined);
  }
  if (!isDictionary(text.value)) throw new RawSyntaxError('no trailer');
  return text.value;
}

/** A cross-reference stream (7.5.8): rows of three big-endian numbers. */
function readTableStream({ trailer, body }: Section, shift: number, note: Note): void {
  const widths = trailer.get('W');
  if (!body || !isArray(widths) || widths.length < 3) throw new RawSyntaxError('no table');
  const [type, second, third] = widths.map(Number) as [number, number, number];
  const length = type + second + third;
  if (!(length > 0 && length < 32)) throw new RawSyntaxError('bad widths');
  const size = Number(trailer.get('Size'));
  const ranges = isArray(trailer.get('Index'))
    ? (trailer.get('Index') as readonly RawValue[]).map(Number)
    : [0, size];
  let at = 0;
  for (let range = 0; range + 1 < ranges.length; range += 2) {
    for (let nth = 0; nth < ranges[range + 1]! && at + length <= body.length; nth++, at += length) {
      const kind = type === 0 ? 1 : bigEndian(body, at, type);
      const one = bigEndian(body, at + type, second);
      const two = bigEndian(body, at + type + second, third);
      if (kind === 1) note(ranges[range]! + nth, { offset: one + shift });
      else note(ranges[range]! + nth, kind === 2 ? { stream: one, index: two } : undefined);
    }
  }
}

function bigEndian(body: Buffer, at: number, width: number): number {
  let value = 0;
  for (let index = 0; index < width; index++) value = value * 256 + body[at + index]!;
  return value;
}

/** Every `n g obj` of the file, and what stands in its object streams. */
function scanObjects(file: RandomAccess): Found {
  const places: Places = new Map();
  let root: RawValue | undefined;
  const overlap = 64;
  for (let at = 0; at < file.size; at += SCAN_PIECE) {
    const piece = textOf(file.read(at, Math.min(SCAN_PIECE + overlap, file.size - at)));
    for (const found of piece.matchAll(/(?<!\d)(\d{1,7})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj\b/g)) {
      if (found.index < SCAN_PIECE) places.set(Number(found[1]), { offset: at + found.index });
    }
    for (const found of piece.matchAll(
      /\/Root[\0\t\n\f\r ]+(\d{1,7})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R/g,
    )) {
      root = new RawRef(Number(found[1]));
    }
  }
  for (const [number, place] of [...places]) noteStreamed(file, number, place, places);
  return { places, root };
}

function noteStreamed(file: RandomAccess, number: number, place: Place, places: Places): void {
  if (!('offset' in place)) return;
  const head = textOf(file.read(place.offset, Math.min(256, file.size - place.offset)));
  if (!head.includes('/ObjStm')) return;
  try {
    const section = readSection(file, place.offset, number, (value) => value ?? null);
    streamNumbers(section).forEach((inner, index) => {
      if (!places.has(inner)) places.set(inner, { stream: number, index });
    });
  } catch (error) {
    if (!(error instanceof RawSyntaxError)) throw error;
  }
}

function lastCatalog(places: Places, resolve: (value: RawValue) => RawValue): RawValue {
  for (const number of [...places.keys()].reverse()) {
    const value = resolve(new RawRef(number));
    if (isDictionary(value) && nameOf(value.get('Type')) === 'Catalog') return value;
  }
  return null;
}

const OBJECT = /^[\0\t\n\f\r ]*(\d+)[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj/;

/** The object at an offset; its number must be the expected one, else the table is wrong. */
function readObject(file: RandomAccess, offset: number, number: number | undefined) {
  return growingText(file, offset, (text) => {
    const head = OBJECT.exec(text);
    if (!head || (number !== undefined && Number(head[1]) !== number))
      throw new RawSyntaxError('wrong place');
    return readWhole(text, head[0].length);
  });
}

/** A stream's dictionary and its data, decoded. */
function readSection(
  file: RandomAccess,
  offset: number,
  number: number | undefined,
  resolve: (value: RawValue | undefined) => RawValue,
): Section {
  const { value, text, end } = readObject(file, offset, number);
  if (!isDictionary(value)) throw new RawSyntaxError('no dictionary');
  const start = /^[\0\t\n\f\r ]*stream(?:\r\n|\n|\r)/.exec(text.slice(end, end + 64));
  const length = resolve(value.get('Length'));
  if (!start || typeof length !== 'number' || length > MOST_READ) throw new RawSyntaxError('no stream');
  const at = offset + end + start[0].length;
  const data = Buffer.from(file.read(at, Math.min(length, file.size - at)));
  return { trailer: value, body: decode(data, value) };
}

function decode(data: Buffer, dictionary: RawDictionary): Buffer {
  const filters = [dictionary.get('Filter') ?? []].flat() as readonly RawValue[];
  if (filters.length === 0) return data;
  if (filters.length > 1 || nameOf(filters[0]) !== 'FlateDecode') throw new RawSyntaxError('other filter');
  const parameters = [dictionary.get('DecodeParms') ?? null].flat()[0] as RawValue;
  try {
    const inflated = inflateSync(data, { maxOutputLength: MOST_INFLATED });
    return isDictionary(parameters) ? undoPrediction(inflated, parameters) : inflated;
  } catch (error) {
    if (error instanceof RawSyntaxError) throw error;
    throw new RawSyntaxError('damaged stream');
  }
}

/** PNG predictors (7.4.4.4) of one byte a column, as cross-reference streams have them. */
function undoPrediction(data: Buffer, parameters: RawDictionary): Buffer {
  const predictor = Number(parameters.get('Predictor') ?? 1);
  if (predictor === 1) return data;
  const columns = Number(parameters.get('Columns') ?? 1);
  if (predictor < 10 || !(columns > 0)) throw new RawSyntaxError('other predictor');
  const rows = Math.ceil(data.length / (columns + 1));
  const plain = Buffer.alloc(rows * columns);
  for (let row = 0; row < rows; row++) {
    const kind = data[row * (columns + 1)]!;
    for (let column = 0; column < columns; column++) {
      const raw = data[row * (columns + 1) + 1 + column] ?? 0;
      const left = column > 0 ? plain[row * columns + column - 1]! : 0;
      const up = row > 0 ? plain[(row - 1) * columns + column]! : 0;
      const corner = row > 0 && column > 0 ? plain[(row - 1) * columns + column - 1]! : 0;
      plain[row * columns + column] = raw + predicted(kind, left, up, corner);
    }
  }
  return plain;
}

function predicted(kind: number, left: number, up: number, corner: number): number {
  if (kind === 1) return left;
  if (kind === 2) return up;
  if (kind === 3) return (left + up) >> 1;
  if (kind !== 4) return 0;
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The numbers of an object stream's objects with their offsets, in order (7.5.7). */
function streamIndex({ trailer, body }: Section): number[] {
  const first = Number(trailer.get('First'));
  if (!body || !(first >= 0)) throw new RawSyntaxError('no object stream');
  return (textOf(body.subarray(0, first)).match(/\d+/g) ?? []).map(Number);
}

function streamNumbers(section: Section): number[] {
  return streamIndex(section).filter((_, index) => index % 2 === 0);
}

function readObjectStream(section: Section): readonly RawValue[] {
  const text = textOf(section.body!);
  const first = Number(section.trailer.get('First'));
  const offsets = streamIndex(section).filter((_, index) => index % 2 === 1);
  return offsets.map((offset) => readValue(text, first + offset).value);
}

interface Grown {
  readonly text: string;
  readonly value: RawValue;
  readonly end: number;
}

/** Reads on, twice as much each time, until what begins at `offset` is there as a whole. */
function growingText(
  file: RandomAccess,
  offset: number,
  read: (text: string) => { value: RawValue; end: number } | undefined,
): Grown {
  if (!(offset >= 0 && offset < file.size)) throw new RawSyntaxError('outside of the file');
  for (let length = FIRST_READ; ; length *= 2) {
    const available = Math.min(length, file.size - offset);
    const text = textOf(file.read(offset, available));
    const done = available === file.size - offset;
    try {
      const found = read(text);
      // A number or a name at the very end may go on.
      if (found && (found.end < text.length || done)) return { text, ...found };
      if (done) throw new RawSyntaxError('not complete');
    } catch (error) {
      if (!(error instanceof RawSyntaxError) || done || length >= MOST_READ) throw error;
    }
    if (length >= MOST_READ) throw new RawSyntaxError('too long');
  }
}

function readWhole(text: string, at: number) {
  return readValue(text, at);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
