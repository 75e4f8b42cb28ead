import { describe, expect, it } from 'vitest';
import { archiveNames, fileNameKey } from '../service/file-names.ts';

describe('names in a ZIP', () => {
  it.each([
    ['vedtak.pdf', 'vedtak.pdf'],
    ['Søknad (æøå) 北京.pdf', 'Søknad (æøå) 北京.pdf'],
    ['CON.pdf', '_CON.pdf'],
    ['nul', '_nul'],
    ['Aux.brev.pdf', '_Aux.brev.pdf'],
    ['COM1.pdf', '_COM1.pdf'],
    ['lpt¹.pdf', '_lpt¹.pdf'],
    ['CON .pdf', '_CON .pdf'],
    ['CONTRACT.pdf', 'CONTRACT.pdf'],
    ['com10.pdf', 'com10.pdf'],
    ['brev.pdf.', 'brev.pdf_'],
    ['brev.pdf . ', 'brev.pdf___'],
    ['.gitignore', '.gitignore'],
  ])('%s becomes %s', (given, expected) => {
    expect(archiveNames([given])).toEqual([expected]);
  });

  it('can lie in one folder on every system, however like each other they are', () => {
    const given = [
      'CON.pdf',
      '_con.pdf',
      'brev.pdf',
      'BREV.pdf',
      'brev.pdf',
      'brev.pdf.',
      'a\u030a.pdf',
      'å.pdf',
      'x',
      'x (2)',
      'X',
    ];
    const names = archiveNames(given);
    expect(new Set(names.map(fileNameKey)).size).toBe(given.length);
    expect(names.slice(0, 5)).toEqual([
      '_CON.pdf',
      '_con (2).pdf',
      'brev.pdf',
      'BREV (2).pdf',
      'brev (3).pdf',
    ]);
  });

  it('keep their ending when they are too long for a file system', () => {
    for (const character of ['x', 'å', '北', '😀']) {
      const [name] = archiveNames([`${character.repeat(222)}.pdf`]);
      expect(Buffer.byteLength(name!)).toBeLessThanOrEqual(240);
      expect(name!.endsWith(`${character}.pdf`)).toBe(true);
    }
  });
});
