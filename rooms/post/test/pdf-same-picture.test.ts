import { beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, createBlockOutput } from '../pdf/block-output.ts';
import { mergeDocuments } from '../pdf/merge-documents.ts';
import { openPdfium, type Pdfium } from '../pdf/pdfium.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';
import { createPicturer, differingPixels, inkedPixels, type Picture } from './page-pictures.ts';
import { annotationCases, fieldCases, LAYERS, layerCases, page } from './paper-cases.ts';
import { buildPdf, compilePdfium, streamBody } from './pdf-files.ts';

/** Each accepted page is on paper what a reader shows: pictures of both are compared. */

const FRONT = samplePdf({ text: 'forside' });
/** Rounding of coordinates moves the edge of a letter now and then. */
const ALIKE = 20;
let pdfium: Pdfium;
let picturer: Awaited<ReturnType<typeof createPicturer>>;
beforeAll(async () => {
  pdfium = await openPdfium(await compilePdfium(), 512 * 1024 * 1024);
  picturer = await createPicturer();
});

async function printFile(...documents: Uint8Array[]): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  const output = createBlockOutput(
    () => new Uint8Array(BLOCK_BYTES),
    (block) => blocks.push(block),
  );
  await mergeDocuments(
    pdfium,
    { frontPage: FRONT, documents: documents.map((bytes) => ({ bytes })), doubleSided: false },
    output,
    { maxPages: 2000, onProgress: () => undefined },
  );
  return Buffer.concat(blocks);
}

async function onPaper(bytes: Uint8Array): Promise<Picture> {
  return picturer.pictures(await printFile(bytes))[1]!;
}

const asRead = (bytes: Uint8Array) => picturer.pictures(bytes)[0]!;

/** Drawn although PDFium's reader draws nothing: other readers do. */
const BEYOND =
  /^(FreeText without appearance, with form|Stamp without appearance|(checkbox|radio) field, no appearance)/;
/** The icon of a file that paper cannot carry, and a signature that nobody has given. */
const NOTHING = /^(FileAttachment without|.* field, empty appearance$|signature field, (no|empty))/;

describe('annotations', () => {
  const bare = page({ content: 'BT /F1 14 Tf 60 120 Td (Under: Kari Nordmann) Tj ET' });

  it.each(annotationCases())('$name', async ({ name, bytes }) => {
    const paper = await onPaper(bytes);
    if (!BEYOND.test(name)) expect(differingPixels(asRead(bytes), paper)).toBeLessThan(ALIKE);
    const drawn = differingPixels(asRead(bare), paper, 16);
    if (NOTHING.test(name)) expect(drawn).toBe(0);
    else expect(drawn).toBeGreaterThan(100);
  });
});

describe('fields', () => {
  it.each(fieldCases())('$name', async ({ name, bytes }) => {
    const paper = await onPaper(bytes);
    if (!BEYOND.test(name)) expect(differingPixels(asRead(bytes), paper)).toBeLessThan(ALIKE);
    if (NOTHING.test(name)) expect(inkedPixels(paper)).toBe(0);
    else expect(inkedPixels(paper)).toBeGreaterThan(200);
  });
});

describe('layers', () => {
  const visible = page({ content: 'BT /F1 14 Tf 60 40 Td (Synlig) Tj ET' });

  it.each(layerCases())('$name', async ({ bytes, printed }) => {
    const drawn = differingPixels(asRead(visible), await onPaper(bytes));
    if (printed) expect(drawn).toBeGreaterThan(300);
    else expect(drawn).toBe(0);
  });

  it('of several documents do not mix, whatever their names', async () => {
    const cases = layerCases().filter(({ name }) => name.endsWith('content'));
    const file = await printFile(...cases.map(({ bytes }) => bytes));
    const drawn = picturer
      .pictures(file)
      .slice(1)
      .map((paper) => differingPixels(asRead(visible), paper) > 300);
    expect(drawn).toEqual(LAYERS.map(({ printed }) => printed));
  });
});

it.each([
  ['as it is', '/MediaBox [0 0 595 842]', ALIKE],
  // Moved between pixels: edges of letters.
  ['moved', '/MediaBox [0 0 595 842] /CropBox [0 0 595 800]', 500],
])('a page that inherits its resources keeps them under an annotation, %s', async (_, box, least) => {
  const bytes = buildPdf([
    [1, '<< /Type /Catalog /Pages 2 0 R >>'],
    [
      2,
      '<< /Type /Pages /Count 1 /Kids [3 0 R] /Resources << /Font << /F1 5 0 R >> /Pattern << /P 7 0 R >> >> >>',
    ],
    [3, `<< /Type /Page /Parent 2 0 R ${box} /Contents 4 0 R /Annots [6 0 R] >>`],
    [
      4,
      streamBody(
        '',
        Buffer.from('BT /F1 40 Tf 60 600 Td (Vedtak om plass) Tj ET /Pattern cs /P scn 100 100 300 300 re f'),
      ),
    ],
    [5, '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>'],
    [6, '<< /Type /Annot /Subtype /Square /IC [0 0 0] /F 4 /Rect [60 500 90 530] >>'],
    [
      7,
      '<< /Type /Pattern /PatternType 2 /Shading << /ShadingType 2 /ColorSpace /DeviceGray /Coords [100 0 400 0] ' +
        '/Function << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1 >> >> >>',
    ],
  ]);
  const paper = await onPaper(bytes);
  const frame = { width: paper.width, height: paper.height };
  const open = picturer.open(bytes);
  const { width, height } = open.size(0);
  const y = Math.round((842 - height) / 2);
  const read = open.draw(0, {
    ...frame,
    page: { x: 0, y, width: Math.round(width), height: Math.round(height) },
  });
  open.close();
  expect(inkedPixels(read)).toBeGreaterThan(5000);
  expect(differingPixels(read, paper, 100)).toBeLessThan(least);
});

it('a page stays where it is when an annotation reaches beyond it', async () => {
  const bytes = page({
    content: '0 0 0 rg 100 700 100 50 re f',
    annots: [
      '<< /Type /Annot /Subtype /Highlight /F 4 /Rect [500 700 900 900] /C [1 1 0] /QuadPoints [500 730 900 730 500 700 900 700] >>',
    ],
  });
  const paper = await onPaper(bytes);
  expect(differingPixels(asRead(bytes), paper)).toBeLessThan(ALIKE);
  expect(inkBox(paper)).toEqual([100, 92, 100, 50].map((value) => expect.closeTo(value, -0.4)));
});

describe('pages of other sizes', () => {
  const CORNERS = '0 0 0 rg 0 0 20 20 re f';
  const sized = (width: number, height: number, entries = '') =>
    page({
      content: `${CORNERS} ${width - 20} ${height - 20} 20 20 re f`,
      page: `/MediaBox [0 0 ${width} ${height}] ${entries}`,
    });

  it.each([
    ['A4 as it is', 595, 842, [0, 0, 595, 842]],
    ['A4 lying, as it is', 842, 595, [0, 0, 842, 595]],
    ['US Letter, smaller', 612, 792, [0, 35, 595, 771]],
    ['A3, half of it', 842, 1191, [0, 0, 595, 842]],
    ['A3 lying', 1191, 842, [0, 0, 842, 595]],
    ['A5 in the middle', 420, 595, [88, 123, 420, 595]],
  ])('%s', async (_, width, height, [x, y, w, h]) => {
    const paper = await onPaper(sized(width, height));
    expect([paper.width, paper.height]).toEqual(width > height ? [842, 595] : [595, 842]);
    expect(inkBox(paper)).toEqual([x, y, w, h].map((value) => expect.closeTo(value!, -0.6)));
  });

  it('are turned as they say', async () => {
    const paper = await onPaper(sized(842, 1191, '/Rotate 90'));
    expect([paper.width, paper.height]).toEqual([842, 595]);
    expect(inkBox(paper)).toEqual([0, 0, 842, 595].map((value) => expect.closeTo(value, -0.4)));
  });

  it('lose what is outside of the crop box', async () => {
    const bytes = page({
      content: `${CORNERS} 200 200 100 50 re f`,
      page: '/MediaBox [0 0 800 1000] /CropBox [100 100 695 942]',
    });
    const paper = await onPaper(bytes);
    expect(inkBox(paper)).toEqual([100, 692, 100, 50].map((value) => expect.closeTo(value, -0.4)));
    expect((await printFile(bytes)).toString('latin1')).not.toContain('1000');
  });

  it('take their annotations along', async () => {
    const bytes = page({
      content: '',
      page: '/MediaBox [0 0 1190 1684]',
      annots: ['<< /Type /Annot /Subtype /Square /IC [0 0 0] /F 4 /Rect [200 200 400 300] >>'],
    });
    expect(inkBox(await onPaper(bytes))).toEqual(
      [100, 692, 100, 50].map((value) => expect.closeTo(value, -0.6)),
    );
  });
});

/** Smallest box around all ink: x, y from the top left, width, height. */
function inkBox({ width, height, grey }: Picture): number[] {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let at = 0; at < grey.length; at++) {
    if (grey[at]! > 128) continue;
    const x = at % width;
    const y = Math.floor(at / width);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [left, top, right - left + 1, bottom - top + 1];
}
