import { randomInt } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { isPdfError } from '../pdf/pdf-error.ts';
import { createPdfPool, type PdfPool, type PdfPoolOptions } from '../pdf/pdf-pool.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';
import {
  buildPdf,
  CATALOG,
  deflatedZeros,
  objectStreamPdf,
  PAGE,
  pages,
  pdfkitPdf,
  slowPdf,
  xrefStreamPdf,
} from './pdf-files.ts';

const GOOD = samplePdf({ pages: 2 });
const open: PdfPool[] = [];
const logged: unknown[] = [];

function pool(options: Partial<PdfPoolOptions> = {}): PdfPool {
  const created = createPdfPool({
    workers: 1,
    timeoutMs: 20_000,
    maxPages: 1000,
    log: { warn: (entry: unknown) => logged.push(entry) } as unknown as NonNullable<PdfPoolOptions['log']>,
    ...options,
  });
  open.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((created) => created.close()));
  logged.length = 0;
});

describe('bombs', () => {
  it.each([
    ['object stream', objectStreamPdf(deflatedZeros(300))],
    [
      'object stream, twice compressed',
      objectStreamPdf(deflatedZeros(300, 2), '[/FlateDecode /FlateDecode]'),
    ],
    ['cross-reference stream', xrefStreamPdf(deflatedZeros(300), '/FlateDecode')],
    [
      'cross-reference stream, twice compressed',
      xrefStreamPdf(deflatedZeros(300, 2), '[/FlateDecode /FlateDecode]'),
    ],
  ])('%s is too_complex and the next letter is served', async (_name, bomb) => {
    const service = pool({ maxHeapMb: 64 });
    await expect(service.inspect({ bytes: bomb })).rejects.toMatchObject({
      code: 'too_complex',
      retry: false,
    });
    expect(await service.inspect({ bytes: GOOD })).toMatchObject({ pages: 2 });
    expect(logged).toEqual([{ code: 'too_complex' }]);
  });

  it.each([
    [
      'two nodes in a circle',
      [pages('/Count 2 /Kids [4 0 R]'), [4, '<< /Type /Pages /Count 2 /Parent 2 0 R /Kids [2 0 R] >>']],
    ],
    [
      'a circle without counts',
      [pages('/Kids [4 0 R 4 0 R]'), [4, '<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 2 0 R] >>']],
    ],
    ['a node that is its own child', [pages('/Count 3 /Kids [2 0 R 2 0 R 3 0 R]'), PAGE]],
    ['ten to the power of sixty pages', bush(60)],
    ['a tree of 3000 levels', chain(3000), 'too_deep'],
  ] as const)('page tree with %s is refused', async (_name, objects, code?: string) => {
    const service = pool();
    const file = buildPdf([CATALOG, ...objects] as Parameters<typeof buildPdf>[0]);
    await expect(service.inspect({ bytes: file })).rejects.toMatchObject({
      code: code ?? 'unreadable',
    });
    expect(await service.inspect({ bytes: GOOD })).toMatchObject({ pages: 2 });
  });

  it('deep nesting and a circle of revisions do no harm', async () => {
    const service = pool();
    const nested = `/Count 1 /Kids [3 0 R] /X ${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await service.inspect({ bytes: buildPdf([CATALOG, pages(nested), PAGE]) })).toMatchObject({
      pages: 1,
    });
    const plain = buildPdf([CATALOG, pages('/Count 1 /Kids [3 0 R]'), PAGE]);
    const circle = buildPdf(
      [CATALOG, pages('/Count 1 /Kids [3 0 R]'), PAGE],
      `/Prev ${plain.lastIndexOf('xref\n0')}`,
    );
    expect(await service.inspect({ bytes: circle })).toMatchObject({ pages: 1 });
  });
});

describe('a job that takes too long', () => {
  it('is a timeout; what waited behind it in the same batch is done by another worker', async () => {
    const service = pool({ timeoutMs: 2000 });
    const slow = slowPdf(1000);
    await service.inspect({ bytes: GOOD });
    const results = await Promise.allSettled(
      [GOOD, GOOD, slow, GOOD, GOOD, GOOD].map((bytes) => service.inspect({ bytes })),
    );
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value.pages : result.reason.code)),
    ).toEqual([2, 2, 'timeout', 2, 2, 2]);
    expect(logged).toEqual([{ code: 'timeout' }]);
  });

  it('is ended in a merge too, also where PDFium never comes back', async () => {
    const service = pool({ timeoutMs: 1000 });
    // A page that is its own parent: looking for inherited entries never ends.
    const endless = buildPdf([
      CATALOG,
      pages('/Count 1 /Kids [3 0 R]'),
      [3, '<< /Type /Page /Parent 3 0 R >>'],
    ]);
    const merging = service.merge(
      { frontPage: GOOD, documents: [{ bytes: endless }], doubleSided: false },
      () => undefined,
    );
    await expect(merging).rejects.toMatchObject({ code: 'timeout' });
    expect(await service.inspect({ bytes: GOOD })).toMatchObject({ pages: 2 });
  });
});

describe('life of a pool', () => {
  it('answers many at once, each with its own result', async () => {
    const service = pool({ workers: 2 });
    const files = Array.from({ length: 60 }, (_, index) => samplePdf({ pages: (index % 7) + 1 }));
    const found = await Promise.all(files.map((bytes) => service.inspect({ bytes })));
    expect(found.map((info) => info.pages)).toEqual(files.map((_, index) => (index % 7) + 1));
  });

  it('fails what is asked after closing or under way at closing, as no fault of the document', async () => {
    const service = pool();
    const under = [service.inspect({ bytes: GOOD }), service.inspect({ bytes: GOOD })];
    const settled = Promise.allSettled(under);
    await service.close();
    for (const result of await settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'failed', retry: true });
    }
    await expect(service.inspect({ bytes: GOOD })).rejects.toMatchObject({
      code: 'failed',
      params: { reason: 'closed' },
    });
  });

  it('closes without having been used', async () => {
    await expect(pool().close()).resolves.toBeUndefined();
  });
});

describe('damaged files', () => {
  it('never hang, crash or blame the pool', async () => {
    const seed = randomInt(1, 2 ** 31);
    console.log(`fuzz seed ${seed}`);
    const random = xorshift(seed);
    const bases = [
      samplePdf({ pages: 3 }),
      objectStreamPdf(),
      buildPdf([CATALOG, pages('/Count 1 /Kids [3 0 R]'), PAGE]),
      await pdfkitPdf({ tagged: true, lang: 'nb-NO' }),
    ];
    const service = pool({ workers: 2, timeoutMs: 5000 });
    const codes = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const files = Array.from({ length: 40 }, () =>
        mutate(bases[Math.floor(random() * bases.length)]!, random),
      );
      for (const result of await Promise.allSettled(files.map((bytes) => service.inspect({ bytes })))) {
        if (result.status === 'fulfilled') codes.add('ok');
        else if (isPdfError(result.reason)) codes.add(result.reason.code);
        else throw result.reason;
      }
    }
    expect([...codes]).toContain('unreadable');
    expect([...codes]).not.toContain('failed');
    expect(await service.inspect({ bytes: GOOD })).toMatchObject({ pages: 2 });
  });
});

function chain(levels: number) {
  const nodes = Array.from({ length: levels }, (_, index) => {
    return [index + 2, `<< /Type /Pages /Count 1 /Kids [${index + 3} 0 R] >>`] as const;
  });
  return [...nodes, [levels + 2, '<< /Type /Page /MediaBox [0 0 9 9] >>'] as const];
}

function bush(levels: number) {
  const nodes = Array.from({ length: levels }, (_, index) => {
    return [index + 2, `<< /Type /Pages /Kids [${`${index + 3} 0 R `.repeat(10)}] >>`] as const;
  });
  return [...nodes, [levels + 2, '<< /Type /Page /MediaBox [0 0 9 9] >>'] as const];
}

function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Changes, copies or blanks some bytes, half of them near the end where the table is; sometimes cuts the file. */
function mutate(base: Uint8Array, random: () => number): Uint8Array {
  const bytes = Uint8Array.from(base);
  const changes = 1 + Math.floor(random() * 12);
  for (let change = 0; change < changes; change++) {
    const near = random() < 0.5 ? bytes.length : Math.min(bytes.length, 800);
    const at = bytes.length - 1 - Math.floor(random() * near);
    const kind = random();
    if (kind < 0.4) bytes[at] = Math.floor(random() * 256);
    else if (kind < 0.7) bytes[at] = 48 + Math.floor(random() * 10);
    else if (kind < 0.9) bytes.copyWithin(at, Math.floor(random() * bytes.length), bytes.length - 20);
    else bytes.fill(32, at, at + 10);
  }
  return random() < 0.1 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}
