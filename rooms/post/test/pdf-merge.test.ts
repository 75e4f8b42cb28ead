import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { createDiskStore, memoryKeyRing, type ObjectStore } from '@grunnmur/kernel/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, createBlockOutput } from '../pdf/block-output.ts';
import { mergeDocuments } from '../pdf/merge-documents.ts';
import { createPdfPool, type PdfPool } from '../pdf/pdf-pool.ts';
import type { MergeInput } from '../pdf/pdf-types.ts';
import { openPdfium } from '../pdf/pdfium.ts';
import { samplePdf, samplePdfStream } from '../pdf/sample-pdf.ts';
import {
  buildPdf,
  CATALOG,
  compilePdfium,
  createPdfReader,
  objectStreamPdf,
  pages,
  pdfkitPdf,
  streamBody,
} from './pdf-files.ts';

const FRONT = samplePdf({ text: 'forside' });
let pool: PdfPool;
let reader: Awaited<ReturnType<typeof createPdfReader>>;
beforeAll(async () => {
  pool = createPdfPool({ workers: 1, timeoutMs: 30_000, maxPages: 2000 });
  reader = await createPdfReader();
});
afterAll(() => pool.close());

async function merge(input: MergeInput) {
  const blocks: Buffer[] = [];
  const result = await pool.merge(input, (block) => void blocks.push(Buffer.from(block)));
  const file = Buffer.concat(blocks);
  expect(result.bytes).toBe(file.length);
  return { result, file, texts: reader.readPages(file).map((page) => page.text) };
}

describe('merge', () => {
  it('keeps front page and documents in order, single-sided', async () => {
    const { result, texts } = await merge({
      frontPage: FRONT,
      documents: [
        { bytes: samplePdf({ pages: 3, text: 'brev' }) },
        { bytes: samplePdf({ text: 'skjema' }), giroPages: [1] },
      ],
      doubleSided: false,
    });
    expect(texts).toEqual(['forside 1 / 1', 'brev 1 / 3', 'brev 2 / 3', 'brev 3 / 3', 'skjema 1 / 1']);
    expect(result).toMatchObject({
      pages: 5,
      blankPages: 0,
      sheets: 5,
      documents: [
        { firstPage: 2, pages: 3 },
        { firstPage: 5, pages: 1 },
      ],
    });
  });

  it('begins every document on a new sheet when double-sided, with A4 blank pages', async () => {
    const { result, file, texts } = await merge({
      frontPage: FRONT,
      documents: [
        { bytes: samplePdf({ pages: 3, text: 'brev' }) },
        { bytes: samplePdf({ pages: 2, text: 'skjema' }) },
      ],
      doubleSided: true,
    });
    expect(texts).toEqual([
      'forside 1 / 1',
      '',
      'brev 1 / 3',
      'brev 2 / 3',
      'brev 3 / 3',
      '',
      'skjema 1 / 2',
      'skjema 2 / 2',
    ]);
    expect(result).toMatchObject({
      pages: 8,
      blankPages: 2,
      sheets: 4,
      documents: [
        { firstPage: 3, pages: 3 },
        { firstPage: 7, pages: 2 },
      ],
    });
    const blank = reader.readPages(file)[1]!;
    expect([Math.round(blank.width), Math.round(blank.height)]).toEqual([595, 842]);
    expect(await pool.inspect({ bytes: file })).toMatchObject({ pages: 8, repaired: false });
    expect(file.toString('latin1')).toContain('/Duplex /DuplexFlipLongEdge');
  });

  it('gives giro sheets a blank back when double-sided', async () => {
    const { texts } = await merge({
      frontPage: FRONT,
      documents: [
        { bytes: samplePdf({ pages: 4, text: 'faktura' }), giroPages: [2, 3] },
        { bytes: samplePdf({ text: 'vedlegg' }) },
      ],
      doubleSided: true,
    });
    expect(texts).toEqual([
      'forside 1 / 1',
      '',
      'faktura 1 / 4',
      '',
      'faktura 2 / 4',
      '',
      'faktura 3 / 4',
      '',
      'faktura 4 / 4',
      '',
      'vedlegg 1 / 1',
    ]);
  });

  it('draws the values of forms into the pages', async () => {
    const form = await pdfkitPdf({}, (page) => {
      page.font('Helvetica');
      page.initForm();
      page.formText('navn', 72, 100, 200, 20, { value: 'Utfylt av Kari' });
    });
    const widget = buildPdf([
      [1, '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>'],
      pages('/Count 1 /Kids [3 0 R]'),
      [
        3,
        '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Annots [5 0 R] /Resources << /Font << /F1 4 0 R >> >> >>',
      ],
      [4, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'],
      [
        5,
        '<< /Type /Annot /Subtype /Widget /FT /Tx /T (navn) /V (Kari) /F 4 /Rect [50 50 250 80] /AP << /N 6 0 R >> >>',
      ],
      [
        6,
        streamBody(
          '/Type /XObject /Subtype /Form /BBox [0 0 200 30] /Resources << /Font << /F1 4 0 R >> >>',
          Buffer.from('BT /F1 12 Tf 5 10 Td (Utfylt av Kari) Tj ET'),
        ),
      ],
    ]);
    const { texts } = await merge({
      frontPage: FRONT,
      documents: [{ bytes: widget }, { bytes: form }],
      doubleSided: false,
    });
    expect(texts[1]).toBe('Utfylt av Kari');
    expect(texts).toHaveLength(3);
  });

  it('says which document cannot be merged', async () => {
    const locked = await pdfkitPdf({ userPassword: 'hemmelig' });
    const input = { frontPage: FRONT, documents: [{ bytes: FRONT }, { bytes: locked }], doubleSided: true };
    await expect(merge(input)).rejects.toMatchObject({ code: 'encrypted', params: { document: 2 } });
    const giro = { frontPage: FRONT, documents: [{ bytes: FRONT, giroPages: [2] }], doubleSided: true };
    await expect(merge(giro)).rejects.toMatchObject({
      code: 'page_missing',
      params: { page: 2, document: 1 },
    });
    const front = { frontPage: new Uint8Array(0), documents: [{ bytes: FRONT }], doubleSided: true };
    await expect(merge(front)).rejects.toMatchObject({ code: 'empty', params: { document: 0 } });
  });
});

describe('merge in parts', () => {
  async function mergeInParts(input: MergeInput, partBytes: number) {
    const pdfium = await openPdfium(await compilePdfium(), 512 * 1024 * 1024);
    const blocks: Uint8Array[] = [];
    const output = createBlockOutput(
      () => new Uint8Array(BLOCK_BYTES),
      (block) => blocks.push(block),
    );
    let parts = 0;
    const onProgress = () => {
      parts++;
    };
    const result = await mergeDocuments(pdfium, input, output, { maxPages: 2000, onProgress, partBytes });
    const file = Buffer.concat(blocks);
    return { result, parts, file, texts: reader.readPages(file).map((page) => page.text) };
  }

  it('gives the same pages as in one piece', async () => {
    const tagged = await pdfkitPdf(
      { tagged: true, lang: 'nb-NO', info: { Title: 'Tittel (1\\2) endobj 1 0 R' } },
      (page) => {
        for (const name of ['en', 'to', 'tre']) page.text(`side ${name} endobj (stream) 3 0 R`).addPage();
      },
    );
    const input: MergeInput = {
      frontPage: FRONT,
      documents: [
        { bytes: samplePdf({ pages: 9, bytes: 90_000, text: 'brev' }), giroPages: [4] },
        { bytes: tagged },
        { bytes: objectStreamPdf() },
      ],
      doubleSided: true,
    };
    const whole = await mergeInParts(input, 8_000_000);
    const pieces = await mergeInParts(input, 1000);
    expect(pieces.parts).toBeGreaterThan(whole.parts + 8);
    expect(pieces.texts).toEqual(whole.texts);
    expect(whole.texts).toContain('side tre endobj (stream) 3 0 R');
    expect({ ...pieces.result, bytes: 0 }).toEqual({ ...whole.result, bytes: 0 });
  });

  it('does not multiply what all pages share', async () => {
    const picture = samplePdf({ bytes: 2_000_000 });
    const shared = picture.subarray(picture.length - 1_950_000, picture.length - 50_000);
    const kids = Array.from({ length: 100 }, (_, index) => index + 10);
    const file = buildPdf([
      CATALOG,
      pages(
        `/Count 100 /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] /MediaBox [0 0 300 400] /Resources << /XObject << /Im 4 0 R >> >>`,
      ),
      [
        4,
        streamBody(
          '/Type /XObject /Subtype /Image /Width 1000 /Height 1900 /ColorSpace /DeviceGray /BitsPerComponent 8',
          Buffer.from(shared),
        ),
      ],
      ...kids.map((kid) => [kid, '<< /Type /Page /Parent 2 0 R >>'] as const),
    ]);
    const { file: merged, parts } = await mergeInParts(
      { frontPage: FRONT, documents: [{ bytes: file }], doubleSided: false },
      50_000,
    );
    expect(parts).toBe(3);
    expect(merged.length).toBeLessThan(2.2 * file.length);
    expect(await pool.inspect({ bytes: merged })).toMatchObject({ pages: 101 });
  });
});

describe('large merge', () => {
  let root: string;
  let store: ObjectStore;
  let large: { sealedPath: string; dataKey: Uint8Array; size: number };
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'grunnmur-pdf-'));
    store = createDiskStore({ root, keyRing: memoryKeyRing() });
    const key = '0197a000-0000-7000-8000-000000000001/20260101/0197a000-0000-7000-8000-000000000002';
    const { size } = await store.put(key, samplePdfStream({ approxBytes: 20_000_000, text: 'stort' }));
    const { path, dataKey } = await store.localCopy(key);
    large = { sealedPath: path, dataKey, size };
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('is streamed to a receiver that takes its time, while letters are inspected', async () => {
    const blocks: Uint8Array[] = [];
    let inspected = 0;
    const merging = pool.merge(
      { frontPage: FRONT, documents: [large, { bytes: FRONT }], doubleSided: true },
      async (block) => {
        await setImmediate();
        if (blocks.length % 10 === 0) inspected += (await pool.inspect({ bytes: FRONT })).pages;
        // Kept without a copy, as the buffer of a stream does.
        blocks.push(block);
      },
    );
    const result = await merging;
    const file = Buffer.concat(blocks);
    expect(blocks.length).toBeGreaterThan(60);
    expect(inspected).toBe(Math.ceil(blocks.length / 10));
    expect(result).toMatchObject({
      pages: 23,
      blankPages: 1,
      bytes: file.length,
      documents: [{ firstPage: 3 }, { firstPage: 23 }],
    });
    const texts = reader.readPages(file).map((page) => page.text);
    expect([texts[2], texts[21], texts[22]]).toEqual(['stort 1 / 20', 'stort 20 / 20', 'forside 1 / 1']);
  });

  it('ends with the error of its receiver, and the next one works', async () => {
    const input: MergeInput = { frontPage: FRONT, documents: [large], doubleSided: false };
    let count = 0;
    const failing = pool.merge(input, async () => {
      await setImmediate();
      if (++count === 12) throw new Error('disk full');
    });
    await expect(failing).rejects.toThrow('disk full');
    let bytes = 0;
    const result = await pool.merge(input, (block) => {
      bytes += block.length;
    });
    expect(result).toMatchObject({ pages: 21, bytes });
  });

  it('can be pulled straight into the store', async () => {
    const key = '0197a000-0000-7000-8000-000000000001/20260101/0197a000-0000-7000-8000-000000000003';
    const input: MergeInput = { frontPage: FRONT, documents: [large, { bytes: FRONT }], doubleSided: true };
    const { blocks, result } = pool.mergeStream(input);
    const stored = await store.put(key, blocks);
    expect(await result).toMatchObject({ pages: 23, bytes: stored.size });
    const file = Buffer.concat(await (await store.get(key)).toArray());
    const texts = reader.readPages(file).map((page) => page.text);
    expect([texts[0], texts[2], texts[21], texts[22]]).toEqual([
      'forside 1 / 1',
      'stort 1 / 20',
      'stort 20 / 20',
      'forside 1 / 1',
    ]);
  });

  it.each(['large', 'small'] as const)('pulled: ends when its reader leaves (%s)', async (size) => {
    const documents = [size === 'large' ? large : { bytes: samplePdf({ bytes: 2_000_000 }) }];
    const { blocks, result } = pool.mergeStream({ frontPage: FRONT, documents, doubleSided: false });
    let count = 0;
    for await (const block of blocks) {
      count += block.length;
      break;
    }
    expect(count).toBe(BLOCK_BYTES);
    await expect(result).rejects.toThrow('reader');
    expect(await pool.inspect({ bytes: FRONT })).toMatchObject({ pages: 1 });
  });

  it('pulled: fails where it is read, also after the first blocks', async () => {
    const locked = await pdfkitPdf({ userPassword: 'hemmelig' });
    const input: MergeInput = { frontPage: FRONT, documents: [large, { bytes: locked }], doubleSided: false };
    const { blocks, result } = pool.mergeStream(input);
    let count = 0;
    const reading = (async () => {
      for await (const block of blocks) {
        count += block.length;
        if (count > large.size - 3_000_000) await setTimeout(50);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'encrypted', params: { document: 2 } });
    await expect(result).rejects.toMatchObject({ code: 'encrypted' });
    expect(count).toBeGreaterThan(10_000_000);
  });
});
