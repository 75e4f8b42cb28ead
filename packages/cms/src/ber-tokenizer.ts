import type { ByteReader } from './byte-reader.ts';
import { CmsError } from './cms-error.ts';

/**
 * As much of BER (ITU-T X.690 section 8) as streaming needs: tag and length octets, definite and indefinite. Whole
 * elements of the header are only cut out here; asn1js reads what is in them.
 */
export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  oid: 0x06,
  octetStringConstructed: 0x24,
  sequence: 0x30,
  set: 0x31,
  context0Primitive: 0x80,
  context0: 0xa0,
  context1: 0xa1,
} as const;

/** Deepest nesting. A certificate inside originatorInfo reaches about 12. */
export const MAX_DEPTH = 32;
/** Largest element of the header: some 2000 recipients. */
const MAX_ELEMENT_BYTES = 1 << 20;

const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
const INDEFINITE = 0x80;
/** 6 octets of length are 256 TiB, and still exact as a number. */
const MAX_LENGTH_OCTETS = 6;

/** Where an element ends: a position, or `undefined` when end-of-contents octets say so. */
export interface Container {
  readonly end: number | undefined;
}

export interface ElementHeader extends Container {
  readonly tag: number;
  /** Content bytes; `undefined` for the indefinite form. */
  readonly length: number | undefined;
  /** Tag and length octets. */
  readonly octets: Buffer;
}

/** Reads tag and length of the next element, which must lie within `parent`. */
export async function readHeader(reader: ByteReader, parent: Container): Promise<ElementHeader> {
  if (parent.end !== undefined && reader.position() + 2 > parent.end)
    throw malformed('an element is missing');
  const start = await reader.take(2);
  const tag = start[0]!;
  if ((tag & LONG_TAG) === LONG_TAG) throw malformed('a tag number above 30');
  const first = start[1]!;
  let octets = start;
  let length: number | undefined = first;
  if (first === INDEFINITE) {
    if (!(tag & CONSTRUCTED)) throw malformed('a primitive element of indefinite length');
    length = undefined;
  } else if (first > INDEFINITE) {
    const rest = await reader.take(first & 0x7f);
    const significant = rest.subarray(leadingZeros(rest));
    if (significant.length > MAX_LENGTH_OCTETS) throw malformed('an impossible length');
    length = significant.length === 0 ? 0 : significant.readUIntBE(0, significant.length);
    octets = Buffer.concat([start, rest]);
  }
  const end = length === undefined ? undefined : reader.position() + length;
  if (parent.end !== undefined && (end ?? reader.position()) > parent.end)
    throw malformed('an element longer than the one around it');
  return { tag, length, octets, end };
}

/** Reads the header of an element that must have `tag`. */
export async function enter(reader: ByteReader, parent: Container, tag: number): Promise<ElementHeader> {
  const header = await readHeader(reader, parent);
  if (header.tag !== tag) throw malformed(`tag ${hex(header.tag)} in place of ${hex(tag)}`);
  return header;
}

/** True at the end of `container`; the end-of-contents octets are read then. */
export async function atEnd(reader: ByteReader, container: Container): Promise<boolean> {
  if (container.end !== undefined) {
    if (reader.position() > container.end) throw malformed('an element longer than the one around it');
    return reader.position() === container.end;
  }
  const next = await reader.peek(2);
  if (next.length < 2 || next[0] !== 0 || next[1] !== 0) return false;
  await reader.take(2);
  return true;
}

/** Requires that nothing more is in `container`. */
export async function leave(reader: ByteReader, container: Container): Promise<void> {
  if (await atEnd(reader, container)) return;
  if (container.end === undefined) await reader.take(2);
  throw malformed('more elements than there should be');
}

/** Tag of the next element within `container`; undefined at its end, which stays unread. */
export async function peekTag(reader: ByteReader, container: Container): Promise<number | undefined> {
  if (container.end !== undefined && reader.position() >= container.end) return undefined;
  const next = await reader.peek(2);
  if (container.end === undefined && next.length === 2 && next[0] === 0 && next[1] === 0) return undefined;
  return next[0];
}

/** The whole next element, which must have `tag`, with its tag and length octets; at most 1 MiB and 32 deep. */
export async function takeElement(reader: ByteReader, parent: Container, tag: number): Promise<Buffer> {
  const next = await reader.peek(1);
  if (next.length === 1 && next[0] !== tag) throw malformed(`tag ${hex(next[0]!)} in place of ${hex(tag)}`);
  const parts: Buffer[] = [];
  await collect(reader, parent, parts, reader.position() + MAX_ELEMENT_BYTES, 1);
  return Buffer.concat(parts);
}

async function collect(
  reader: ByteReader,
  parent: Container,
  parts: Buffer[],
  limit: number,
  depth: number,
): Promise<void> {
  if (depth > MAX_DEPTH) throw tooDeep();
  const header = await readHeader(reader, parent);
  parts.push(header.octets);
  if (reader.position() + (header.length ?? 0) > limit)
    throw new CmsError('too_large', 'The header of the CMS message is too large');
  if (header.length !== undefined) {
    parts.push(Buffer.from(await reader.take(header.length)));
    return;
  }
  while (!(await atEnd(reader, header))) await collect(reader, { end: parent.end }, parts, limit, depth + 1);
  parts.push(Buffer.alloc(2));
}

export function tooDeep(): CmsError {
  return new CmsError('too_deep', `The CMS message is nested deeper than ${MAX_DEPTH} levels`);
}

export function malformed(what: string): CmsError {
  return new CmsError('malformed', `The CMS message is not well formed: ${what}`);
}

function leadingZeros(bytes: Buffer): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? bytes.length : first;
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}
