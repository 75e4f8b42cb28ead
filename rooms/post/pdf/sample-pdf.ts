import { Buffer } from 'node:buffer';

/** What a generated PDF should contain. */
export interface SamplePdfOptions {
  /** Number of A4 pages, default 1. */
  readonly pages?: number;
  /** Printed on every page (WinAnsi letters, so æøå but not Sámi letters); line breaks are kept. */
  readonly text?: string;
  /** Exact size of the file in bytes. Too small a number gives the smallest possible file. */
  readonly bytes?: number;
  /** Any number; the same seed gives the same bytes. */
  readonly seed?: number;
}

export interface SamplePdfStreamOptions {
  /** Size to come close to (within about one page image). */
  readonly approxBytes: number;
  readonly text?: string;
  /** Bytes of the picture on each page, default 1,000,000: what a scanned colour page commonly takes. */
  readonly bytesPerPage?: number;
  readonly seed?: number;
}

const CATALOG = 1;
const PAGE_TREE = 2;
const FONT = 3;
const FIRST_PAGE_OBJECT = 4;
const OBJECTS_PER_PAGE = 3;
const HEADER = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1');

/**
 * Makes a small valid PDF with text and a grey noise picture on every page: demonstration letters, load generation
 * and tests. Noise is used because it cannot be compressed, so that the size on the wire is the size asked for.
 */
export function samplePdf(options: SamplePdfOptions = {}): Uint8Array<ArrayBuffer> {
  const pages = Math.max(1, Math.floor(options.pages ?? 1));
  const text = options.text ?? 'Grunnmur';
  const smallest = assemble(pages, text, 1, 0, options.seed ?? 1);
  const missing = (options.bytes ?? 0) - smallest.length;
  if (missing <= 0) return smallest;
  // The picture takes the bulk; a comment makes up for what the growing numbers in dictionaries and table take.
  const perPage = Math.max(1, Math.floor((missing - pages * 24) / pages) - 8);
  const bulk = assemble(pages, text, perPage, 0, options.seed ?? 1);
  let comment = options.bytes! - bulk.length;
  let result = assemble(pages, text, perPage, comment, options.seed ?? 1);
  // The length of the number after `startxref` may have grown by one digit.
  if (result.length !== options.bytes) {
    comment += options.bytes! - result.length;
    result = assemble(pages, text, perPage, comment, options.seed ?? 1);
  }
  return result;
}

/** A large valid PDF as a stream: memory stays constant, one page with one picture at a time. */
export async function* samplePdfStream(options: SamplePdfStreamOptions): AsyncGenerator<Uint8Array> {
  const bytesPerPage = Math.max(1, Math.floor(options.bytesPerPage ?? 1_000_000));
  const pages = Math.max(1, Math.round(options.approxBytes / (bytesPerPage + 700)));
  yield* parts(pages, options.text ?? 'Grunnmur', bytesPerPage, 0, options.seed ?? 1);
}

function assemble(
  pages: number,
  text: string,
  pictureBytes: number,
  comment: number,
  seed: number,
): Uint8Array<ArrayBuffer> {
  const list = [...parts(pages, text, pictureBytes, comment, seed)];
  const result = new Uint8Array(list.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of list) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function* parts(
  pages: number,
  text: string,
  pictureBytes: number,
  comment: number,
  seed: number,
): Generator<Uint8Array> {
  const offsets: number[] = [];
  let at = 0;
  const emit = (part: Uint8Array) => {
    at += part.length;
    return part;
  };
  const object = (number: number, body: string) => {
    offsets[number] = at;
    return emit(Buffer.from(`${number} 0 obj\n${body}\nendobj\n`, 'latin1'));
  };
  yield emit(HEADER);
  yield object(CATALOG, `<< /Type /Catalog /Pages ${PAGE_TREE} 0 R /Lang (nb-NO) >>`);
  yield object(FONT, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  const kids: string[] = [];
  for (let page = 0; page < pages; page++) {
    const first = FIRST_PAGE_OBJECT + page * OBJECTS_PER_PAGE;
    kids.push(`${first} 0 R`);
    yield object(first, pageDictionary(first));
    yield object(first + 1, stream('', pageContent(text, page + 1, pages)));
    offsets[first + 2] = at;
    yield emit(Buffer.from(pictureHead(first + 2, pictureBytes), 'latin1'));
    yield emit(noise(pictureBytes, seed * 7919 + page));
    yield emit(Buffer.from('\nendstream\nendobj\n', 'latin1'));
  }
  yield object(PAGE_TREE, `<< /Type /Pages /Count ${pages} /Kids [ ${kids.join(' ')} ] >>`);
  if (comment > 0)
    yield emit(Buffer.from(`%${' '.repeat(Math.max(0, comment - 2))}\n`.slice(-comment), 'latin1'));
  yield emit(Buffer.from(table(offsets, at), 'latin1'));
}

function pageDictionary(first: number): string {
  return (
    `<< /Type /Page /Parent ${PAGE_TREE} 0 R /MediaBox [0 0 595.276 841.89] /Contents ${first + 1} 0 R ` +
    `/Resources << /Font << /F1 ${FONT} 0 R >> /XObject << /Im1 ${first + 2} 0 R >> >> >>`
  );
}

function pageContent(text: string, page: number, pages: number): string {
  const lines = [...text.split('\n'), `${page} / ${pages}`].map((line) => `(${escapeText(line)}) Tj T*`);
  return `BT /F1 12 Tf 14 TL 72 770 Td ${lines.join(' ')} ET q 300 0 0 200 72 72 cm /Im1 Do Q`;
}

function pictureHead(number: number, bytes: number): string {
  const width = Math.min(bytes, 1000);
  return (
    `${number} 0 obj\n<< /Type /XObject /Subtype /Image /Width ${width} /Height ${Math.floor(bytes / width)} ` +
    `/ColorSpace /DeviceGray /BitsPerComponent 8 /Length ${bytes} >>\nstream\n`
  );
}

function stream(entries: string, content: string): string {
  return `<< ${entries}/Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`;
}

function table(offsets: readonly number[], at: number): string {
  const rows = offsets.slice(1).map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  return (
    `xref\n0 ${offsets.length}\n0000000000 65535 f \n${rows.join('')}` +
    `trailer\n<< /Size ${offsets.length} /Root ${CATALOG} 0 R >>\nstartxref\n${at}\n%%EOF\n`
  );
}

function escapeText(line: string): string {
  return line.replace(/[\\()]/g, (character) => `\\${character}`).replace(/[^\x20-\xff]/g, '?');
}

/** Bytes of an xorshift generator: incompressible and the same on every machine. */
function noise(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (seed | 0) === 0 ? 1 : seed | 0;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}
