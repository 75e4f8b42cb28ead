import { beforeAll, describe, expect, it } from 'vitest';
import { fitText, wrapText } from '../pdf/fit-text.ts';
import { createFrontPage, type FrontPageInput } from '../pdf/front-page.ts';
import { createPdfPool } from '../pdf/pdf-pool.ts';
import { createPdfReader } from './pdf-files.ts';

const INPUT: FrontPageInput = {
  language: 'nb',
  sender: {
    name: 'Guovdageainnu suohkan – Kautokeino kommune',
    addressLines: ['Bredbuktnesveien 6', '9520 Kautokeino'],
    orgnr: '945475056',
    text: 'Brevet er skrevet ut.\nRing oss om du lurer på noe.',
  },
  recipient: {
    name: 'Máhtte Øyvind Čáhppis Ŋuorra Đŧšž',
    addressLines: ['Ávževarri 12 B', '9520 Kautokeino'],
  },
  title: 'Vedtak om støtte',
  // Already the second of November in Norway.
  date: new Date('2026-11-01T23:30:00Z'),
  reference: '2026/1234-5',
  documents: [
    { name: 'Vedtak.pdf', pages: 3 },
    { name: 'Klage.pdf', pages: 1 },
  ],
};
const LONG = 'Wolfeschlegelsteinhausenbergerdorff';
const mm = (points: number) => (points / 72) * 25.4;

let reader: Awaited<ReturnType<typeof createPdfReader>>;
beforeAll(async () => {
  reader = await createPdfReader();
});

async function textOf(input: FrontPageInput): Promise<string> {
  const pages = reader.readPages(await createFrontPage(input));
  expect(pages).toHaveLength(1);
  expect([Math.round(pages[0]!.width), Math.round(pages[0]!.height)]).toEqual([595, 842]);
  return pages[0]!.text;
}

/** Characters of which some part lies in the rectangle, in millimetres from the top left corner. */
async function within(
  input: FrontPageInput,
  [left, top, right, bottom]: readonly [number, number, number, number],
) {
  const [boxes] = reader.textBoxes(await createFrontPage(input));
  return boxes!.filter(
    (box) => mm(box.right) > left && mm(box.left) < right && mm(box.bottom) > top && mm(box.top) < bottom,
  );
}

describe('front page', () => {
  it('shows sender, recipient, title, date, reference and contents', async () => {
    expect(await textOf(INPUT)).toBe(
      'Guovdageainnu suohkan – Kautokeino kommune Bredbuktnesveien 6 9520 Kautokeino Org.nr. 945 475 056 ' +
        'Máhtte Øyvind Čáhppis Ŋuorra Đŧšž Ávževarri 12 B 9520 Kautokeino Dato: 2. november 2026 Referanse: 2026/1234-5 ' +
        'Vedtak om støtte Brevet er skrevet ut. Ring oss om du lurer på noe. Innhold 1. Vedtak.pdf (3 sider) 2. Klage.pdf (1 side) ' +
        'Brevet består av 2 dokumenter, til sammen 4 sider.',
    );
  });

  it.each([
    ['nn', 'Dato: 2. november 2026', 'Innhald', 'Brevet er på 2 dokument, til saman 4 sider.'],
    ['en', 'Date: 2 November 2026', 'Contents', 'The letter has 2 documents, 4 pages in all.'],
  ] as const)('speaks %s', async (language, ...expected) => {
    const text = await textOf({ ...INPUT, language });
    for (const part of expected) expect(text).toContain(part);
  });

  it('is tagged, in its language, with embedded fonts and the given date', async () => {
    const raw = Buffer.from(await createFrontPage({ ...INPUT, language: 'nn' })).toString('latin1');
    expect(raw.startsWith('%PDF-1.7')).toBe(true);
    expect(raw).toMatch(/\/Marked true/);
    expect(raw).toMatch(/\/Lang \(nn-NO\)/);
    expect(raw.match(/\/FontFile2/g)).toHaveLength(2);
    expect(raw).not.toContain('/Helvetica');
    expect(raw).toContain('/S /H1');
    expect(raw).toContain('D:20261101233000Z');
    expect(Buffer.from(await createFrontPage({ ...INPUT, language: 'nn' })).toString('latin1')).toBe(raw);
  });

  it('writes the country in upper case, only abroad', async () => {
    const abroad = { ...INPUT, recipient: { ...INPUT.recipient, country: 'Østerrike' } };
    expect(await textOf(abroad)).toContain('9520 Kautokeino ØSTERRIKE Dato');
  });

  it.each([
    ['ordinary', INPUT],
    ['too long', longInput()],
  ])(
    'has the address and nothing else in the windows of DL, C6/5 and C5 envelopes: %s',
    async (_name, input) => {
      const shown = await within(input, [20, 45, 107, 73]);
      const near = await within(input, [13, 37, 122, 83]);
      expect(near.map((box) => box.character).join('')).toBe(shown.map((box) => box.character).join(''));
      for (const box of shown) {
        expect(mm(box.left)).toBeGreaterThanOrEqual(20);
        expect(mm(box.right)).toBeLessThanOrEqual(105.5);
        expect(mm(box.top)).toBeGreaterThanOrEqual(46);
        expect(mm(box.bottom)).toBeLessThanOrEqual(73);
      }
      const letters = shown.map((box) => box.character).join('');
      expect(
        letters.endsWith(input.recipient.country ? 'SW1A1AALondonUNITEDKINGDOM' : '9520Kautokeino'),
      ).toBe(true);
    },
  );

  it('keeps everything on the sheet, however long', async () => {
    const input = longInput();
    const [boxes] = reader.textBoxes(await createFrontPage(input));
    for (const box of boxes!) {
      expect(mm(box.left)).toBeGreaterThanOrEqual(19.5);
      expect(mm(box.right)).toBeLessThanOrEqual(191);
      expect(mm(box.bottom)).toBeLessThanOrEqual(287);
    }
    const text = await textOf(input);
    expect(text).toMatch(/and \d+ more documents/);
    expect(text).toContain('The letter has 60 documents, 1830 pages in all.');
  });

  it('takes line breaks, controls and nothing at all', async () => {
    const odd = {
      ...INPUT,
      recipient: { name: 'Kari\r\nNordmann\u0000\u202e', addressLines: ['', '  ', '0001  Oslo'] },
      documents: [],
      title: '',
    };
    expect(await textOf(odd)).toContain('Kari Nordmann 0001 Oslo');
  });

  it('is made in a worker just the same', async () => {
    const pool = createPdfPool({ workers: 1, timeoutMs: 30_000, maxPages: 10 });
    try {
      expect(Buffer.from(await pool.frontPage(INPUT)).equals(await createFrontPage(INPUT))).toBe(true);
    } finally {
      await pool.close();
    }
  });
});

describe('fitText', () => {
  // Every character is as wide as half the font size.
  const measure = (text: string, size: number) => [...text].length * size * 0.5;
  const box = { width: 50, height: 40, maxSize: 10, minSize: 5, leading: 1 };

  it('uses the largest size that fits', () => {
    expect(fitText(['abcdefghij', 'x'], box, measure)).toEqual({
      size: 10,
      lineHeight: 10,
      lines: ['abcdefghij', 'x'],
    });
    expect(fitText(['a b', 'c', 'd', 'e', 'f'], box, measure)).toMatchObject({ size: 8 });
  });

  it('wraps at words and inside words that are too long', () => {
    expect(wrapText('abc def ghijklm opqrstuvwxyzæøå', 50, 10, measure)).toEqual([
      'abc def',
      'ghijklm',
      'opqrstuvwx',
      'yzæøå',
    ]);
  });

  it('shortens the longest paragraph and keeps the last one', () => {
    const fitted = fitText(['w'.repeat(300), 'street', '9520 place'], box, measure);
    expect(fitted.lines).toHaveLength(8);
    expect(fitted.lines.at(-1)).toBe('9520 place');
    expect(fitted.lines[5]).toBe(`${'w'.repeat(19)}…`);
  });
});

function longInput(): FrontPageInput {
  return {
    language: 'en',
    sender: {
      name: `${LONG} ${LONG} ${LONG} interkommunalt samarbeid om renovasjon IKS`,
      addressLines: Array.from({ length: 6 }, () => `Avdeling for ${LONG} og eiendomsforvaltning`),
      orgnr: '945475056',
      text: `${LONG} lorem ipsum dolor. `.repeat(300),
    },
    recipient: {
      name: `${LONG} ${LONG}${LONG} von ${LONG} `.repeat(3),
      addressLines: [`c/o ${LONG.repeat(5)}`, LONG.repeat(3), LONG, 'Building Q', 'SW1A 1AA London'],
      country: 'United Kingdom',
    },
    title: `${LONG} has decided something `.repeat(30),
    date: INPUT.date,
    reference: LONG.repeat(4),
    documents: Array.from({ length: 60 }, (_, index) => ({
      name: `${LONG.repeat(index % 7)} ${index}.pdf`,
      pages: index + 1,
    })),
  };
}
