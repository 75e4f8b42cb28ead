import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { openPdfium, type Pdfium } from '../pdf/pdfium.ts';

/** PDF files of every sort, written by hand or by pdfkit, and a reader for what came out. */

type PdfObject = readonly [number: number, body: string | Buffer];

export const CATALOG: PdfObject = [1, '<< /Type /Catalog /Pages 2 0 R >>'];
export const PAGE: PdfObject = [3, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >>'];

export function pages(entries: string): PdfObject {
  return [2, `<< /Type /Pages ${entries} >>`];
}

/** A file of the given objects with a cross-reference table. */
export function buildPdf(objects: readonly PdfObject[], trailer = ''): Buffer {
  const { body, offsets } = placeObjects(objects, Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'));
  return Buffer.concat([body, table(offsets, body.length, trailer)]);
}

/** A later revision at the end of `file`, as editors and signing programs append it. */
export function appendRevision(file: Buffer, objects: readonly PdfObject[]): Buffer {
  const previous = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(file.toString('latin1'))![1]);
  const { body, offsets } = placeObjects(objects, file);
  const sections = offsets.map((offset, number) =>
    offset === undefined ? '' : `${number} 1\n${row(offset)}`,
  );
  return Buffer.concat([
    body,
    Buffer.from(
      `xref\n${sections.join('')}trailer\n<< /Size 100 /Root 1 0 R /Prev ${previous} >>\nstartxref\n${body.length}\n%%EOF\n`,
    ),
  ]);
}

/** Catalog and page tree in a compressed object stream, found by a cross-reference stream (PDF 1.5). */
export function objectStreamPdf(content?: Buffer, filter = '/FlateDecode'): Buffer {
  const inner = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    PAGE[1] as string,
  ];
  let at = 0;
  const index = inner.map((body, number) => {
    const entry = `${number + 1} ${at} `;
    at += body.length + 1;
    return entry;
  });
  const head = index.join('');
  const data = content ?? deflateSync(Buffer.from(`${head}${inner.join(' ')}`));
  const header = Buffer.from('%PDF-1.7\n');
  const stream = Buffer.concat([
    Buffer.from('4 0 obj\n'),
    streamBody(`/Type /ObjStm /N 3 /First ${head.length} /Filter ${filter}`, data),
    Buffer.from('\nendobj\n'),
  ]);
  const start = header.length + stream.length;
  const rows = [
    [0, 0, 65535],
    [2, 4, 0],
    [2, 4, 1],
    [2, 4, 2],
    [1, header.length, 0],
    [1, start, 0],
  ];
  const packed = Buffer.concat(
    rows.map(([type, where, which]) => {
      const entry = Buffer.alloc(7);
      entry[0] = type!;
      entry.writeUInt32BE(where!, 1);
      entry.writeUInt16BE(which!, 5);
      return entry;
    }),
  );
  return Buffer.concat([header, stream, xrefStream(5, packed, '/Size 6'), end(start)]);
}

/** A cross-reference stream whose content is `data`. */
export function xrefStreamPdf(data: Buffer, filter: string): Buffer {
  const { body } = placeObjects([CATALOG, pages('/Count 1 /Kids [3 0 R]'), PAGE], Buffer.from('%PDF-1.7\n'));
  return Buffer.concat([body, xrefStream(6, data, `/Size 4000000 /Filter ${filter}`), end(body.length)]);
}

/**
 * A small file that keeps a reader busy: `count` revisions, each with a cross-reference stream of 50 MB of zeros, of
 * which ten entries are used.
 */
export function slowPdf(count: number): Buffer {
  const data = deflatedZeros(50, 2);
  let file = placeObjects([CATALOG, pages('/Count 1 /Kids [3 0 R]'), PAGE], Buffer.from('%PDF-1.7\n')).body;
  let previous = 0;
  for (let revision = 0; revision < count; revision++) {
    const entries = `/Size 10 /Index [0 10] /Filter [/FlateDecode /FlateDecode]${revision > 0 ? ` /Prev ${previous}` : ''}`;
    previous = file.length;
    file = Buffer.concat([file, xrefStream(10 + revision, data, entries)]);
  }
  return Buffer.concat([file, end(previous)]);
}

/** A linearized file (ISO 32000-1, annex F): first page and its table at the beginning, the other table at the end. */
export function linearizedPdf(): Buffer {
  const first =
    '5 0 obj\n<< /Linearized 1 /L 0000001000 /H [ 600 20 ] /O 3 /E 0000000600 /N 1 /T 0000000700 >>\nendobj\n';
  const draft = (length: number, tableAt: number, secondAt: number, firstAt: number[], rest: number[]) => {
    const head = `%PDF-1.4\n${first.replace('0000001000', pad(length)).replace('0000000700', pad(secondAt))}`;
    const firstTable = `xref\n3 3\n${row(firstAt[0]!)}${row(firstAt[1]!)}${row(9)}trailer\n<< /Size 6 /Root 4 0 R /Prev ${pad(secondAt)} >>\nstartxref\n0\n%%EOF\n`;
    const page = '3 0 obj\n<< /Type /Page /Parent 1 0 R /MediaBox [0 0 300 400] >>\nendobj\n';
    const catalog = '4 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n';
    const tree = '1 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n';
    const filler = '2 0 obj\n(filler)\nendobj\n';
    const secondTable = `xref\n0 3\n0000000000 65535 f \n${row(rest[0]!)}${row(rest[1]!)}trailer\n<< /Size 3 >>\nstartxref\n${tableAt}\n%%EOF\n`;
    return [head, firstTable, page, catalog, tree, filler, secondTable];
  };
  const sizes = draft(0, 100, 0, [0, 0], [0, 0]).map((part) => part.length);
  const at = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
  const parts = draft(
    sizes.reduce((sum, size) => sum + size, 0),
    at[1]!,
    at[6]!,
    [at[2]!, at[3]!],
    [at[4]!, at[5]!],
  );
  return Buffer.from(parts.join(''));
}

export function streamBody(entries: string, data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${entries} /Length ${data.length} >>\nstream\n`),
    data,
    Buffer.from('\nendstream'),
  ]);
}

/** Megabytes of zeros, deflated once or twice: a thousand or a million times smaller. */
export function deflatedZeros(megabytes: number, times = 1): Buffer {
  let data: Buffer = Buffer.alloc(megabytes * 1_000_000);
  for (let time = 0; time < times; time++) data = deflateSync(data);
  return data;
}

/** A document by pdfkit, for instance with passwords. */
export function pdfkitPdf(
  options: PDFKit.PDFDocumentOptions,
  draw: (page: PDFKit.PDFDocument) => void = (page) => page.text('Grunnmur'),
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const document = new PDFDocument(options);
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
    draw(document);
    document.end();
  });
}

export async function compilePdfium(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
  return WebAssembly.compile(await readFile(path));
}

export interface ReadPage {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** A reader of what a PDF shows, independent of the code under test but for the loading of PDFium. */
export async function createPdfReader() {
  const pdfium = await openPdfium(await compilePdfium(), 1024 * 1024 * 1024);
  return {
    readPages: (bytes: Uint8Array) => readPages(pdfium, bytes),
    textBoxes: (bytes: Uint8Array) => textBoxes(pdfium, bytes),
  };
}

function readPages(pdfium: Pdfium, bytes: Uint8Array): ReadPage[] {
  return withPages(pdfium, bytes, (page, text) => ({
    text: charactersOf(pdfium, text)
      .map(({ character }) => character)
      .join('')
      .replace(/\s+/g, ' ')
      .trim(),
    width: pdfium.api.FPDF_GetPageWidthF(page),
    height: pdfium.api.FPDF_GetPageHeightF(page),
  }));
}

/** Every visible character of every page with its box, in points from the top left corner. */
function textBoxes(pdfium: Pdfium, bytes: Uint8Array) {
  return withPages(pdfium, bytes, (page, text) => {
    const height = pdfium.api.FPDF_GetPageHeightF(page);
    return charactersOf(pdfium, text)
      .filter(({ character }) => character.trim() !== '')
      .map(({ character, index }) => {
        const box = pdfium.alloc(32);
        pdfium.api.FPDFText_GetCharBox(text, index, box, box + 8, box + 16, box + 24);
        const [left, right, bottom, top] = new Float64Array(pdfium.heap().slice(box, box + 32).buffer);
        pdfium.free(box);
        return { character, left: left!, right: right!, top: height - top!, bottom: height - bottom! };
      });
  });
}

function charactersOf(pdfium: Pdfium, text: number) {
  const count = pdfium.api.FPDFText_CountChars(text);
  return Array.from({ length: count }, (_, index) => ({
    index,
    character: String.fromCodePoint(pdfium.api.FPDFText_GetUnicode(text, index)),
  }));
}

function withPages<T>(pdfium: Pdfium, bytes: Uint8Array, read: (page: number, text: number) => T): T[] {
  const { api } = pdfium;
  const address = pdfium.alloc(bytes.length);
  pdfium.heap().set(bytes, address);
  const document = api.FPDF_LoadMemDocument64(address, bytes.length, null as unknown as string);
  if (document === 0) throw new Error(`cannot read the file: ${api.FPDF_GetLastError()}`);
  const results = Array.from({ length: api.FPDF_GetPageCount(document) }, (_, index) => {
    const page = api.FPDF_LoadPage(document, index);
    if (page === 0) throw new Error(`cannot read page ${index + 1}`);
    const text = api.FPDFText_LoadPage(page);
    const result = read(page, text);
    api.FPDFText_ClosePage(text);
    api.FPDF_ClosePage(page);
    return result;
  });
  api.FPDF_CloseDocument(document);
  pdfium.free(address);
  return results;
}

function placeObjects(objects: readonly PdfObject[], before: Buffer) {
  const parts: Buffer[] = [before];
  const offsets: number[] = [];
  let at = before.length;
  for (const [number, body] of objects) {
    const content = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    const part = Buffer.concat([Buffer.from(`${number} 0 obj\n`), content, Buffer.from('\nendobj\n')]);
    offsets[number] = at;
    at += part.length;
    parts.push(part);
  }
  return { body: Buffer.concat(parts), offsets: Array.from(offsets) as (number | undefined)[] };
}

function table(offsets: readonly (number | undefined)[], at: number, trailer: string): Buffer {
  const rows = offsets
    .slice(1)
    .map((offset) => (offset === undefined ? '0000000000 00001 f \n' : row(offset)));
  return Buffer.from(
    `xref\n0 ${offsets.length}\n0000000000 65535 f \n${rows.join('')}` +
      `trailer\n<< /Size ${offsets.length} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`,
  );
}

function xrefStream(number: number, data: Buffer, entries: string): Buffer {
  return Buffer.concat([
    Buffer.from(`${number} 0 obj\n`),
    streamBody(`/Type /XRef /W [1 4 2] /Root 1 0 R ${entries}`, data),
    Buffer.from('\nendobj\n'),
  ]);
}

function end(start: number): Buffer {
  return Buffer.from(`startxref\n${start}\n%%EOF\n`);
}

function row(offset: number): string {
  return `${pad(offset)} 00000 n \n`;
}

function pad(offset: number): string {
  return String(offset).padStart(10, '0');
}
