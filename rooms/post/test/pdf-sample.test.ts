import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPdfPool, type PdfPool } from '../pdf/pdf-pool.ts';
import { samplePdf, samplePdfStream } from '../pdf/sample-pdf.ts';
import { createPdfReader } from './pdf-files.ts';

let pool: PdfPool;
beforeAll(() => {
  pool = createPdfPool({ workers: 1, timeoutMs: 20_000, maxPages: 5000 });
});
afterAll(() => pool.close());

describe('samplePdf', () => {
  it.each([
    [1, 100_000],
    [1, 99_999],
    [1, 10_000],
    [2, 10_001],
    [7, 123_457],
    [300, 1_000_000],
    [10, 4_194_304],
  ])('%i pages in exactly %i bytes', async (pages, bytes) => {
    const file = samplePdf({ pages, bytes });
    expect(file.length).toBe(bytes);
    expect(await pool.inspect({ bytes: file })).toMatchObject({ pages, repaired: false });
  });

  it('is as small as it can be without a size', async () => {
    expect(samplePdf().length).toBeLessThan(1200);
    expect(samplePdf({ bytes: 5 }).length).toBe(samplePdf().length);
  });

  it('shows its text and differs by seed only', async () => {
    const reader = await createPdfReader();
    const file = samplePdf({ pages: 2, text: 'Hei på (deg)\nÆØÅ \\ é', bytes: 9000 });
    expect(reader.readPages(file).map((page) => page.text)).toEqual([
      'Hei på (deg) ÆØÅ \\ é 1 / 2',
      'Hei på (deg) ÆØÅ \\ é 2 / 2',
    ]);
    expect(samplePdf({ bytes: 9000, seed: 4 })).toEqual(samplePdf({ bytes: 9000, seed: 4 }));
    expect(samplePdf({ bytes: 9000, seed: 4 })).not.toEqual(samplePdf({ bytes: 9000, seed: 5 }));
  });
});

describe('samplePdfStream', () => {
  it('gives a valid file of about the size, in small pieces', async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of samplePdfStream({ approxBytes: 3_000_000, bytesPerPage: 100_000 }))
      pieces.push(piece);
    const file = Buffer.concat(pieces);
    expect(Math.abs(file.length - 3_000_000)).toBeLessThan(100_000);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBe(100_000);
    expect(await pool.inspect({ bytes: file })).toMatchObject({ pages: 30, repaired: false });
  });
});
