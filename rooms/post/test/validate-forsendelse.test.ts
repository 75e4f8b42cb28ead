import { describe, expect, it } from 'vitest';
import { PostError } from '../errors.ts';
import { invalidContent, renameFields } from '../service/invalid-content.ts';
import {
  assertForsendelse,
  type ForsendelseRules,
  validateForsendelse,
} from '../service/validate-forsendelse.ts';
import type { NyForsendelse, NyttDokument } from '../types.ts';

/** Synthetic series; the same numbers are refused where synthetic ones are. */
const FNR = '01819010001';
const ORGNR = '310000108';
const NOW = new Date('2026-03-02T09:30:00.000Z');
const DAY_MS = 86_400_000;

const dokument: NyttDokument = {
  filnavn: 'brev.pdf',
  mimeType: 'application/pdf',
  skalSigneres: false,
  giroarkSider: [],
  ekskluderesFraUtskrift: false,
  ekstraMetadata: [],
  inneholderPersonsensitivInformasjon: false,
};
const adresse = { adresselinje1: 'Fjøsveien 1', postnummer: '0001', poststed: 'Oslo' };
const letter: NyForsendelse = {
  tittel: 'Vedtak',
  mottaker: { navn: 'Åse Ærlig', digitalId: FNR, adresse },
  eksponertFor: [],
  kunDigitalLevering: false,
  kryptert: false,
  krevNiva4Innlogging: false,
  utskrift: { farger: false, tosidig: false },
  dokumenter: [dokument],
  lenker: [],
  svarPaForsendelseLink: false,
  taushetsbelagtPost: false,
};
const toSign: Partial<NyForsendelse> = {
  dokumenter: [{ ...dokument, skalSigneres: true }],
  svarSendesTil: { navn: 'Kommunen', digitalId: ORGNR, adresse },
  signeringUtloper: new Date(NOW.getTime() + DAY_MS),
  signaturType: 'AUTENTISERT_SIGNATUR',
};

function broken(change: Partial<NyForsendelse>, rules?: ForsendelseRules): string[] {
  return validateForsendelse({ ...letter, ...change }, NOW, rules).map(
    ({ field, rule }) => `${field} ${rule}`,
  );
}

const named = (filnavn: string): Partial<NyForsendelse> => ({ dokumenter: [{ ...dokument, filnavn }] });
const document = (change: Partial<NyttDokument>): Partial<NyForsendelse> => ({
  dokumenter: [{ ...dokument, ...change }],
});

describe('validateForsendelse', () => {
  it.each<[string, Partial<NyForsendelse>]>([
    ['a plain letter', {}],
    ['metadata without documents', { dokumenter: [] }],
    ['a title of 1000 characters outside the basic plane', { tittel: '😀'.repeat(1000) }],
    ['a recipient without a digital id, to be printed', { mottaker: { navn: 'N', adresse } }],
    [
      'a foreign address without a postal code',
      { mottaker: { navn: 'N', adresse: { poststed: 'Malmö', land: 'Sverige' } } },
    ],
    [
      'a digital recipient without an address',
      { kunDigitalLevering: true, mottaker: { navn: '', digitalId: ORGNR } },
    ],
    [
      'another type that is never printed',
      { kunDigitalLevering: true, ...document({ mimeType: 'text/html; charset=utf-8' }) },
    ],
    ['another type left out of the print', document({ mimeType: 'video/mp4', ekskluderesFraUtskrift: true })],
    ['level 4, encrypted', { krevNiva4Innlogging: true, kryptert: true }],
    ['a document to sign', toSign],
    ['the latest form of a forsendelsestype', { forsendelsestype: 'Geointegrasjon.Matrikkelføringsrespons' }],
    ['five links', { lenker: Array(5).fill({ url: 'https://kommune.example/a?b=ø#c', tekst: 'x' }) }],
    ['a file name with dots and spaces', named(' vedlegg nr. 2 (æøå) … .pdf')],
  ])('accepts %s', (_what, change) => {
    expect(broken(change)).toEqual([]);
  });

  it.each<[string, Partial<NyForsendelse>]>([
    ['/tittel required', { tittel: ' ' }],
    ['/tittel maxLength', { tittel: 'x'.repeat(1001) }],
    ['/mottaker/navn printAddress', { mottaker: { navn: '', adresse } }],
    ['/mottaker/adresse/poststed printAddress', { mottaker: { navn: 'N', adresse: { postnummer: '0001' } } }],
    [
      '/mottaker/adresse/postnummer printPostalCode',
      { mottaker: { navn: 'N', adresse: { poststed: 'Oslo' } } },
    ],
    [
      '/mottaker/adresse/postnummer printPostalCode',
      { mottaker: { navn: 'N', adresse: { ...adresse, postnummer: '123', land: 'NORGE' } } },
    ],
    [
      '/mottaker/adresse/adresselinje2 maxLength',
      { mottaker: { navn: 'N', adresse: { ...adresse, adresselinje2: 'x'.repeat(256) } } },
    ],
    ['/mottaker/digitalId digitalId', { mottaker: { navn: 'N', digitalId: '01819010002', adresse } }],
    ['/mottaker/digitalId digitalId', { mottaker: { navn: 'N', digitalId: '310000109', adresse } }],
    ['/mottaker/digitalId digitalOnlyRecipient', { kunDigitalLevering: true, mottaker: { navn: 'N' } }],
    [
      '/svarSendesTil/adresse/poststed printAddress',
      { svarSendesTil: { navn: 'K', adresse: { postnummer: '0001' } } },
    ],
    ['/svarSendesTil/digitalId replyLinkOrganisation', { svarPaForsendelseLink: true }],
    [
      '/svarSendesTil/digitalId replyLinkOrganisation',
      { svarPaForsendelseLink: true, svarSendesTil: { navn: 'K', digitalId: FNR, adresse } },
    ],
    ['/eksponertFor/1 digitalId', { eksponertFor: [FNR, '1'] }],
    ['/eksponertFor maxItems', { eksponertFor: Array(101).fill(FNR) }],
    ['/avgivendeSystem maxLength', { avgivendeSystem: 'x'.repeat(101) }],
    ['/eksternReferanse maxLength', { eksternReferanse: 'x'.repeat(101) }],
    ['/korrelasjonsid maxLength', { korrelasjonsid: 'x'.repeat(101) }],
    ['/konteringskode pattern', { konteringskode: 'x'.repeat(21) }],
    ['/konteringskode pattern', { konteringskode: 'a/b' }],
    ['/forsendelsestype pattern', { forsendelsestype: 'ks.byggesøknad.' }],
    ['/svarPaForsendelse uuid', { svarPaForsendelse: 'x' }],
    ['/kryptert level4Encrypted', { krevNiva4Innlogging: true }],
    ['/lenker maxItems', { lenker: Array(6).fill({ url: 'https://k.example', tekst: 'x' }) }],
    ['/lenker/0/tekst required', { lenker: [{ url: 'https://k.example', tekst: '' }] }],
    ['/metadataForImport/tittel maxLength', { metadataForImport: { tittel: 'x'.repeat(1001) } }],
    [
      '/metadataFraAvleverendeSystem/ekstraMetadata/0/key required',
      { metadataFraAvleverendeSystem: { ekstraMetadata: [{ key: '', value: 'x' }] } },
    ],
  ])('finds %s', (expected, change) => {
    expect(broken(change)).toContain(expected);
  });

  it.each([
    'kommune.example',
    '/sti',
    '//kommune.example',
    'ftp://kommune.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://',
    'https:///sti',
    'https://kommune.example/med mellomrom',
    'https://kommune.example/<b>',
    'https://kommune.example/\n',
    'https://kommune.example:port/',
  ])('refuses the link %s', (url) => {
    expect(broken({ lenker: [{ url, tekst: 'x' }] })).toEqual(['/lenker/0/url url']);
  });

  it.each(['"', '<', '>', '?', '*', '|', ':', '\\', '/', '\u0000', '\n', '\u007f', '\u202e'])(
    'refuses %j in a file name',
    (character) => {
      expect(broken(named(`a${character}b.pdf`))).toEqual(['/dokumenter/0/filnavn fileName']);
    },
  );

  it('refuses file names that are empty, too long or only dots', () => {
    expect(broken(named(' '))).toEqual(['/dokumenter/0/filnavn required']);
    expect(broken(named('x'.repeat(227)))).toEqual(['/dokumenter/0/filnavn maxLength']);
    expect(broken(named('..'))).toEqual(['/dokumenter/0/filnavn fileName']);
  });

  it('compares file names without regard to case and to how letters are composed', () => {
    for (const filnavn of ['BLÅ.pdf', 'bla\u030a.PDF', 'blå.pdf.', 'blå.pdf . ', 'blå\u200b.pdf']) {
      const dokumenter = [
        { ...dokument, filnavn: 'blå.pdf' },
        { ...dokument, filnavn },
      ];
      expect(broken({ dokumenter })).toEqual(['/dokumenter/1/filnavn uniqueFileName']);
    }
  });

  it.each<[string, Partial<NyttDokument>]>([
    ['/dokumenter/0/mimeType printPdf', { mimeType: 'text/plain' }],
    ['/dokumenter/0/mimeType printPdf', { mimeType: 'application/pdf; a=b' }],
    ['/dokumenter/0/mimeType mimeType', { mimeType: 'pdf' }],
    ['/dokumenter/0/giroarkSider minimum', { giroarkSider: [1, 0] }],
    ['/dokumenter/0/ekstraMetadata maxItems', { ekstraMetadata: Array(101).fill({ key: 'k', value: 'v' }) }],
    [
      '/dokumenter/0/ekstraMetadata/0/value maxLength',
      { ekstraMetadata: [{ key: 'k', value: 'x'.repeat(4001) }] },
    ],
  ])('finds %s', (expected, change) => {
    expect(broken(document(change))).toEqual([expected]);
  });

  it.each<[string, Partial<NyForsendelse>]>([
    [
      '/dokumenter/1/skalSigneres oneToSign',
      {
        dokumenter: [
          { ...dokument, skalSigneres: true },
          { ...dokument, filnavn: 'b.pdf', skalSigneres: true },
        ],
      },
    ],
    [
      '/dokumenter/0/mimeType signPdf',
      {
        dokumenter: [
          { ...dokument, skalSigneres: true, mimeType: 'text/plain', ekskluderesFraUtskrift: true },
        ],
      },
    ],
    ['/mottaker/digitalId signRecipient', { mottaker: { navn: 'K', digitalId: ORGNR, adresse } }],
    ['/mottaker/digitalId signRecipient', { mottaker: { navn: 'K', adresse } }],
    ['/svarSendesTil/digitalId signReplyTo', { svarSendesTil: { navn: 'K', digitalId: FNR, adresse } }],
    ['/signeringUtloper signExpiry', { signeringUtloper: new Date(NOW.getTime() + DAY_MS / 2) }],
  ])('finds %s of a document to sign', (expected, change) => {
    expect(broken({ ...toSign, ...change })).toEqual([expected]);
  });

  it('asks for all that signing needs', () => {
    expect(broken(document({ skalSigneres: true }))).toEqual([
      '/svarSendesTil/digitalId signReplyTo',
      '/signaturType required',
      '/signeringUtloper required',
    ]);
  });

  it('follows the rules of the installation', () => {
    expect(broken({}, { synthetic: false })).toEqual(['/mottaker/digitalId digitalId']);
    const dokumenter = ['a', 'b', 'c'].map((filnavn) => ({ ...dokument, filnavn }));
    expect(broken({ dokumenter }, { maxDocuments: 2 })).toEqual(['/dokumenter maxItems']);
    expect(broken({ dokumenter }, { maxDocuments: 3 })).toEqual([]);
  });

  it('never repeats what was sent', () => {
    const secret = '01819010002';
    const fields = validateForsendelse(
      {
        ...letter,
        tittel: secret.repeat(100),
        mottaker: { navn: '', digitalId: secret },
        eksponertFor: [secret],
        eksternReferanse: secret.repeat(10),
        dokumenter: [{ ...dokument, filnavn: `${secret}/` }],
      },
      NOW,
    );
    expect(fields.length).toBeGreaterThan(5);
    expect(JSON.stringify(fields)).not.toContain(secret);
  });
});

describe('assertForsendelse', () => {
  it('throws one error with every violation, whose text clients recognise', () => {
    expect(() => assertForsendelse(letter, NOW)).not.toThrow();
    const dokumenter = [{ ...dokument, filnavn: 'a:b' }];
    expect(() => assertForsendelse({ ...letter, tittel: '', dokumenter }, NOW)).toThrow(
      /^Ugyldig innhold: tittel: mangler; dokumenter\[0\]\.filnavn: kan ikke ha/,
    );
  });
});

describe('renameFields', () => {
  it('renames the fields of invalid content and leaves every other error', () => {
    const renamed = renameFields(
      invalidContent([{ field: '/a/0/b', rule: 'required', message: 'mangler' }]),
      (pointer) => pointer.replace('/b', '/c'),
    );
    expect(renamed).toMatchObject({
      code: 'post.invalid',
      message: 'Ugyldig innhold: a[0].c: mangler',
      fields: [{ field: '/a/0/c', rule: 'required' }],
    });
    for (const other of [PostError.notFound(), new Error('x'), undefined]) {
      expect(renameFields(other, () => '/x')).toBe(other);
    }
  });
});
