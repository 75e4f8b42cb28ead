import { describe, expect, it } from 'vitest';
import { decodeHeaderText, parseParameters } from '../header-parameters.ts';

describe('text in headers', () => {
  it.each([
    ['UTF-8', Buffer.from('brev – «æøå» €.pdf', 'utf8'), 'brev – «æøå» €.pdf'],
    ['Windows-1252', Buffer.from('brev \x96 \xab\xe6\xf8\xe5\xbb \x80.pdf', 'latin1'), 'brev – «æøå» €.pdf'],
    ['ISO-8859-1', Buffer.from('bl\xe5b\xe6r.pdf', 'latin1'), 'blåbær.pdf'],
    ['ASCII', Buffer.from('brev.pdf'), 'brev.pdf'],
  ])('is read as %s', (_charset, bytes, expected) => {
    expect(decodeHeaderText(bytes.toString('latin1'))).toBe(expected);
  });

  it('is read in the character set that it names', () => {
    const name = (header: string) => parseParameters(header).parameters.get('filename*');
    expect(name("form-data; filename*=UTF-8''brev%20%E2%80%93.pdf")).toBe('brev –.pdf');
    expect(name("form-data; filename*=windows-1252''brev%20%96.pdf")).toBe('brev –.pdf');
    expect(name("form-data; filename*=ISO-8859-1''bl%E5.pdf")).toBe('blå.pdf');
  });
});
