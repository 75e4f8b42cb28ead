import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testFolder } from '@grunnmur/kernel/testing';
import { createPdfPool } from '@grunnmur/post/pdf';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { createPicturer } from '@grunnmur/post/test/page-pictures';
import { describe, expect, it } from 'vitest';
import { compareCorpus } from '../paper/compare-corpus.ts';
import { comparePages } from '../paper/compare-file.ts';
import { readPaperOptions } from '../paper/options.ts';
import { hasPoppler } from '../paper/poppler.ts';
import { exitCodeOf, lineOf, readKnown, reportOf } from '../paper/report.ts';

const options = { pages: 10, tolerance: 0.0002 };

async function folderOfPdfs(): Promise<string> {
  const corpus = await testFolder();
  await mkdir(join(corpus, 'deep'));
  await writeFile(join(corpus, 'alike.pdf'), samplePdf({ text: 'Vedtak om barnehage', pages: 2 }));
  await writeFile(join(corpus, 'deep', 'cut.PDF'), samplePdf({ bytes: 20_000 }).subarray(0, 9000));
  await writeFile(join(corpus, 'notes.txt'), 'not a PDF');
  return corpus;
}

describe('the comparison of paper with what a reader shows', () => {
  it.each(['pdfium', ...(hasPoppler() ? (['poppler'] as const) : [])] as const)(
    'finds what is alike and what is refused, drawn by %s',
    async (renderer) => {
      const results = await compareCorpus({ corpus: await folderOfPdfs(), renderer, ...options });
      expect(results).toEqual([
        { file: 'alike.pdf', outcome: { kind: 'alike', pages: 2 } },
        { file: 'deep/cut.PDF', outcome: { kind: 'refused', reason: 'truncated' } },
      ]);
      expect(reportOf(results, new Set())).toMatchObject({ files: 2, alike: 1, refused: { truncated: 1 } });
    },
  );

  it('finds a page that differs, and one that is missing', async () => {
    const picturer = await createPicturer();
    const original = samplePdf({ text: 'Vedtak om barnehage' });
    const other = samplePdf({ text: 'Avslag paa soknad om plass' });
    const comparer = { picturer, options: { renderer: 'pdfium' as const, ...options } };
    const print = await printed(other);
    expect(await comparePages(comparer, other, print)).toEqual({ kind: 'alike', pages: 1 });
    const outcome = await comparePages(comparer, original, print, ['scaled']);
    expect(outcome).toEqual({
      kind: 'differs',
      pages: [{ page: 1, share: expect.any(Number) }],
      notices: ['scaled'],
    });
    expect(await comparePages(comparer, samplePdf({ pages: 2 }), print)).toMatchObject({ kind: 'failed' });
    const found = [{ file: 'a b.pdf', outcome }];
    expect(lineOf(found[0]!)).toMatch(/^DIFFERS {2}a b\.pdf \(page 1: \d+\.\d\d %\) \[told: scaled\]$/);
    const strict = reportOf(found, new Set());
    expect([strict.unknown, exitCodeOf(strict)]).toEqual([['a b.pdf'], 1]);
    const lenient = reportOf(found, readKnown('# reasons\na b.pdf # a shading\n'));
    expect([lenient.unknown, exitCodeOf(lenient)]).toEqual([[], 0]);
    const failed = { kind: 'failed', reason: 'it has other pages' } as const;
    expect(exitCodeOf(reportOf([{ file: 'a b.pdf', outcome: failed }], new Set()))).toBe(1);
  });

  it('is told what to do in options that make sense', () => {
    expect(readPaperOptions(['--corpus', 'x'])).toMatchObject({ renderer: 'pdfium', ...options });
    expect(() => readPaperOptions([])).toThrow('--corpus');
    expect(() => readPaperOptions(['--corpus', 'x', '--renderer', 'eyes'])).toThrow('--renderer');
    expect(() => readPaperOptions(['--corpus', 'x', '--pages', '0'])).toThrow('--pages');
  });
});

describe('npm run conformance:paper', () => {
  const program = fileURLToPath(new URL('../paper/main.ts', import.meta.url));
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const node = [...process.execArgv, program, ...args];
      execFile(process.execPath, node, { timeout: 60_000 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
    });

  it('ends with 0 when all is alike or refused, and writes one JSON object when asked', async () => {
    const { code, out } = await run('--corpus', await folderOfPdfs(), '--json');
    expect(JSON.parse(out)).toMatchObject({ files: 2, alike: 1, refused: { truncated: 1 }, unknown: [] });
    expect(code).toBe(0);
  });

  it('ends with 1 and a sentence when nothing was compared, or the command makes no sense', async () => {
    const empty = await run('--corpus', await testFolder());
    expect(empty.code).toBe(1);
    const wrong = await run('--pages', '0');
    expect([wrong.code, wrong.out, wrong.err]).toEqual([1, '', 'Paper: --corpus <folder> is missing.\n']);
  });
});

async function printed(bytes: Uint8Array): Promise<Buffer> {
  const pool = createPdfPool({ workers: 1, timeoutMs: 30_000, maxPages: 10 });
  const blocks: Buffer[] = [];
  const input = { frontPage: samplePdf({ text: 'forside' }), documents: [{ bytes }], doubleSided: false };
  await pool.merge(input, (block) => void blocks.push(Buffer.from(block)));
  await pool.close();
  return Buffer.concat(blocks);
}
