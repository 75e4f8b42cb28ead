import { parseJsonMessage } from '@grunnmur/kernel/http';
import { describe, expect, it } from 'vitest';
import { parseDateTime, parseEpochMs } from '../routes/shared/date-times.ts';
import { legacyStatus } from '../routes/shared/legacy-status.ts';
import { rawReference } from '../routes/shared/raw-reference.ts';
import { fieldNameInV1 } from '../routes/v1/translate.ts';
import { fieldNameInV2 } from '../routes/v2/translate.ts';
import { invalidContent } from '../service/invalid-content.ts';
import { STATUSES } from '../types.ts';

const json = (text: string) => parseJsonMessage(Buffer.from(text), invalidContent);

describe('parseDateTime', () => {
  it.each([
    ['2026-03-02T10:30:00.000+01:00', '2026-03-02T09:30:00.000Z'],
    ['2026-03-02T09:30:00Z', '2026-03-02T09:30:00.000Z'],
    ['2026-03-02T09:30Z', '2026-03-02T09:30:00.000Z'],
    ['2026-03-02T10:30:00.123456789+0100', '2026-03-02T09:30:00.123Z'],
    ['2024-02-29t00:00:00z', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseDateTime(text)?.toISOString()).toBe(expected);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-03-02T25:00:00Z',
    '2026-03-02T10:61:00Z',
    '2026-03-02T10:30:00',
    '2026-03-02',
    '0001-01-01T00:00:00Z',
    '+012026-03-02T10:30:00Z',
    '1772443800000',
    'i morgen',
  ])('refuses %s', (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it('refuses milliseconds outside what a date can be', () => {
    expect(parseEpochMs(1_772_443_800_000)?.toISOString()).toBe('2026-03-02T09:30:00.000Z');
    for (const value of [8.64e15, -8.64e15, 1e300, Number.NaN]) expect(parseEpochMs(value)).toBeUndefined();
  });
});

describe('parseJson', () => {
  it('drops explicit nulls and keeps the rest as it is', () => {
    expect(json('{"a":null,"b":{"c":null,"d":[null,1,""]},"e":false}')).toEqual({
      b: { d: [null, 1, ''] },
      e: false,
    });
  });

  it('reads past a byte order mark', () => {
    expect(json('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it('gives no message power over prototypes', () => {
    const value = json('{"__proto__":{"admin":true},"a":{"__proto__":{"admin":true}}}') as { a: object };
    expect([value, value.a]).toEqual([{ a: {} }, {}]);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
    expect((value.a as { admin?: boolean }).admin).toBeUndefined();
  });

  it('stops at a depth, without an end of the stack', () => {
    expect(() => json('[['.repeat(100_000))).toThrow('Ugyldig innhold');
    expect(() => json(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toThrow('nivåer');
    expect(() => json('['.repeat(16) + ']'.repeat(16))).not.toThrow();
    expect(() => json('['.repeat(17) + ']'.repeat(17))).toThrow('nivåer');
  });
});

describe('rawReference', () => {
  it.each([
    ['2026/14', '2026/14'],
    ['a%2520b', 'a%20b'],
    ['100%', '100%'],
    ['%E6ldre', 'ældre'],
    ['%C3%A6ldre', 'ældre'],
    [Buffer.from('sø/1').toString('latin1'), 'sø/1'],
    ['a+b?c=d', 'a+b?c=d'],
  ])('decodes %s once', (path, expected) => {
    expect(rawReference(`/tjenester/eksternref/${path}`, '/eksternref/')).toBe(expected);
  });
});

describe('legacyStatus', () => {
  it('keeps the thirteen statuses of v1 and replaces the others', () => {
    const answers = STATUSES.map((status) =>
      legacyStatus({ id: '', status, sisteStatusEndring: new Date(0) }),
    );
    expect(answers.slice(0, 13)).toEqual(STATUSES.slice(0, 13));
    expect(new Set(answers)).toEqual(new Set(STATUSES.slice(0, 13)));
  });

  it('answers the last status before a deletion when it is known', () => {
    const deleted = { id: '', status: 'SLETTET', sisteStatusEndring: new Date(0) } as const;
    expect(legacyStatus({ ...deleted, statusForSletting: 'PRINTET' })).toBe('PRINTET');
    expect(legacyStatus({ ...deleted, statusForSletting: 'LEVERT_NHN_MOTTAKER' })).toBe('SENDT_DIGITALT');
  });
});

describe('field names', () => {
  it.each([
    ['/mottaker/navn', '/mottaker/postAdresse/navn', '/mottaker/navn'],
    [
      '/svarSendesTil/adresse/postnummer',
      '/svarSendesTil/postAdresse/postNummer',
      '/svarSendesTil/postnummer',
    ],
    ['/mottaker/digitalId', '/mottaker/digitalAdresse', '/mottaker/digitalId'],
    ['/lenker/0/url', '/lenker/0/urlLenke', '/lenker/0/url'],
    ['/forsendelsestype', '/forsendelsesType', '/forsendelsestype'],
    ['/metadataForImport/saksaar', '/metadataForImport/saksAar', '/metadataForImport/saksaar'],
    ['/dokumenter/3/filnavn', '/dokumenter/3/filnavn', '/dokumenter/3/filnavn'],
  ])('writes %s as %s in v1 and %s in v2', (domain, v1, v2) => {
    expect([fieldNameInV1(domain), fieldNameInV2(domain)]).toEqual([v1, v2]);
  });
});
