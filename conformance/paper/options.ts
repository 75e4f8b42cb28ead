import { parseArgs } from 'node:util';

/** Who draws the pages. */
const RENDERERS = ['pdfium', 'poppler'] as const;
type Renderer = (typeof RENDERERS)[number];

/** What a comparison is asked to do. */
export interface PaperOptions {
  readonly corpus: string;
  readonly renderer: Renderer;
  /** Pages compared of each file. */
  readonly pages: number;
  /** Largest share of a page's pixels that may differ. */
  readonly tolerance: number;
  /** A file that names the files that are known to differ. */
  readonly known: string | undefined;
  readonly json: boolean;
}

export const PAPER_USAGE = `npm run conformance:paper -- --corpus <folder> [options]

Prints every PDF in a folder and its subfolders, and compares each page of the print file with the page as a reader
shows it.

  --renderer <pdfium|poppler>  who draws both: PDFium, as the product does, or poppler's pdftoppm (default pdfium)
  --pages <number>             compare so many pages of each file (default 10)
  --tolerance <share>          so much of a page may differ and it still counts as alike (default 0.0002)
  --known <file>               files that may differ, one a line, relative to the folder; # begins a comment
  --json                       one JSON object on standard output instead of lines

The exit code is 1 when a file differs, or cannot be printed though it was accepted, and is not a known one.
`;

/** Reads the command line; throws with a sentence for the user when it makes no sense. */
export function readPaperOptions(args: readonly string[]): PaperOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      corpus: { type: 'string' },
      renderer: { type: 'string', default: 'pdfium' },
      pages: { type: 'string', default: '10' },
      tolerance: { type: 'string', default: '0.0002' },
      known: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { corpus, known, json } = values;
  if (!corpus) throw new Error('--corpus <folder> is missing.');
  const renderer = RENDERERS.find((name) => name === values.renderer);
  if (!renderer) throw new Error(`--renderer must be one of ${RENDERERS.join(', ')}.`);
  const pages = Number(values.pages);
  if (!Number.isInteger(pages) || pages < 1) throw new Error('--pages must be a whole number above 0.');
  const tolerance = Number(values.tolerance);
  if (!(tolerance >= 0 && tolerance < 1)) throw new Error('--tolerance must be a share from 0 up to 1.');
  return { corpus, renderer, pages, tolerance, known, json };
}
