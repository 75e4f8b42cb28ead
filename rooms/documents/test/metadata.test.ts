import { describe, expect, it } from 'vitest';
import { byteRange } from '../routes/byte-range.ts';
import { contentDisposition } from '../routes/content-disposition.ts';
import { readMetadata } from '../service/read-metadata.ts';
import { tilgjengeligTil } from '../service/tilgjengelighet.ts';
import { metadata } from './harness.ts';

const NOW = new Date('2026-03-02T09:00:00Z');
const numbers = {
  fnrFault: (value: string) => (value === 'f' ? undefined : 'er ikke et gyldig fødselsnummer'),
  isValidOrgnr: (value: string) => value === 'o',
};

const read = (change: Record<string, unknown>) => readMetadata(metadata(change), NOW, numbers);
const fieldsOf = (change: Record<string, unknown>): string[] => {
  try {
    read(change);
    return [];
  } catch (error) {
    return (error as { fields: { field: string; rule: string }[] }).fields.map(
      ({ field, rule }) => `${field} ${rule}`,
    );
  }
};

describe('metadata of an upload', () => {
  it('is read as the clients send it', () => {
    // The Java client writes what is not set as null.
    const minimal = { korrelasjonsid: null, ikkeLagreDokumentLastetNed: null, eksponertFor: null };
    expect(read({ ...minimal, tilgjengeligTil: null })).toEqual({
      navn: 'søknad.pdf',
      mimetype: 'application/pdf',
      sikkerhetsniva: 3,
      eksponertFor: [],
      korrelasjonsid: undefined,
      ikkeLagreLastetNed: false,
      tilgjengelighet: { kind: 'ttl', seconds: 3600 },
    });
    expect(tilgjengeligTil(read({ ukjent: 1, ttl: -5 }).tilgjengelighet, NOW)).toBeNull();
    // Counted from when it is accepted, not from when its upload began.
    const later = new Date('2026-03-02T09:30:00Z');
    expect(tilgjengeligTil(read({ ttl: 60 }).tilgjengelighet, later)).toEqual(
      new Date('2026-03-02T09:31:00Z'),
    );
    const til = (value: string) =>
      tilgjengeligTil(read({ ttl: undefined, tilgjengeligTil: value }).tilgjengelighet, NOW);
    expect(til('2026-03-02T10:30:00.123456789+0100')).toEqual(new Date('2026-03-02T09:30:00.123Z'));
    expect(til('2027-01-01T00:00Z')).toEqual(new Date('2027-01-01T00:00:00Z'));
  });

  it.each([
    ['', 'required'],
    [undefined, 'required'],
    [7, 'required'],
    ['a/b', 'fileName'],
    ['a\\b', 'fileName'],
    ['..', 'fileName'],
    ['a\u0000', 'fileName'],
    ['a\nb', 'fileName'],
    ['fdp.\u202eexe', 'fileName'],
    ['a\ud800', 'characters'],
    ['a'.repeat(256), 'maxLength'],
  ])('refuses the name %j', (dokumentnavn, rule) => {
    expect(fieldsOf({ dokumentnavn })).toEqual([`dokumentnavn ${rule}`]);
  });

  it('counts a name in characters, as the database does', () => {
    expect(read({ dokumentnavn: '😀'.repeat(255) }).navn).toHaveLength(510);
  });

  it.each(['text/plain; charset=utf-8', 'application/vnd.etsi.asic-e+zip', 'a/b;c="d e"'])(
    'takes the type %s',
    (mimetype) => {
      expect(read({ mimetype }).mimetype).toBe(mimetype);
    },
  );

  it.each(['pdf', 'a/b\r\nx: y', 'a/b; charset', 'a/å', 'a/b/c', `a/${'b'.repeat(300)}`, 5])(
    'refuses the type %j',
    (mimetype) => {
      expect(fieldsOf({ mimetype })).toEqual(['mimetype format']);
    },
  );

  it('tells who writes mimeType how it is spelt here', () => {
    const wrong = () => readMetadata(metadata({ mimetype: undefined, mimeType: 'a/b' }), NOW, numbers);
    expect(wrong).toThrow(/feltet heter mimetype/);
  });

  it.each([
    [{ ttl: undefined }, 'ttl required'],
    [{ tilgjengeligTil: '2027-01-01T00:00:00Z' }, 'ttl exclusive'],
    [{ ttl: 0 }, 'ttl minimum'],
    [{ ttl: 1.5 }, 'ttl type'],
    [{ ttl: NOW.getTime() }, 'ttl maximum'],
    [{ ttl: undefined, tilgjengeligTil: '2026-03-02T09:00:00Z' }, 'tilgjengeligTil future'],
    [{ ttl: undefined, tilgjengeligTil: '2027-02-30T09:00:00Z' }, 'tilgjengeligTil format'],
    [{ ttl: undefined, tilgjengeligTil: '2027-01-01T25:00:00Z' }, 'tilgjengeligTil format'],
    [{ sikkerhetsniva: '3' }, 'sikkerhetsniva enum'],
    [{ sikkerhetsniva: undefined }, 'sikkerhetsniva required'],
    [{ eksponertFor: {} }, 'eksponertFor type'],
    [{ eksponertFor: new Array(501).fill({ type: 'PERSON', fnr: 'f' }) }, 'eksponertFor maxItems'],
  ])('refuses %j', (change, violation) => {
    expect(fieldsOf(change)).toEqual([violation]);
  });

  it.each([
    [{ type: 'PERSON' }, 'fnr required'],
    [{ type: 'PERSON', fnr: 'x' }, 'fnr fnr'],
    [{ type: 'PERSON', fnr: 5 }, 'fnr type'],
    [{ type: 'ORGANISASJON', orgnr: 'x' }, 'orgnr orgnr'],
    [{ type: 'ORGANISASJON', orgnr: 'o', ressursType: 'ALT' }, 'ressursType enum'],
    [{ type: 'INTEGRASJON', id: 'x' }, 'id uuid'],
    [
      { type: 'AUTORISASJON', privilegium: '', ressurs: '0190c0de-0000-7000-8000-00000000000a' },
      'privilegium pattern',
    ],
    [{ type: 'AUTORISASJON', privilegium: 'LES', ressurs: 'x' }, 'ressurs uuid'],
    [{ type: 'MATRIKKELENHET' }, 'matrikkelenhet required'],
    [{ type: 'person', fnr: 'f' }, 'type enum'],
    [{ fnr: 'f' }, 'type enum'],
  ])('refuses the exposure %j', (entry, violation) => {
    expect(fieldsOf({ eksponertFor: [{ type: 'PERSON', fnr: 'f' }, entry] })).toEqual([
      `eksponertFor[1].${violation}`,
    ]);
  });

  it('keeps of an exposure only what was checked', () => {
    const matrikkelenhet = {
      kommunenummer: '0301',
      gardsnummer: '1',
      bruksnummer: '2',
      festenummer: '',
      x: 1,
    };
    const entries = [
      { type: 'PERSON', fnr: 'f', navn: 'Kari' },
      { type: 'ORGANISASJON', orgnr: 'o', ressursType: null },
      { type: 'MATRIKKELENHET', matrikkelenhet },
    ];
    expect(read({ eksponertFor: entries }).eksponertFor).toEqual([
      { type: 'PERSON', fnr: 'f' },
      { type: 'ORGANISASJON', orgnr: 'o' },
      {
        type: 'MATRIKKELENHET',
        matrikkelenhet: { kommunenummer: '0301', gardsnummer: '1', bruksnummer: '2' },
      },
    ]);
    const wrong = { type: 'MATRIKKELENHET', matrikkelenhet: { kommunenummer: 301, gardsnummer: 'x' } };
    expect(fieldsOf({ eksponertFor: [wrong] })).toEqual([
      'eksponertFor[0].matrikkelenhet.kommunenummer type',
      'eksponertFor[0].matrikkelenhet.gardsnummer pattern',
      'eksponertFor[0].matrikkelenhet.bruksnummer required',
    ]);
  });
});

describe('headers of a download', () => {
  it('name no byte outside the document', () => {
    expect(byteRange('bytes=0-9', 5)).toEqual({ start: 0, end: 4 });
    expect(byteRange('BYTES=-3', 5)).toEqual({ start: 2, end: 4 });
    expect(byteRange('bytes=5-', 5)).toBe('unsatisfiable');
    expect(byteRange('bytes=9999999999999999999-', 5)).toBeUndefined();
    expect(byteRange(undefined, 5)).toBeUndefined();
  });

  it('carry any name', () => {
    expect(contentDisposition('a b.pdf')).toBe('attachment; filename="a b.pdf"');
    expect(contentDisposition("50% (é)'*.pdf")).toBe(
      `attachment; filename="50_ (_)'*.pdf"; filename*=UTF-8''50%25%20%28%C3%A9%29%27%2A.pdf`,
    );
  });
});
