import { readFile } from 'node:fs/promises';
import { DAY_MS } from '@grunnmur/kernel/time';
import { type InboxLetter, SENDER_COLOURS } from '@grunnmur/post';
import { describe, expect, it } from 'vitest';
import { groupLetters, wants } from '../view/inbox-groups.ts';

const NOW = new Date('2026-11-30T12:00:00Z');
const day = (n: number) => new Date(NOW.getTime() + n * DAY_MS);

function letter(tittel: string, change: Partial<InboxLetter>): InboxLetter {
  return {
    id: tittel,
    tittel,
    avsender: { orgnr: '310000000', navn: 'Eksempel kommune' },
    tilDeg: true,
    mottattDato: NOW,
    status: 'VARSLET',
    kanal: 'altinn',
    lestDato: undefined,
    ulest: true,
    krevNiva4: false,
    antallDokumenter: 1,
    printFrist: undefined,
    svarOnskes: false,
    signeringsfrist: undefined,
    ...change,
  };
}

describe('the inbox', () => {
  it('puts what wants something first, the nearest deadline on top, and what was opened last', () => {
    const opened = { ulest: false, lestDato: NOW };
    const groups = groupLetters(
      [
        letter('svar', { svarOnskes: true }),
        letter('til orientering', {}),
        letter('åpne om tre dager', { printFrist: day(3) }),
        letter('signer i morgen', { ...opened, signeringsfrist: day(1) }),
        letter('åpnet, med utskriftsfrist', { ...opened, printFrist: day(1) }),
        letter('besvart', { ...opened, svarOnskes: true }),
        letter('fristen er ute', { printFrist: day(-1), signeringsfrist: day(-1) }),
      ],
      NOW,
    );
    const titles = (letters: readonly InboxLetter[]) => letters.map(({ tittel }) => tittel);
    expect(titles(groups.act)).toEqual(['signer i morgen', 'åpne om tre dager', 'svar']);
    expect(titles(groups.new)).toEqual(['til orientering', 'fristen er ute']);
    expect(titles(groups.earlier)).toEqual(['åpnet, med utskriftsfrist', 'besvart']);
  });

  it('says all that one letter wants', () => {
    const kinds = wants(
      letter('alt', { printFrist: day(2), signeringsfrist: day(9), svarOnskes: true }),
      NOW,
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['open_by', 'sign_by', 'answer']);
  });
});

describe('colours of senders', () => {
  it('each carry white letters at 4.5:1 or more (WCAG 1.4.3)', async () => {
    const css = await readFile(new URL('../styles/senders.css', import.meta.url), 'utf8');
    const colours = [...css.matchAll(/(?:\[data-farge="(\w+)"\])? \{[^}]*?background: #([0-9a-f]{6});/g)];
    expect(colours.map(([, name]) => name ?? 'standard').sort()).toEqual(
      ['standard', ...SENDER_COLOURS].sort(),
    );
    for (const [, name, hex] of colours)
      expect(1.05 / (luminance(hex!) + 0.05), name ?? 'standard').toBeGreaterThanOrEqual(4.5);
  });
});

/** Relative luminance (WCAG 2.1, its definition). */
function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4);
}
