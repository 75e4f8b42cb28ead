import { Buffer } from 'node:buffer';
import { type Layers, layerKey } from './layers.ts';
import { PdfError } from './pdf-error.ts';
import { isDictionary, nameOf, type RawDictionary, RawText, type RawValue, readValue } from './raw-syntax.ts';
import { type RenumberedObject, renumberObject } from './renumber-object.ts';

/** Takes one complete PDF, as PDFium writes it, in pieces of any size. */
interface PartSink {
  write(piece: Uint8Array): void;
  /** Throws when the part was not complete. */
  end(): void;
}

export interface PartWriter {
  /** Begins the next part, of a document with these layers; the part before must have ended. */
  part(layers: Layers | undefined): PartSink;
  /** Writes page tree root, catalog and cross-reference table. */
  finish(pages: number): void;
}

const CATALOG = 1;
const PAGE_TREE = 2;
const STREAM_END = '\r\nendstream\r\nendobj\r\n';
/** No object but a stream comes near this; streams are passed through without being held. */
const LONGEST_OBJECT = 64 * 1024 * 1024;

/**
 * Joins several PDFs into one while they are being written, with constant memory: objects are renumbered and passed
 * on, stream data untouched, and the page tree of every part becomes a branch of a new root. Only files written by
 * PDFium are understood; it has normalised whatever the sources contained.
 */
export function createPartWriter(emit: (bytes: Uint8Array) => void, catalogEntries: string): PartWriter {
  const offsets: number[] = [];
  const branches: number[] = [];
  /** Optional content groups of all documents, and those that are not printed. */
  const groups: number[] = [];
  const off: number[] = [];
  let offset = 0;
  let highest = PAGE_TREE;

  const put = (bytes: Uint8Array) => {
    emit(bytes);
    offset += bytes.length;
  };
  const putText = (text: string) => put(Buffer.from(text, 'latin1'));
  const putObject = (number: number, body: string) => {
    offsets[number] = offset;
    putText(`${number} 0 obj\n${body}`);
  };

  /** A group keeps its name only: its state is in the catalog, alike for screen and paper. */
  const putGroup = (number: number, layers: Layers, group: RawDictionary) => {
    const printed = layers.printed(layerKey(group));
    if (printed === undefined) throw new PdfError('layers');
    groups.push(number);
    if (!printed) off.push(number);
    putObject(number, `<< /Type /OCG /Name ${writeText(group.get('Name'))} >>\nendobj\n`);
  };

  const part = (layers: Layers | undefined): PartSink => {
    const base = highest;
    let root = 0;
    /** Passes one object's head on; says how many raw bytes follow it. */
    const takeObject = (object: RenumberedObject): number => {
      const number = base + object.number;
      highest = Math.max(highest, number);
      if (root === 0) {
        // PDFium writes the catalog of a document it made itself first; the new root replaces it.
        if (object.pages === undefined) throw new Error('part does not begin with its catalog');
        root = object.pages;
        branches.push(base + root);
        return 0;
      }
      const group = layers && groupIn(object);
      if (layers && group) {
        putGroup(number, layers, group);
        return 0;
      }
      const body =
        object.number === root ? object.body.replace('<<', `<</Parent ${PAGE_TREE} 0 R`) : object.body;
      const isStream = object.streamLength !== undefined;
      putObject(number, `${body.trimEnd()}${isStream ? 'stream\r\n' : '\nendobj\n'}`);
      return isStream ? object.streamLength! + STREAM_END.length : 0;
    };
    return createPartReader((text) => renumberObject(text, base), takeObject, put);
  };

  const finish = (pages: number) => {
    const kids = branches.map((number) => `${number} 0 R`).join(' ');
    putObject(PAGE_TREE, `<< /Type /Pages /Count ${pages} /Kids [ ${kids} ] >>\nendobj\n`);
    putObject(
      CATALOG,
      `<< /Type /Catalog /Pages ${PAGE_TREE} 0 R ${catalogEntries} ${layerEntries(groups, off)} >>\nendobj\n`,
    );
    const start = offset;
    putText(`xref\n0 ${highest + 1}\n0000000000 65535 f \n`);
    for (let number = 1; number <= highest; number++) putText(tableRow(offsets[number]));
    putText(`trailer\n<< /Size ${highest + 1} /Root ${CATALOG} 0 R >>\nstartxref\n${start}\n%%EOF\n`);
  };

  putText('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
  return { part, finish };
}

/** An optional content group (ISO 32000-1, 8.11.2.1), if the object is one. */
function groupIn({ body, streamLength }: RenumberedObject): RawDictionary | undefined {
  if (streamLength !== undefined || !body.includes('/OCG')) return undefined;
  const { value } = readValue(body, 0);
  return isDictionary(value) && nameOf(value.get('Type')) === 'OCG' ? value : undefined;
}

function writeText(name: RawValue | undefined): string {
  return name instanceof RawText ? `<${Buffer.from(name.bytes, 'latin1').toString('hex')}>` : '()';
}

/** 8.11.4.2: every group is listed, and those in `OFF` are not shown by anybody. */
function layerEntries(groups: readonly number[], off: readonly number[]): string {
  if (groups.length === 0) return '';
  const list = (numbers: readonly number[]) => `[ ${numbers.map((number) => `${number} 0 R`).join(' ')} ]`;
  return `/OCProperties << /OCGs ${list(groups)} /D << /BaseState /ON /OFF ${list(off)} >> >>`;
}

function tableRow(offset: number | undefined): string {
  return offset === undefined ? '0000000000 00001 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`;
}

/** Splits a part into objects; `take` answers how many bytes after an object's head go through unread. */
function createPartReader(
  parse: (text: string) => RenumberedObject | undefined,
  take: (object: RenumberedObject) => number,
  passOn: (bytes: Uint8Array) => void,
): PartSink {
  let held: Uint8Array = new Uint8Array(0);
  /** Do not look again before this much is held: an object that comes in many pieces is not read for each of them. */
  let lookAgainAt = 0;
  let throughBytes = 0;
  let headerSeen = false;
  let tableReached = false;

  /** Takes one object, or the file's header, from the start of `held`; false when more is needed. */
  const takeOne = (text: string): number => {
    if (!headerSeen) {
      const header = /^%PDF-[^\n]*\n%[^\n]*\n/.exec(text);
      headerSeen = header !== null;
      return header?.[0].length ?? 0;
    }
    if (/^\s*xref\r\n/.test(text)) {
      tableReached = true;
      return 0;
    }
    const object = parse(text);
    if (!object) return 0;
    throughBytes = take(object);
    return object.consumed;
  };

  const takeHeld = () => {
    let text = Buffer.from(held.buffer, held.byteOffset, held.length).toString('latin1');
    let at = 0;
    for (let taken = takeOne(text); taken > 0 && !tableReached; taken = takeOne(text)) {
      const through = Math.min(throughBytes, held.length - at - taken);
      passOn(held.subarray(at + taken, at + taken + through));
      throughBytes -= through;
      at += taken + through;
      if (throughBytes > 0) break;
      text = text.slice(taken + through);
    }
    held = held.slice(at);
    lookAgainAt = held.length < 4096 ? 0 : held.length * 2;
    if (held.length > LONGEST_OBJECT) throw new PdfError('too_complex');
  };

  return {
    write(piece) {
      let rest = piece;
      if (tableReached) return;
      if (throughBytes > 0) {
        const through = Math.min(throughBytes, rest.length);
        passOn(rest.subarray(0, through));
        throughBytes -= through;
        rest = rest.subarray(through);
        if (rest.length === 0) return;
        lookAgainAt = 0;
      }
      held = Buffer.concat([held, rest]);
      if (held.length >= lookAgainAt) takeHeld();
    },
    end() {
      if (!tableReached) takeHeld();
      if (!tableReached) throw new Error('part is not complete');
    },
  };
}
