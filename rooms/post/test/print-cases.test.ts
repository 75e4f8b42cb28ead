import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPdfPool, type PdfPool } from '../pdf/pdf-pool.ts';
import { PRINT_LIMITS } from '../pdf/print-limits.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';
import { createPicturer, differingPixels, inkedPixels } from './page-pictures.ts';
import { page } from './paper-cases.ts';
import { createPdfReader, streamBody } from './pdf-files.ts';

/** Files that other programs made, and what is right for each of them: on paper, refused by name, or a warning. */

let pool: PdfPool;
let picturer: Awaited<ReturnType<typeof createPicturer>>;
let reader: Awaited<ReturnType<typeof createPdfReader>>;
beforeAll(async () => {
  pool = createPdfPool({ workers: 1, timeoutMs: 30_000, maxPages: 20_000 });
  picturer = await createPicturer();
  reader = await createPdfReader();
});
afterAll(() => pool.close());

const load = (name: string) => readFile(new URL(`./cases/${name}.pdf`, import.meta.url));

async function printFile(bytes: Uint8Array): Promise<Buffer> {
  const blocks: Buffer[] = [];
  await pool.merge(
    { frontPage: samplePdf({ text: 'forside' }), documents: [{ bytes }], doubleSided: false },
    (block) => void blocks.push(Buffer.from(block)),
  );
  return Buffer.concat(blocks);
}

describe('refused in the call, by name', () => {
  it.each([
    ['eierpassord-alt-tillatt', 'restricted', {}],
    ['eierpassord-utskrift-tillatt', 'restricted', {}],
    ['format-kjempe', 'page_size', { page: 1, width: 5080, height: 5080 }],
    ['format-mikro', 'page_size', { page: 1, width: 1, height: 1 }],
    ['null-sider', 'no_pages', {}],
    ['portefolje', 'portfolio', {}],
  ])('%s: %s', async (name, code, params) => {
    await expect(pool.inspect({ bytes: await load(name) })).rejects.toMatchObject({ code, params });
  });

  it.each([
    ['eierpassord-alt-tillatt', ['restricted']],
    ['portefolje', ['portfolio']],
    ['format-kjempe', []],
  ])('but taken with a notice when only digital: %s', async (name, codes) => {
    const { notices } = await pool.inspect({ bytes: await load(name) }, { forPrint: false });
    expect(notices.map(({ code }) => code)).toEqual(codes);
  });
});

describe('what a print file cannot carry', () => {
  /** ISO 32000-1, 12.7.8, and XFA 3.3: a template that makes the pages itself. */
  const xfa = page({
    content: 'BT /F1 14 Tf 60 40 Td (Please wait) Tj ET',
    acroForm: '/Fields [] /XFA 7 0 R',
    catalog: '/NeedsRendering true',
    objects: [[7, streamBody('', Buffer.from('<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"></xdp:xdp>'))]],
  });
  const layers = (second: string) =>
    page({
      content: '/OC /L BDC BT /F1 14 Tf 60 40 Td (Lag) Tj ET EMC',
      resources: '/Properties << /L 8 0 R /M 9 0 R >>',
      catalog: '/OCProperties << /OCGs [8 0 R 9 0 R] /D << /OFF [9 0 R] >> >>',
      objects: [
        [8, '<< /Type /OCG /Name (Kart) >>'],
        [9, `<< /Type /OCG /Name (${second}) >>`],
      ],
    });

  it.each([
    ['a dynamic XFA form', xfa, 'dynamic_form', ['dynamic_form']],
    ['alike layers of which one is off', layers('Kart'), 'layers', []],
  ])('%s is refused, and taken when only digital', async (_, bytes, code, notices) => {
    await expect(pool.inspect({ bytes })).rejects.toMatchObject({ code });
    const digital = await pool.inspect({ bytes }, { forPrint: false });
    expect(digital.notices.map((notice) => notice.code)).toEqual(notices);
  });

  it('layers of different names are taken', async () => {
    await expect(pool.inspect({ bytes: layers('Veger') })).resolves.toMatchObject({ notices: [] });
  });
});

describe('sizes of pages', () => {
  const sized = (width: number, height: number) =>
    page({ content: '', page: `/MediaBox [0 0 ${width} ${height}]` });

  it.each([
    ['a small page', 200, 100],
    ['a label', 40, 15],
    ['a receipt', 162, 4000],
    ['A2', 1191, 1684],
    ['A0 and more', 2400, 8000],
  ])('%s is taken, and warned of when it becomes smaller', async (_, width, height) => {
    const { notices } = await pool.inspect({ bytes: sized(width, height) });
    const smaller = Math.max(width, height) > 842 ? [{ code: 'scaled', page: 1, count: 1 }] : [];
    expect(notices).toEqual(smaller);
  });

  it.each([
    ['a point', 10, 10],
    ['a square of five metres', 14_400, 14_400],
    ['a line', 20, 1400],
  ])('%s is refused', async (_, width, height) => {
    await expect(pool.inspect({ bytes: sized(width, height) })).rejects.toMatchObject({ code: 'page_size' });
  });

  it('are as the supplier takes them', async () => {
    const narrow = createPdfPool({
      workers: 1,
      timeoutMs: 30_000,
      maxPages: 10,
      printLimits: { ...PRINT_LIMITS, mostSideMm: 300 },
    });
    await expect(narrow.inspect({ bytes: sized(595, 842) })).resolves.toMatchObject({ pages: 1 });
    await expect(narrow.inspect({ bytes: sized(842, 1191) })).rejects.toMatchObject({ code: 'page_size' });
    await narrow.close();
  });
});

describe('on paper as on screen', () => {
  it.each([
    ['lag-skjult', []],
    ['skjema-needappearances', []],
    ['skjema-og-fritekst-uten-ap', []],
    ['skjema-og-sladd-uten-ap', [{ code: 'covered_text', page: 1, count: 1 }]],
    ['skjema-tom-ap', []],
    ['skjema-uten-ap', []],
    ['uten-eof', []],
  ])('%s', async (name, notices) => {
    const bytes = await load(name);
    expect((await pool.inspect({ bytes })).notices).toEqual(notices);
    const screen = picturer.pictures(bytes)[0]!;
    const paper = picturer.pictures(await printFile(bytes))[1]!;
    expect(inkedPixels(screen)).toBeGreaterThan(300);
    expect(differingPixels(screen, paper)).toBeLessThan(20);
  });

  it('US Letter becomes A4, and the sender is told', async () => {
    const bytes = await load('format-letter');
    expect((await pool.inspect({ bytes })).notices).toEqual([{ code: 'scaled', page: 1, count: 1 }]);
    const [, page] = reader.readPages(await printFile(bytes));
    expect([Math.round(page!.width), Math.round(page!.height)]).toEqual([595, 842]);
  });
});
