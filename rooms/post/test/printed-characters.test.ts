import { newId } from '@grunnmur/kernel/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFrontPage, type FrontPageInput } from '../pdf/front-page.ts';
import { printedLine, unprintable } from '../pdf/front-page-fonts.ts';
import { printWarnings } from '../service/check-printed.ts';
import { validateForsendelse } from '../service/validate-forsendelse.ts';
import type { NyForsendelse } from '../types.ts';
import { createPdfReader } from './pdf-files.ts';
import { acceptInput, dokument } from './post-harness.ts';

/** A word of each script, and whether the front page carries it. */
const SAMPLES: readonly (readonly [string, string, boolean])[] = [
  ['Norwegian', 'Ærlig Østgård-Ås', true],
  ['Sámi', 'Čáhppis Ŋuorra Đŧšž ǥǧǩ', true],
  ['decomposed', 'A\u030arhus e\u0301', true],
  ['Polish', 'Łódź Żółć', true],
  ['Vietnamese', 'Nguyễn Thị Ước', true],
  ['Turkish', 'İstanbul ığş', true],
  ['Greek', 'Ελλάδα Ώρα', true],
  ['Cyrillic', 'Київ Ђорђе Ўзбек', true],
  ['Armenian', 'Հայաստան', true],
  ['Georgian', 'საქართველო', true],
  ['Chinese', '北京市', false],
  ['Japanese', 'とうきょう', false],
  ['Korean', '서울', false],
  ['Thai', 'กรุงเทพ', false],
  ['Devanagari', 'दिल्ली', false],
  ['Tamil', 'சென்னை', false],
  ['Arabic', 'مرحبا', false],
  ['Persian', 'تهران', false],
  ['Hebrew', 'שלום', false],
  ['Ethiopic', 'አስመራ', false],
  ['family emoji', '👨‍👩‍👧‍👦', false],
];

const letter = (change: Partial<NyForsendelse>): NyForsendelse =>
  acceptInput({ id: newId(), tenant: newId() }, { change }).forsendelse;
const faults = (change: Partial<NyForsendelse>) =>
  validateForsendelse(letter(change), new Date('2026-03-02T09:00:00Z')).map(
    ({ field, rule }) => `${field} ${rule}`,
  );

describe('what the front page can carry', () => {
  it.each(SAMPLES)('%s: %s is drawn whole or refused (%s)', (_script, text, carried) => {
    expect(unprintable(text).length === 0).toBe(carried);
    if (carried) expect(printedLine(text)).toBe(text.normalize('NFC'));
  });

  it('refuses names and addresses by field, with the reason, when the letter may be printed', () => {
    for (const [, text, carried] of SAMPLES) {
      const adresse = { adresselinje1: text, adresselinje2: text, postnummer: '0001', poststed: text };
      const found = faults({ mottaker: { navn: text, adresse }, svarSendesTil: { navn: text, adresse } });
      const fields = ['navn', 'adresse/adresselinje1', 'adresse/adresselinje2', 'adresse/poststed'];
      const expected = ['mottaker', 'svarSendesTil'].flatMap((party) =>
        fields.map((field) => `/${party}/${field} printCharacters`),
      );
      expect(found, text).toEqual(carried ? [] : expected);
      expect(
        faults({ mottaker: { navn: text, digitalId: '01819010001', adresse }, kunDigitalLevering: true }),
      ).toEqual([]);
    }
  });

  it('says which characters, and what to do', () => {
    const [fault] = validateForsendelse(letter({ tittel: 'Vedtak 北京' }), new Date());
    expect(fault).toEqual({
      field: '/tittel',
      rule: 'printCharacters',
      message:
        'har tegn som ikke kan skrives ut på forsiden (U+5317, U+4EAC). Bruk latinske bokstaver, eller send med kunDigitalLevering',
    });
  });

  it('refuses words of a title, and leaves signs and file names out with a warning', () => {
    expect(faults({ tittel: 'Vedtak กรุงเทพ' })).toEqual(['/tittel printCharacters']);
    const change = {
      tittel: 'Velkommen 🎉',
      eksternReferanse: '2026-北',
      dokumenter: [
        dokument({ filnavn: '👨‍👩‍👧‍👦'.repeat(30).concat('.pdf') }),
        dokument({ filnavn: 'vanlig.pdf' }),
        dokument({ filnavn: '北.pdf', ekskluderesFraUtskrift: true }),
      ],
    };
    expect(faults(change)).toEqual([]);
    expect(printWarnings(letter(change))).toEqual([
      { kode: 'tegn_ikke_skrevet', felt: '/tittel', params: { tegn: 'U+1F389' } },
      { kode: 'tegn_ikke_skrevet', felt: '/eksternReferanse', params: { tegn: 'U+5317' } },
      {
        kode: 'tegn_ikke_skrevet',
        felt: '/dokumenter/0/filnavn',
        params: { tegn: 'U+1F468, U+1F469, U+1F467, U+1F466' },
      },
    ]);
    expect(printWarnings(letter({ ...change, kunDigitalLevering: true }))).toEqual([]);
  });
});

describe('the front page', () => {
  let reader: Awaited<ReturnType<typeof createPdfReader>>;
  beforeAll(async () => {
    reader = await createPdfReader();
  });
  const page = (change: Partial<FrontPageInput>): FrontPageInput => ({
    language: 'nb',
    sender: { name: 'Eksempel kommune', addressLines: ['Gata 1', '0001 Oslo'] },
    recipient: { name: 'Ola Nordmann', addressLines: ['Gata 2', '0002 Oslo'] },
    title: 'Vedtak',
    date: new Date('2026-03-02T09:00:00Z'),
    documents: [{ name: 'vedtak.pdf', pages: 1 }],
    ...change,
  });

  it('never draws a box: what its fonts lack is left out', async () => {
    const odd = SAMPLES.map(([, text]) => text).join(' ');
    const bytes = await createFrontPage(
      page({
        title: odd,
        reference: odd,
        recipient: { name: odd, addressLines: [odd] },
        sender: { name: odd, addressLines: [odd], text: odd },
        documents: [
          { name: '北京.pdf', pages: 1 },
          { name: 'Æ 北.pdf', pages: 2 },
        ],
      }),
    );
    const { text } = reader.readPages(bytes)[0]!;
    expect(text).toContain('1. Dokument (1 side) 2. Æ .pdf (2 sider)');
    expect(unprintable(text)).toEqual([]);
  });

  it('keeps every character that the fonts have on the sheet, in names of any length', async () => {
    const carried: string[] = [];
    for (let code = 0x21; code < 0x20000; code++) {
      const character = String.fromCodePoint(code);
      if (!/\p{C}/u.test(character) && unprintable(character).length === 0) carried.push(character);
    }
    expect(carried.length).toBeGreaterThan(3000);
    const names: string[] = [];
    for (let at = 0; at < carried.length; at += 100) names.push(carried.slice(at, at + 100).join(''));
    names.push(
      '😀'.repeat(200),
      '👨‍👩‍👧‍👦'.repeat(30),
      'W'.repeat(226),
      'a\u0301'.repeat(100),
      '\u0301'.repeat(200),
      '\u2e3b'.repeat(100),
    );
    for (let at = 0; at < names.length; at += 12) {
      const documents = names.slice(at, at + 12).map((name) => ({ name: `${name}.pdf`, pages: 1 }));
      const [name = ''] = names.slice(at);
      const bytes = await createFrontPage(
        page({ documents, title: name, recipient: { name, addressLines: [name] } }),
      );
      const [boxes] = reader.textBoxes(bytes);
      for (const box of boxes!) {
        expect(box.right, box.character).toBeLessThanOrEqual(595);
        expect(box.left, box.character).toBeGreaterThanOrEqual(0);
        expect(box.bottom, box.character).toBeLessThanOrEqual(842);
      }
    }
  }, 60_000);
});
