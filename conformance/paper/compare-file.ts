import { readFile } from 'node:fs/promises';
import { isPdfError, type PdfPool } from '@grunnmur/post/pdf';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import type { createPicturer, Frame, OpenPictures, Picture } from '@grunnmur/post/test/page-pictures';
import { differingShare } from './compare-pictures.ts';
import type { PaperOptions } from './options.ts';
import { openPoppler } from './poppler.ts';

/** How one file fared. */
export type Outcome =
  | { readonly kind: 'alike'; readonly pages: number }
  /** Acceptance would refuse it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Accepted, and yet not printed. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The renderer itself cannot draw the original, so nothing is known. */
  | { readonly kind: 'undrawn'; readonly reason: string }
  | {
      readonly kind: 'differs';
      /** From 1. */
      readonly pages: readonly { readonly page: number; readonly share: number }[];
      /** What the sender is told about the paper. */
      readonly notices: readonly string[];
    };

export interface Comparer {
  readonly pool: PdfPool;
  readonly picturer: Awaited<ReturnType<typeof createPicturer>>;
  readonly options: Pick<PaperOptions, 'renderer' | 'pages' | 'tolerance'>;
}

const FRONT_PAGE = samplePdf({ text: 'forside' });

/** Prints one file as the product does, and compares its pages with the original's. */
export async function compareFile(comparer: Comparer, path: string): Promise<Outcome> {
  const bytes = await readFile(path);
  const source = { bytes };
  let notices: readonly string[];
  try {
    notices = (await comparer.pool.inspect(source)).notices.map(({ code }) => code);
  } catch (error) {
    return { kind: 'refused', reason: isPdfError(error) ? error.code : String(error) };
  }
  const blocks: Buffer[] = [];
  try {
    await comparer.pool.merge(
      { frontPage: FRONT_PAGE, documents: [source], doubleSided: false },
      (block) => void blocks.push(Buffer.from(block)),
    );
  } catch (error) {
    return { kind: 'failed', reason: isPdfError(error) ? error.code : String(error) };
  }
  return comparePages(comparer, bytes, Buffer.concat(blocks), notices);
}

/** Compares an original with a print file that has a front page before it. */
export async function comparePages(
  { picturer, options }: Pick<Comparer, 'picturer' | 'options'>,
  original: Uint8Array,
  print: Uint8Array,
  notices: readonly string[] = [],
): Promise<Outcome> {
  const before = await openDrawer(picturer, original, options.renderer);
  const after = await openDrawer(picturer, print, options.renderer);
  const differing: { page: number; share: number }[] = [];
  try {
    const count = before.document.pages;
    if (after.document.pages !== count + 1)
      return { kind: 'failed', reason: `${after.document.pages - 1} pages instead of ${count}` };
    const pages = Math.min(count, options.pages);
    for (let index = 0; index < pages; index++) {
      const frame = frameOnPaper(before.document.size(index), after.document.size(index + 1));
      const wanted = await attempt(() => before.draw(index, frame));
      if ('error' in wanted) return { kind: 'undrawn', reason: `page ${index + 1}: ${wanted.error}` };
      const got = await attempt(() => after.draw(index + 1, { width: frame.width, height: frame.height }));
      const share = 'error' in got ? 1 : differingShare(wanted.picture, got.picture);
      if (share > options.tolerance) differing.push({ page: index + 1, share });
    }
    if (differing.length > 0) return { kind: 'differs', pages: differing, notices };
    return { kind: 'alike', pages };
  } finally {
    await before.close();
    await after.close();
  }
}

async function openDrawer(
  picturer: Comparer['picturer'],
  bytes: Uint8Array,
  renderer: PaperOptions['renderer'],
): Promise<{
  document: OpenPictures;
  draw(index: number, frame: Frame): Picture | Promise<Picture>;
  close(): Promise<void>;
}> {
  const document = picturer.open(bytes);
  const poppler = renderer === 'poppler' ? await openPoppler(bytes) : undefined;
  return {
    document,
    draw: poppler?.draw ?? document.draw,
    async close() {
      document.close();
      await poppler?.close();
    },
  };
}

async function attempt(
  draw: () => Picture | Promise<Picture>,
): Promise<{ readonly picture: Picture } | { readonly error: string }> {
  try {
    return { picture: await draw() };
  } catch (error) {
    // After a trap PDFium's instance is of no more use; poppler is a process of its own.
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return { error: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

/** Programs round: less than a millimetre is no other size. */
const SAME_SIZE = 3;

/**
 * Where docs/print.md says that a page stands on its paper, at one pixel a point: as it is when it has the paper's
 * size, else in the middle, made smaller when it must be.
 */
function frameOnPaper(
  page: { readonly width: number; readonly height: number },
  paper: { readonly width: number; readonly height: number },
): Frame {
  const frame = { width: Math.round(paper.width), height: Math.round(paper.height) };
  if (Math.abs(page.width - paper.width) < SAME_SIZE && Math.abs(page.height - paper.height) < SAME_SIZE)
    return frame;
  const scale = Math.min(1, paper.width / page.width, paper.height / page.height);
  const [width, height] = [page.width * scale, page.height * scale];
  const left = Math.round((paper.width - width) / 2);
  const top = Math.round((paper.height - height) / 2);
  return {
    ...frame,
    page: {
      x: left,
      y: top,
      width: Math.max(1, Math.round(width)),
      height: Math.max(1, Math.round(height)),
    },
  };
}
