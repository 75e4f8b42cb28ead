import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPdfPool, type PdfPool } from '../pdf/pdf-pool.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';
import { annotationPdf, page } from './paper-cases.ts';
import { buildPdf, CATALOG, pages, streamBody } from './pdf-files.ts';

/** Text that somebody covered instead of removing it: whoever gets the file can copy it. */

let pool: PdfPool;
beforeAll(() => {
  pool = createPdfPool({ workers: 1, timeoutMs: 30_000, maxPages: 1000 });
});
afterAll(() => pool.close());

async function covered(bytes: Uint8Array, forPrint = true) {
  const { notices } = await pool.inspect({ bytes }, { forPrint });
  return notices.filter(({ code }) => code === 'covered_text');
}

const NAME = 'BT /F1 14 Tf 60 120 Td (Navn: Kari Nordmann) Tj ET';
const BOX = '50 110 170 30 re f';
const GREY = '/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8';
const withImage = (content: string, more = '') =>
  page({
    content,
    resources: '/XObject << /Im 7 0 R /Fm 9 0 R >> /ExtGState << /Half << /ca 0.5 >> >>',
    objects: [
      [7, streamBody(`${GREY} ${more}`, Buffer.from([128]))],
      [8, streamBody(GREY, Buffer.from([90]))],
      [
        9,
        streamBody(
          '/Type /XObject /Subtype /Form /BBox [0 0 200 60] /Matrix [1 0 0 1 40 100]',
          Buffer.from('0 g 0 0 200 60 re f'),
        ),
      ],
    ],
  });

describe('is told of with its page', () => {
  it.each([
    ['a black box', page({ content: `${NAME} 0 g ${BOX}` })],
    ['a white box', page({ content: `${NAME} 1 g ${BOX}` })],
    ['a box drawn by a form', withImage(`${NAME} /Fm Do`)],
    ['a picture', withImage(`${NAME} q 170 0 0 30 50 110 cm /Im Do Q`)],
    [
      'a text that is drawn by one of several boxes',
      page({ content: `1 0 0 rg 0 0 9 9 re f ${NAME} 0 g ${BOX}` }),
    ],
    [
      'a square with its appearance',
      annotationPdf('/Subtype /Square /IC [0 0 0] /F 4', { appearance: true }),
    ],
    ['a square without appearance', annotationPdf('/Subtype /Square /IC [0 0 0] /F 4')],
    ['a redaction that was marked and not carried out', annotationPdf('/Subtype /Redact /IC [0 0 0] /F 4')],
  ])('%s', async (_, bytes) => {
    expect(await covered(bytes)).toEqual([{ code: 'covered_text', page: 1, count: 1 }]);
    expect(await covered(bytes, false)).toHaveLength(1);
  });

  it('on each of its pages', async () => {
    const content = (n: number, text: string) => [n, streamBody('', Buffer.from(text))] as const;
    const sheet = (n: number, contents: number) =>
      [
        n,
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${contents} 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
      ] as const;
    const bytes = buildPdf([
      CATALOG,
      pages('/Count 3 /Kids [10 0 R 11 0 R 12 0 R]'),
      [5, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'],
      sheet(10, 20),
      sheet(11, 21),
      sheet(12, 22),
      content(20, NAME),
      content(21, `${NAME} ${BOX}`),
      content(22, `${NAME} ${BOX}`),
    ]);
    expect(await covered(bytes)).toEqual([{ code: 'covered_text', page: 2, count: 2 }]);
  });
});

describe('is not suspected of', () => {
  it.each([
    ['a background, drawn first', page({ content: `0.9 g ${BOX} 0 g ${NAME}` })],
    ['a marker that shines through', withImage(`${NAME} q /Half gs 1 1 0 rg ${BOX} Q`)],
    ['a picture with holes', withImage(`${NAME} q 170 0 0 30 50 110 cm /Im Do Q`, '/SMask 8 0 R')],
    ['a scan over the text that was read from it', withImage(`${NAME} q 595 0 0 842 0 0 cm /Im Do Q`)],
    ['a box over a reading that is not painted', page({ content: `3 Tr ${NAME} 0 Tr ${BOX}` })],
    ['a line under the text', page({ content: `${NAME} 50 116 170 1 re f` })],
    ['a frame around it', page({ content: `${NAME} 50 110 170 30 re S` })],
    ['a box beside it', page({ content: `${NAME} 300 110 170 30 re f` })],
    ['a box that is clipped away', page({ content: `${NAME} q 300 300 10 10 re W n ${BOX} Q` })],
    ['a box over nothing', page({ content: BOX })],
    ['a square without interior', annotationPdf('/Subtype /Square /C [0 0 0] /F 4')],
    ['a hidden square', annotationPdf('/Subtype /Square /IC [0 0 0] /F 2')],
    [
      'a highlight',
      annotationPdf('/Subtype /Highlight /QuadPoints [60 136 220 136 60 114 220 114] /C [1 1 0] /F 4'),
    ],
    ['an ordinary letter', samplePdf({ pages: 3 })],
  ])('%s', async (_, bytes) => {
    expect(await covered(bytes)).toEqual([]);
  });

  it('the example letter', async () => {
    expect(
      await covered(await readFile(new URL('../../../docs/examples/brev.pdf', import.meta.url))),
    ).toEqual([]);
  });
});
