import { describe, expect, it } from 'vitest';
import { isBlank, turnsDirection } from '../index.ts';

const all = (pattern: RegExp): string[] => {
  const found: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (pattern.test(character)) found.push(character);
  }
  return found;
};

describe('blank texts', () => {
  it('are those of nothing, and of every character that leaves no mark alone', () => {
    const blanks = all(/^[\p{White_Space}\p{Z}\p{C}\p{DI}\p{M}]$/u);
    expect(blanks.length).toBeGreaterThan(2000);
    for (const text of [undefined, '', ...blanks, '\u2800', '\u{13441}', '\u{1d159}', '\ufffc']) {
      expect(isBlank(text), JSON.stringify(text)).toBe(true);
    }
    expect(isBlank(blanks.slice(0, 5000).join(''))).toBe(true);
    // Named one by one, for the property above is of the same tables as the rule.
    for (const code of [
      0x20, 0xa0, 0xad, 0x34f, 0x115f, 0x1160, 0x200b, 0x200d, 0x2060, 0x3000, 0x3164, 0xfeff, 0xffa0, 0xfe0f,
      0xe0020, 0x301,
    ])
      expect(isBlank(String.fromCodePoint(code)), code.toString(16)).toBe(true);
  });

  it('are not those with anything to see, also among what is not seen', () => {
    for (const text of ['a', '1', '-', '.', '😀', '中', 'ي', 'ก', '\u200b\u00ada\u2060', 'e\u0301', ' Å '])
      expect(isBlank(text), text).toBe(false);
    const letters = all(/^[\p{L}\p{N}]$/u);
    const blank = letters.filter(isBlank);
    // Hangul fillers and blanks for hieroglyphs are letters by their category.
    expect(blank.length).toBeLessThan(10);
  });
});

describe('characters that turn the reading direction', () => {
  it('are found wherever they stand; marks, and scripts from right to left, are none', () => {
    for (const code of [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069])
      expect(turnsDirection(`Brev ${String.fromCodePoint(code)}om`)).toBe(true);
    for (const text of ['Vedtak', 'שלום', 'مرحبا', 'a\u200eb', 'a\u200fb', '\u061c'])
      expect(turnsDirection(text)).toBe(false);
  });
});
