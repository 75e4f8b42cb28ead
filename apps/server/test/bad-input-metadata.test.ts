import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './harness.ts';
import { expectHealthy, expectRefusal, leavesNothing, quiet } from './refusals.ts';
import { partsOf, type SendFace, sendFaces, sendParts } from './send-faces.ts';

type Metadata = Record<string, unknown>;
type ByFace<T> = { readonly v1: T; readonly v2: T };

interface Case {
  readonly name: string;
  /** Merged over good metadata; `undefined` takes a field away. */
  readonly change: Metadata | ByFace<Metadata>;
  /** The field and the rule as the answer names them. */
  readonly says: readonly string[] | ByFace<readonly string[]>;
}

const FILE = { name: 'brev.pdf', bytes: samplePdf() };
const DOKUMENT = { filnavn: FILE.name, mimeType: 'application/pdf' };
const POST = { navn: 'Ola Nordmann', adresse1: 'Gata 1', postNummer: '0001', postSted: 'OSLO' };
const ADDRESS = { navn: 'Ola Nordmann', adresselinje1: 'Gata 1', postnummer: '0001', poststed: 'OSLO' };
const NUL = 'før\u0000etter';
const HALF = 'før\ud83detter';

const person = (id: string): ByFace<Metadata> => ({
  v1: { mottaker: { postAdresse: POST, digitalAdresse: { fodselsNummer: id } } },
  v2: { mottaker: { ...ADDRESS, digitalId: id } },
});
const document = (change: Metadata): Metadata => ({ dokumenter: [{ ...DOKUMENT, ...change }] });
const both = <T>(value: T): ByFace<T> => ({ v1: value, v2: value });

const CASES: readonly Case[] = [
  { name: 'no title', change: { tittel: undefined }, says: ['tittel', 'mangler'] },
  { name: 'a blank title', change: { tittel: '  ' }, says: ['tittel', 'mangler'] },
  { name: 'a title that is a number', change: { tittel: 42 }, says: ['tittel', 'en tekst'] },
  { name: 'a title of 1001 letters', change: { tittel: 'å'.repeat(1001) }, says: ['tittel', '1000 tegn'] },
  { name: 'a NUL in the title', change: { tittel: NUL }, says: ['tittel', 'tegn som ikke er tillatt'] },
  {
    name: 'half a character in the title',
    change: { tittel: HALF },
    says: ['tittel', 'tegn som ikke er tillatt'],
  },
  { name: 'no recipient', change: { mottaker: undefined }, says: ['mottaker', 'mangler'] },
  {
    name: 'an identity number with a wrong check digit',
    change: person('01819010193'),
    says: { v1: ['mottaker.digitalAdresse', 'fødselsnummer'], v2: ['mottaker.digitalId', 'fødselsnummer'] },
  },
  {
    name: 'an identity number of ten digits',
    change: person('0181901019'),
    says: {
      v1: ['mottaker.digitalAdresse.fodselsNummer', '11 siffer'],
      v2: ['mottaker.digitalId', 'ikke et gyldig'],
    },
  },
  {
    name: 'an organisation number with a wrong check digit',
    change: {
      v1: { mottaker: { postAdresse: POST, digitalAdresse: { organisasjonsNummer: '310000018' } } },
      v2: { mottaker: { ...ADDRESS, digitalId: '310000018' } },
    },
    says: {
      v1: ['mottaker.digitalAdresse', 'organisasjonsnummer'],
      v2: ['mottaker.digitalId', 'organisasjonsnummer'],
    },
  },
  {
    name: 'a NUL in the name',
    change: {
      v1: { mottaker: { postAdresse: { ...POST, navn: NUL } } },
      v2: { mottaker: { ...ADDRESS, navn: NUL } },
    },
    says: { v1: ['mottaker.postAdresse.navn', 'ikke er tillatt'], v2: ['mottaker.navn', 'ikke er tillatt'] },
  },
  {
    name: 'paper without a place',
    change: { v1: { mottaker: { postAdresse: { navn: 'Ola' } } }, v2: { mottaker: { navn: 'Ola' } } },
    says: { v1: ['mottaker.postAdresse.postSted', 'må oppgis'], v2: ['mottaker.poststed', 'må oppgis'] },
  },
  {
    name: 'a Norwegian postal code of three digits',
    change: {
      v1: { mottaker: { postAdresse: { ...POST, postNummer: '123' } } },
      v2: { mottaker: { ...ADDRESS, postnummer: '123' } },
    },
    says: {
      v1: ['mottaker.postAdresse.postNummer', 'fire siffer'],
      v2: ['mottaker.postnummer', 'fire siffer'],
    },
  },
  {
    name: 'digital only without a digital recipient',
    change: {
      v1: { kunDigitalLevering: true, mottaker: { postAdresse: POST } },
      v2: { kunDigitalLevering: true, mottaker: ADDRESS },
    },
    says: { v1: ['mottaker.digitalAdresse', 'må oppgis'], v2: ['mottaker.digitalId', 'må oppgis'] },
  },
  {
    name: 'a reader who is nobody',
    change: {
      v1: { eksponertFor: [{ fodselsNummer: '12345678901' }] },
      v2: { eksponertFor: ['12345678901'] },
    },
    says: ['eksponertFor[0]', 'ikke et gyldig'],
  },
  {
    name: 'an unknown signature type',
    change: { signaturType: 'BLYANT' },
    says: ['signaturType', 'må være en av AUTENTISERT_SIGNATUR, AVANSERT_SIGNATUR'],
  },
  {
    name: 'a date that does not exist',
    change: { v1: { signeringUtloper: 9e15 }, v2: { signeringUtloper: '2026-02-30T10:00:00Z' } },
    says: { v1: ['signeringUtloper', 'millisekunder'], v2: ['signeringUtloper', 'ISO 8601'] },
  },
  {
    name: 'a date in words',
    change: {
      v1: { metadataFraAvleverendeSystem: { journalDato: 'i går' } },
      v2: { metadataFraAvleverendeSystem: { journaldato: 'i går' } },
    },
    says: {
      v1: ['metadataFraAvleverendeSystem.journalDato', 'heltall'],
      v2: ['metadataFraAvleverendeSystem.journaldato', 'ISO 8601'],
    },
  },
  {
    name: 'a NUL in archive metadata',
    change: { metadataFraAvleverendeSystem: { ekstraMetadata: [{ key: 'a', value: NUL }] } },
    says: ['metadataFraAvleverendeSystem.ekstraMetadata[0].value', 'ikke er tillatt'],
  },
  {
    name: 'a negative year',
    change: {
      v1: { metadataForImport: { saksAar: -1 } },
      v2: { metadataForImport: { saksaar: -1 } },
    },
    says: { v1: ['metadataForImport.saksAar', 'minst 0'], v2: ['metadataForImport.saksaar', 'minst 0'] },
  },
  {
    name: 'a reference of 101 letters',
    change: { eksternReferanse: 'r'.repeat(101) },
    says: ['eksternReferanse', '100'],
  },
  {
    name: 'a billing code with a space',
    change: { v1: { konteringsKode: 'a b' }, v2: { konteringskode: 'a b' } },
    says: { v1: ['konteringsKode', 'kan bare ha'], v2: ['konteringskode', 'kan bare ha'] },
  },
  {
    name: 'a type that is a path',
    change: { v1: { forsendelsesType: '../x' }, v2: { forsendelsestype: '../x' } },
    says: { v1: ['forsendelsesType', 'kan bare ha'], v2: ['forsendelsestype', 'kan bare ha'] },
  },
  {
    name: 'level 4 without encryption',
    change: { krevNiva4Innlogging: true },
    says: ['kryptert', 'må være true'],
  },
  {
    name: 'an answer to something that is no id',
    change: { v1: { svarPaForsendelse: { id: 'x' } }, v2: { svarPaForsendelse: 'x' } },
    says: ['svarPaForsendelse', 'UUID'],
  },
  {
    name: 'a link that runs a program',
    change: {
      v1: { lenker: [{ urlLenke: 'javascript:alert(1)', urlTekst: 'x' }] },
      v2: { lenker: [{ url: 'javascript:alert(1)', tekst: 'x' }] },
    },
    says: { v1: ['lenker[0].urlLenke', 'http'], v2: ['lenker[0].url', 'http'] },
  },
  {
    name: 'two file names that differ in case only',
    change: { dokumenter: [DOKUMENT, { ...DOKUMENT, filnavn: 'BREV.pdf' }] },
    says: ['dokumenter[1].filnavn', 'brukt av et annet dokument'],
  },
  ...['../../etc/passwd', 'a/b.pdf', 'C:\\brev.pdf', '..', 'brev\u202efdp.exe', 'brev\n.pdf'].map(
    (filnavn) => ({
      name: `the file name ${JSON.stringify(filnavn)}`,
      change: document({ filnavn }),
      says: ['dokumenter[0].filnavn', 'kan ikke ha noen av tegnene'],
    }),
  ),
  {
    name: 'a NUL in a file name',
    change: document({ filnavn: NUL }),
    says: ['dokumenter[0].filnavn', 'ikke er tillatt'],
  },
  {
    name: 'a file name of 227 letters',
    change: document({ filnavn: `${'a'.repeat(223)}.pdf` }),
    says: ['dokumenter[0].filnavn', '226 tegn'],
  },
  {
    name: 'a text file to be printed',
    change: document({ mimeType: 'text/plain' }),
    says: ['dokumenter[0].mimeType', 'må være application/pdf'],
  },
  {
    name: 'a MIME type that is none',
    change: document({ mimeType: 'pdf' }),
    says: ['dokumenter[0].mimeType', 'MIME-type'],
  },
  {
    name: '501 documents',
    change: { dokumenter: Array.from({ length: 501 }, (_, nr) => ({ ...DOKUMENT, filnavn: `${nr}.pdf` })) },
    says: ['dokumenter', 'høyst 500'],
  },
  {
    name: '101 entries of metadata',
    change: document({ ekstraMetadata: Array.from({ length: 101 }, () => ({ key: 'a', value: 'b' })) }),
    says: ['dokumenter[0].ekstraMetadata', 'høyst 100'],
  },
];

/** Messages that are no letter at all. */
const MESSAGES: readonly { name: string; json: string | Buffer; says: string }[] = [
  { name: 'nothing', json: '', says: 'ikke gyldig JSON' },
  { name: 'half an object', json: '{"tittel": "a"', says: 'ikke gyldig JSON' },
  { name: 'XML', json: '<forsendelse/>', says: 'ikke gyldig JSON' },
  { name: 'a list', json: '[]', says: 'må være et objekt' },
  { name: 'null', json: 'null', says: 'må være et objekt' },
  { name: 'bytes that are not UTF-8', json: Buffer.from('{"tittel":"bl\xe5"}', 'latin1'), says: 'UTF-8' },
  { name: 'objects in objects', json: `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`, says: 'nivåer' },
  { name: '400,000 brackets', json: `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, says: 'nivåer' },
];

describe('metadata that breaks a rule', () => {
  let test: TestServer;
  let faces: SendFace[];

  beforeAll(async () => {
    test = await startTestServer();
    faces = sendFaces(test);
    for (const face of faces) {
      const good = await sendParts(face, partsOf(face.metadata({ files: [FILE] }), [FILE]));
      expect(good.status, good.text).toBe(200);
    }
    await quiet(test);
  });
  afterAll(() => test.stop());

  const changed = (face: SendFace, { change }: Case): Metadata => {
    const own = 'v1' in change ? (change as ByFace<Metadata>)[face.name] : change;
    return { ...face.metadata({ files: [FILE] }), ...own };
  };

  it.each(CASES)('refuses $name, and nothing is left', async (item) => {
    await leavesNothing(test, async () => {
      for (const face of faces) {
        const says = 'v1' in item.says ? item.says : both(item.says);
        const answer = await sendParts(face, partsOf(changed(face, item), [FILE]));
        expectRefusal(face.name, answer, { status: 400, code: 'UGYLDIG_INNHOLD', says: says[face.name] });
        expect(answer.json.message).toMatch(/^Ugyldig innhold: /);
        // Names the field, never the value.
        expect(answer.json.message).not.toMatch(/\d{9,11}|javascript|BLYANT|Nordmann/);
      }
    });
  });

  it.each(MESSAGES)('refuses $name for a letter, and nothing is left', async ({ json, says }) => {
    await leavesNothing(test, async () => {
      for (const face of faces) {
        const parts = [{ name: 'forsendelse', body: json }, ...partsOf({}, [FILE]).slice(1)];
        const answer = await sendParts(face, parts);
        expectRefusal(face.name, answer, { status: 400, code: 'UGYLDIG_INNHOLD', says: [says] });
      }
    });
  });

  it('refuses an idempotency key that is none', async () => {
    await leavesNothing(test, async () => {
      for (const face of faces) {
        const parts = partsOf(face.metadata({ files: [FILE] }), [FILE]);
        const answer = await sendParts(face, parts, { 'idempotency-key': 'k'.repeat(256) });
        expectRefusal(face.name, answer, { status: 400, code: 'UGYLDIG_INNHOLD', says: ['Idempotency-Key'] });
      }
    });
  });

  it('is still well afterwards', () => expectHealthy(test));
});
