import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { unknownFieldWarnings } from '../index.ts';
import { warningHeader } from '../warnings.ts';

const Part = Type.Object({ filnavn: Type.String(), mimeType: Type.Optional(Type.String()) });
const Message = Type.Object({
  tittel: Type.String(),
  kunDigitalLevering: Type.Optional(Type.Boolean()),
  mottaker: Type.Optional(Type.Object({ navn: Type.String(), land: Type.Optional(Type.String()) })),
  dokumenter: Type.Optional(Type.Array(Part)),
});

const warnings = (message: unknown) => unknownFieldWarnings(Message, message);

describe('warnings of unknown fields', () => {
  it('are none for a message with known fields, whatever their values are', () => {
    expect(
      warnings({ tittel: 1, kunDigitalLevering: 'x', mottaker: [], dokumenter: [{ filnavn: '' }] }),
    ).toEqual([]);
    for (const odd of [null, 3, 'x', [], [{ a: 1 }]]) expect(warnings(odd)).toEqual([]);
  });

  it.each([
    ['kunDigitalLevring', 'kunDigitalLevering'],
    ['kunDigitalLeveringen', 'kunDigitalLevering'],
    ['kundigitallevering', 'kunDigitalLevering'],
    ['kun_digital_levering', 'kunDigitalLevering'],
    ['KunDigitalLevering', 'kunDigitalLevering'],
    ['titel', 'tittel'],
    ['dokument', 'dokumenter'],
    ['kunDigital', undefined],
    ['adresse', undefined],
  ])('names %s, and what was likely meant: %s', (name, ment) => {
    expect(warnings({ tittel: 'x', [name]: true })).toEqual([
      ment
        ? { kode: 'feilskrevet_felt', felt: `/${name}`, params: { ment, antall: 1 } }
        : { kode: 'ukjent_felt', felt: `/${name}`, params: { antall: 1 } },
    ]);
  });

  it('are given once for a name, however many parts have it', () => {
    const dokumenter = Array.from({ length: 300 }, () => ({ filnavn: 'a', mimetype: 'b', ukjent: { x: 1 } }));
    expect(warnings({ dokumenter })).toEqual([
      { kode: 'feilskrevet_felt', felt: '/dokumenter/*/mimetype', params: { ment: 'mimeType', antall: 300 } },
      { kode: 'ukjent_felt', felt: '/dokumenter/*/ukjent', params: { antall: 300 } },
    ]);
  });

  it.each([null, '', ' ', false, 0, [], {}])('are not given for a value that says nothing: %j', (value) => {
    expect(warnings({ kunDigitalLevring: value, mottaker: { landd: value } })).toEqual([]);
  });

  it('count what is beyond the first ten', () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, nr) => [`felt${nr}`, 1]));
    const found = warnings(many);
    expect(found).toHaveLength(11);
    expect(found.at(-1)).toEqual({ kode: 'flere_ukjente_felt', params: { antall: 15 } });
  });

  it('tell no number that is used as a name, and no endless or unseen name', () => {
    const [number, long, odd, own] = warnings({
      '01819010001': 1,
      ['x'.repeat(500)]: 1,
      'a/b~\u202e': 1,
      constructor: 1,
    });
    expect(number!.felt).toBe('/…');
    expect(long!.felt!.length).toBeLessThan(70);
    expect(odd!.felt).toBe('/a~1b~0�');
    expect(own!.felt).toBe('/constructor');
  });
});

describe('the header of warnings', () => {
  it('is a list of tokens with parameters (RFC 9651), and absent without warnings', () => {
    expect(warningHeader([])).toBeUndefined();
    expect(
      warningHeader([
        { kode: 'ukjent_felt', felt: '/a"b\\', params: { antall: 2 } },
        { kode: 'annet', params: { navn: 'Å %"' } },
        { kode: 'bare' },
      ]),
    ).toBe('ukjent_felt;felt="/a\\"b\\\\";antall=2, annet;navn=%"%c3%85 %25%22", bare');
  });

  it('is ASCII of bounded length whatever is put in, and says how many had no room', () => {
    const odd = { kode: 'x', felt: `/\r\nSet-Cookie: a=b\ud800${'😀'.repeat(500)}` };
    const header = warningHeader(Array.from({ length: 100 }, () => odd))!;
    expect(header).toMatch(/^[\x20-\x7e]*$/);
    expect(header.length).toBeLessThan(3100);
    const shown = header.split(', x;').length;
    expect(header.endsWith(`, flere_advarsler;antall=${100 - shown}`)).toBe(true);
  });
});
