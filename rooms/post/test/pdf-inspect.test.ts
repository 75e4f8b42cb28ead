import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStore, memoryKeyRing, type ObjectStore } from '@grunnmur/kernel/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPdfPool, type PdfPool } from '../pdf/pdf-pool.ts';
import { samplePdf, samplePdfStream } from '../pdf/sample-pdf.ts';
import {
  appendRevision,
  buildPdf,
  CATALOG,
  linearizedPdf,
  objectStreamPdf,
  PAGE,
  pages,
  pdfkitPdf,
} from './pdf-files.ts';

const ONE_PAGE = buildPdf([CATALOG, pages('/Count 1 /Kids [3 0 R]'), PAGE]);
const MAX_PAGES = 2000;

let pool: PdfPool;
beforeAll(() => {
  pool = createPdfPool({ workers: 1, timeoutMs: 20_000, maxPages: MAX_PAGES });
});
afterAll(() => pool.close());

const inspect = (bytes: Uint8Array, pagesNeeded: number[] = []) => pool.inspect({ bytes }, { pagesNeeded });

describe('inspect accepts', () => {
  it('a small letter and leaves its bytes alone', async () => {
    const bytes = samplePdf({ pages: 3, bytes: 100_000 });
    const before = bytes.slice();
    expect(await inspect(bytes)).toMatchObject({ pages: 3, repaired: false });
    expect(bytes).toEqual(before);
  });

  it('a view into a larger buffer', async () => {
    const bytes = samplePdf();
    const larger = new Uint8Array(bytes.length + 2000).fill(65);
    larger.set(bytes, 1000);
    expect(await inspect(larger.subarray(1000, 1000 + bytes.length))).toMatchObject({ pages: 1 });
  });

  it('page sizes with rotation', async () => {
    const rotated: typeof PAGE = [3, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Rotate 90 >>'];
    const file = buildPdf([CATALOG, pages('/Count 1 /Kids [3 0 R]'), rotated]);
    expect((await inspect(file)).firstPage).toEqual({ width: 400, height: 300 });
  });

  it('many pages in a deep tree', async () => {
    const kids = Array.from({ length: 1500 }, (_, index) => index + 100);
    const file = buildPdf([
      CATALOG,
      pages('/Count 1500 /Kids [4 0 R]'),
      [
        4,
        `<< /Type /Pages /Parent 2 0 R /Count 1500 /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`,
      ],
      ...kids.map((kid) => [kid, '<< /Type /Page /Parent 4 0 R /MediaBox [0 0 300 400] >>'] as const),
    ]);
    expect(await inspect(file, [1500])).toMatchObject({ pages: 1500 });
  });

  it.each([
    ['a linearized file', linearizedPdf()],
    ['object and cross-reference streams', objectStreamPdf()],
    ['junk of less than 1024 bytes before the header', Buffer.concat([Buffer.alloc(900, 'x'), ONE_PAGE])],
    ['zeros after the end', Buffer.concat([ONE_PAGE, Buffer.alloc(700)])],
  ])('%s', async (_name, file) => {
    expect(await inspect(file)).toMatchObject({ pages: 1, repaired: false });
  });

  it.each([
    ['much padding after the end', Buffer.concat([ONE_PAGE, Buffer.alloc(300_000)])],
    ['no end mark', Buffer.from(ONE_PAGE.toString('latin1').replace('%%EOF', ''), 'latin1')],
    [
      'line ends changed in transfer',
      Buffer.from(ONE_PAGE.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
    ],
    [
      'a table with wrong offsets',
      Buffer.from(ONE_PAGE.toString('latin1').replace(/00000000\d\d/g, '0000000033')),
    ],
  ])('and marks as repaired: %s', async (_name, file) => {
    expect(await inspect(file)).toMatchObject({ pages: 1, repaired: true });
  });

  it('a later revision that adds a page', async () => {
    const revised = appendRevision(ONE_PAGE, [pages('/Count 2 /Kids [3 0 R 7 0 R]'), [7, PAGE[1]]]);
    expect(await inspect(revised)).toMatchObject({ pages: 2, repaired: false });
  });

  it('a count in the page tree that is absurd, when the pages can be counted', async () => {
    const file = buildPdf([CATALOG, pages('/Count 10000000 /Kids [3 0 R]'), PAGE]);
    expect(await inspect(file)).toMatchObject({ pages: 1 });
  });
});

/** A page at the bottom of so many nodes. */
function deepTree(depth: number): Buffer {
  const node = (number: number) =>
    [number, `<< /Type /Pages /Parent ${number - 1} 0 R /Count 1 /Kids [${number + 1} 0 R] >>`] as const;
  const last = 10 + depth;
  return buildPdf([
    [1, '<< /Type /Catalog /Pages 10 0 R >>'],
    ...Array.from({ length: depth }, (_, index) => node(10 + index)),
    [last, `<< /Type /Page /Parent ${last - 1} 0 R /MediaBox [0 0 300 400] >>`],
  ]);
}

describe('inspect rejects', () => {
  const letter = samplePdf({ pages: 4, bytes: 40_000 });

  it.each([
    ['empty', 'no bytes', new Uint8Array(0)],
    ['not_pdf', 'a text file with another name', Buffer.from('Dette er ikke en PDF.\n'.repeat(100))],
    ['not_pdf', 'a header beyond the first 1024 bytes', Buffer.concat([Buffer.alloc(2000, 'x'), ONE_PAGE])],
    ['truncated', 'a header only', Buffer.from('%PDF-1.7\n')],
    ['truncated', 'a file cut in the middle', letter.subarray(0, 20_000)],
    ['truncated', 'a file cut just before its table', letter.subarray(0, letter.length - 900)],
    ['unreadable', 'fewer pages than counted', buildPdf([CATALOG, pages('/Count 50 /Kids [3 0 R]'), PAGE])],
    [
      'unreadable',
      'a page that does not exist',
      buildPdf([CATALOG, pages('/Count 3 /Kids [3 0 R 9 0 R 3 0 R]'), PAGE]),
    ],
    ['no_pages', 'no page', buildPdf([CATALOG, pages('/Count 0 /Kids []')])],
    ['no_pages', 'a catalog without page tree', buildPdf([[1, '<< /Type /Catalog >>']])],
    ['too_deep', 'a page tree that goes down and down', deepTree(1100)],
  ])('%s: %s', async (code, _name, file) => {
    await expect(inspect(file)).rejects.toMatchObject({ name: 'PdfError', code, retry: false });
  });

  it.each([1, 500, 5000, 20_000, 39_000])('a file cut after %i bytes', async (length) => {
    await expect(inspect(letter.subarray(0, length))).rejects.toMatchObject({
      code: length < 5 ? 'not_pdf' : 'truncated',
    });
  });

  it('too_many_pages, with the limit', async () => {
    const file = samplePdf({ pages: MAX_PAGES + 1 });
    await expect(inspect(file)).rejects.toMatchObject({
      code: 'too_many_pages',
      params: { limit: MAX_PAGES },
    });
    const lie = buildPdf([CATALOG, pages('/Count 1000000 /Kids [3 0 R]'), PAGE]);
    await expect(inspect(lie)).rejects.toMatchObject({ code: 'too_many_pages' });
  });

  it('page_missing, with the page', async () => {
    expect(await inspect(letter, [1, 4])).toMatchObject({ pages: 4 });
    await expect(inspect(letter, [4, 5])).rejects.toMatchObject({
      code: 'page_missing',
      params: { page: 5 },
    });
    await expect(inspect(letter, [0])).rejects.toMatchObject({ code: 'page_missing', params: { page: 0 } });
  });
});

describe('inspect rejects encrypted documents', () => {
  // pdfkit's versions stand for the handlers: RC4 40, RC4 128, AES 128 and AES 256 bits.
  const versions = ['1.3', '1.4', '1.5', '1.6', '1.7', '1.7ext3'] as const;
  const passwords = [
    ['a user password', { userPassword: 'hemmelig' }],
    ['an owner password only', { ownerPassword: 'eier', permissions: { printing: 'lowResolution' } }],
    ['both passwords', { userPassword: 'hemmelig', ownerPassword: 'eier' }],
  ] as const;

  it.each(
    versions.flatMap((version) => passwords.map(([name, options]) => [version, name, options] as const)),
  )('version %s with %s', async (pdfVersion, _name, options) => {
    const file = await pdfkitPdf({ pdfVersion, ...options } as PDFKit.PDFDocumentOptions);
    await expect(inspect(file)).rejects.toMatchObject({
      code: 'userPassword' in options ? 'encrypted' : 'restricted',
    });
  });

  it('an owner password is a notice when it is not printed', async () => {
    const file = await pdfkitPdf({ ownerPassword: 'eier' });
    expect(await pool.inspect({ bytes: file }, { forPrint: false })).toMatchObject({
      pages: 1,
      notices: [{ code: 'restricted' }],
    });
  });

  it('for certain recipients (public key handler)', async () => {
    const trailer =
      '/Encrypt << /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s4 /V 2 /Length 128 /Recipients [] >>';
    const file = buildPdf([CATALOG, pages('/Count 1 /Kids [3 0 R]'), PAGE], trailer);
    await expect(inspect(file)).rejects.toMatchObject({ code: 'encrypted' });
  });
});

describe('inspect of sealed files', () => {
  const key = '0197a000-0000-7000-8000-000000000001/20260101/0197a000-0000-7000-8000-000000000002';
  let root: string;
  let store: ObjectStore;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'grunnmur-pdf-'));
    store = createDiskStore({ root, keyRing: memoryKeyRing() });
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  async function seal(content: AsyncIterable<Uint8Array>) {
    const { size } = await store.put(key, content);
    const { path, dataKey } = await store.localCopy(key);
    return { sealedPath: path, dataKey, size };
  }

  it('reads a large one piecewise', async () => {
    const source = await seal(samplePdfStream({ approxBytes: 24_000_000 }));
    expect(source.size).toBeGreaterThan(23_000_000);
    expect(await pool.inspect(source, { pagesNeeded: [24] })).toMatchObject({ pages: 24, repaired: false });
  });

  it('gives the same codes as for bytes', async () => {
    const letter = samplePdf({ bytes: 300_000 });
    await expect(pool.inspect(await seal(once(new Uint8Array(0))))).rejects.toMatchObject({ code: 'empty' });
    await expect(pool.inspect(await seal(once(letter.subarray(0, 200_000))))).rejects.toMatchObject({
      code: 'truncated',
    });
    const locked = await pdfkitPdf({ pdfVersion: '1.7ext3', userPassword: 'hemmelig' });
    await expect(pool.inspect(await seal(once(locked)))).rejects.toMatchObject({ code: 'encrypted' });
  });

  it('does not blame the document for a file that is gone, damaged or sealed with another key', async () => {
    const source = await seal(samplePdfStream({ approxBytes: 2_000_000 }));
    const failed = { code: 'failed', retry: true };
    await expect(pool.inspect({ ...source, sealedPath: `${source.sealedPath}x` })).rejects.toMatchObject(
      failed,
    );
    await expect(pool.inspect({ ...source, dataKey: new Uint8Array(32) })).rejects.toMatchObject(failed);
    // The catalog and the first page are at the beginning, which is read after the table at the end.
    const file = await open(source.sealedPath, 'r+');
    await file.write(Buffer.alloc(64), 0, 64, 1000);
    await file.close();
    await expect(pool.inspect(source)).rejects.toMatchObject(failed);
    expect(await inspect(ONE_PAGE)).toMatchObject({ pages: 1 });
  });
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
