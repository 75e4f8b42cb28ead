import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type FilePartInit,
  FNR,
  type Harness,
  KONTO_A1,
  NOW,
  ORGNR,
  OTHER_FNR,
  sendForm,
  startFaces,
  TENANT_A,
  V1_AUTH,
  V1_PREFIX,
} from './face-harness.ts';

let faces: Harness;
beforeAll(async () => {
  faces = await startFaces();
});
beforeEach(() => {
  faces.received.length = 0;
});
afterAll(() => faces.close());

async function send(
  forsendelse: unknown,
  files?: FilePartInit[],
  headers: Record<string, string> = {},
  path = '',
) {
  const response = await fetch(`${faces.url}${V1_PREFIX}${path}/sendForsendelse`, {
    method: 'POST',
    headers: { authorization: V1_AUTH, ...headers },
    body: sendForm(forsendelse, files),
  });
  return { status: response.status, json: await response.json() };
}

const dokument = { filnavn: 'brev.pdf', mimeType: 'application/pdf' };
const postAdresse = { navn: 'Åse Ærlig', adresse1: 'Fjøsveien 1', postNummer: '0001', postSted: 'Oslo' };
const minimal = {
  tittel: 'Vedtak',
  mottaker: { postAdresse, digitalAdresse: { fodselsNummer: FNR } },
  dokumenter: [dokument],
};

describe('v1 sendForsendelse', () => {
  it('translates every field', async () => {
    const answer = await send(
      {
        ...minimal,
        eksponertFor: [
          { fodselsNummer: OTHER_FNR },
          { organisasjonsNummer: ORGNR },
          { fodselsNummer: OTHER_FNR },
        ],
        avgivendeSystem: 'Sak 1.0',
        konteringsKode: 'A-1_ø',
        kunDigitalLevering: true,
        kryptert: true,
        krevNiva4Innlogging: true,
        utskriftsKonfigurasjon: { utskriftMedFarger: true, tosidig: true },
        metadataFraAvleverendeSystem: {
          saksSekvensNummer: 12,
          saksAar: 2026,
          journalAar: 2025,
          journalSekvensNummer: 34,
          journalPostNummer: 56,
          journalPostType: 'U',
          journalStatus: 'J',
          journalDato: NOW.getTime(),
          dokumentetsDato: NOW.getTime(),
          tittel: 'Sak',
          saksBehandler: 'Kari',
          ekstraMetadata: [{ key: 'a', value: '' }],
        },
        metadataForImport: { saksSekvensNummer: 9_007_199_254_740_991, saksAar: 2026, tittel: 'Hit' },
        svarSendesTil: {
          postAdresse: { ...postAdresse, land: 'Norge' },
          digitalAdresse: { organisasjonsNummer: ORGNR },
        },
        svarPaForsendelse: { id: 'AE3D63E8-DBC7-4294-9B23-24CD1A93EDA4' },
        dokumenter: [
          {
            ...dokument,
            mimeType: ' Application/PDF; name=brev',
            dokumentType: 'B',
            giroarkSider: [2, 1, 2],
            ekskluderesFraUtskrift: true,
            inneholderPersonsensitivInformasjon: true,
            ekstraMetadata: [{ key: 'k', value: 'v' }],
          },
        ],
        lenker: [{ urlLenke: 'https://kommune.example/a?b=ø', urlTekst: 'Les mer', ledeTekst: 'Før' }],
        forsendelsesType: 'Byggesøknad',
        eksternReferanse: 'ref',
        svarPaForsendelseLink: true,
        signeringUtloper: NOW.getTime(),
        signaturType: 'AVANSERT_SIGNATUR',
        taushetsbelagtPost: true,
      },
      [{ content: 'innhold' }],
    );
    expect(answer).toEqual({ status: 200, json: { id: expect.any(String) } });
    expect(faces.received[0]).toMatchObject({
      ctx: { tenant: TENANT_A },
      konto: { id: KONTO_A1, tenant: TENANT_A },
      face: 'v1',
      contents: [{ filename: 'brev.pdf', text: 'innhold' }],
    });
    expect(faces.received[0]!.forsendelse).toEqual({
      tittel: 'Vedtak',
      mottaker: {
        navn: 'Åse Ærlig',
        digitalId: FNR,
        adresse: { adresselinje1: 'Fjøsveien 1', postnummer: '0001', poststed: 'Oslo' },
      },
      svarSendesTil: {
        navn: 'Åse Ærlig',
        digitalId: ORGNR,
        adresse: { adresselinje1: 'Fjøsveien 1', postnummer: '0001', poststed: 'Oslo', land: 'Norge' },
      },
      eksponertFor: [OTHER_FNR, ORGNR],
      avgivendeSystem: 'Sak 1.0',
      konteringskode: 'A-1_ø',
      kunDigitalLevering: true,
      kryptert: true,
      krevNiva4Innlogging: true,
      utskrift: { farger: true, tosidig: true },
      metadataFraAvleverendeSystem: {
        sakssekvensnummer: 12,
        saksaar: 2026,
        journalaar: 2025,
        journalsekvensnummer: 34,
        journalpostnummer: 56,
        journalposttype: 'U',
        journalstatus: 'J',
        journaldato: NOW.toISOString(),
        dokumentetsDato: NOW.toISOString(),
        tittel: 'Sak',
        saksbehandler: 'Kari',
        ekstraMetadata: [{ key: 'a', value: '' }],
      },
      metadataForImport: { sakssekvensnummer: 9_007_199_254_740_991, saksaar: 2026, tittel: 'Hit' },
      svarPaForsendelse: 'ae3d63e8-dbc7-4294-9b23-24cd1a93eda4',
      dokumenter: [
        {
          filnavn: 'brev.pdf',
          mimeType: 'application/pdf',
          skalSigneres: false,
          dokumentType: 'B',
          giroarkSider: [2, 1],
          ekskluderesFraUtskrift: true,
          ekstraMetadata: [{ key: 'k', value: 'v' }],
          inneholderPersonsensitivInformasjon: true,
        },
      ],
      lenker: [{ url: 'https://kommune.example/a?b=ø', tekst: 'Les mer', ledetekst: 'Før' }],
      forsendelsestype: 'Byggesøknad',
      eksternReferanse: 'ref',
      svarPaForsendelseLink: true,
      signeringUtloper: NOW,
      signaturType: 'AVANSERT_SIGNATUR',
      taushetsbelagtPost: true,
    });
  });

  it('reads null, empty and zero as unset, and tolerates what it does not know', async () => {
    const noarkUnset = {
      saksSekvensNummer: 0,
      saksAar: 0,
      journalPostType: null,
      journalDato: null,
      ekstraMetadata: [],
    };
    const answer = await send(
      {
        tittel: 'Vedtak',
        mottaker: {
          postAdresse: { ...postAdresse, adresse2: null, land: '' },
          digitalAdresse: { fodselsNummer: FNR, organisasjonsNummer: '' },
        },
        eksponertFor: [],
        avgivendeSystem: null,
        konteringsKode: '',
        kunDigitalLevering: false,
        metadataFraAvleverendeSystem: noarkUnset,
        metadataForImport: null,
        svarSendesTil: { postAdresse: null, digitalAdresse: {} },
        svarPaForsendelse: { id: null },
        dokumenter: null,
        lenker: null,
        forsendelsesType: '',
        eksternReferanse: null,
        signeringUtloper: 0,
        signaturType: '',
        nyttFelt: { a: [1] },
      },
      [],
    );
    expect(answer.status).toBe(200);
    expect(faces.received[0]!.forsendelse).toEqual({
      tittel: 'Vedtak',
      mottaker: {
        navn: 'Åse Ærlig',
        digitalId: FNR,
        adresse: { adresselinje1: 'Fjøsveien 1', postnummer: '0001', poststed: 'Oslo' },
      },
      eksponertFor: [],
      kunDigitalLevering: false,
      kryptert: false,
      krevNiva4Innlogging: false,
      utskrift: { farger: false, tosidig: false },
      dokumenter: [],
      lenker: [],
      svarPaForsendelseLink: false,
      taushetsbelagtPost: false,
    });
    expect(Object.values(faces.received[0]!.forsendelse)).not.toContain(undefined);
  });

  it('needs no postal address of a recipient who is reached only digitally', async () => {
    const answer = await send({
      tittel: 'T',
      kunDigitalLevering: true,
      mottaker: { digitalAdresse: { fodselsNummer: FNR } },
    });
    expect(answer.status).toBe(200);
    expect(faces.received[0]!.forsendelse.mottaker).toEqual({ navn: '', digitalId: FNR });
  });

  it('uses an id reserved before, in lower case', async () => {
    const id = 'AE3D63E8-DBC7-4294-9B23-24CD1A93EDA4';
    const answer = await send(minimal, [{}], {}, `/${id}`);
    expect(answer).toEqual({ status: 200, json: { id: id.toLowerCase() } });
    expect(faces.received[0]!.reservedId).toBe(id.toLowerCase());
    expect((await send(minimal, [{}], {}, '/tull')).status).toBe(404);
  });

  it('hands the Idempotency-Key on and refuses one that is none', async () => {
    await send(minimal, [{}], { 'idempotency-key': 'a b/1' });
    expect(faces.received[0]!.idempotencyKey).toBe('a b/1');
    const answer = await send(minimal, [{}], { 'idempotency-key': 'x'.repeat(256) });
    expect([answer.status, answer.json.message]).toEqual([400, expect.stringContaining('Idempotency-Key')]);
    expect(faces.received).toHaveLength(1);
  });

  it.each<[string, object]>([
    ['tittel: mangler', { tittel: null }],
    ['tittel: mangler', { tittel: '  ' }],
    ['tittel: høyst 1000 tegn', { tittel: 'x'.repeat(1001) }],
    ['tittel: må være en tekst', { tittel: 5 }],
    ['mottaker: mangler', { mottaker: null }],
    [
      'mottaker.digitalAdresse.fodselsNummer: må ha 11 siffer',
      { mottaker: { postAdresse, digitalAdresse: { fodselsNummer: ORGNR } } },
    ],
    [
      'mottaker.digitalAdresse: er ikke et gyldig',
      { mottaker: { postAdresse, digitalAdresse: { fodselsNummer: '01819010002' } } },
    ],
    [
      'kan ikke oppgis sammen',
      { mottaker: { postAdresse, digitalAdresse: { fodselsNummer: FNR, organisasjonsNummer: ORGNR } } },
    ],
    [
      'mottaker.postAdresse.postSted: må oppgis',
      { mottaker: { postAdresse: { navn: 'N', postNummer: '0001' } } },
    ],
    [
      'mottaker.postAdresse.postNummer: må ha fire siffer',
      { mottaker: { postAdresse: { ...postAdresse, postNummer: '1' } } },
    ],
    ['konteringsKode: kan bare', { konteringsKode: 'a b' }],
    ['forsendelsesType: kan bare', { forsendelsesType: 'a..b' }],
    ['kunDigitalLevering: må være true eller false', { kunDigitalLevering: 'ja' }],
    ['signaturType: må være en av', { signaturType: 'STEMPEL' }],
    ['signeringUtloper: må være et heltall', { signeringUtloper: '2026-03-02' }],
    ['signeringUtloper: må være millisekunder', { signeringUtloper: 1e17 }],
    ['metadataForImport.saksAar: høyst 9999', { metadataForImport: { saksAar: 12_026 } }],
    ['metadataForImport.dokumentetsDato: må være', { metadataForImport: { dokumentetsDato: 9e15 } }],
    [
      'lenker[0].urlLenke: er ikke en fullstendig',
      { lenker: [{ urlLenke: 'kommune.example', urlTekst: 'x' }] },
    ],
    ['lenker: høyst 5', { lenker: Array(6).fill({ urlLenke: 'https://k.example', urlTekst: 'x' }) }],
    ['dokumenter[0].filnavn: mangler', { dokumenter: [{ mimeType: 'application/pdf' }] }],
    ['dokumenter[0].filnavn: kan ikke ha', { dokumenter: [{ ...dokument, filnavn: '../../etc/passwd' }] }],
    ['dokumenter[1].filnavn: er brukt', { dokumenter: [dokument, { ...dokument, filnavn: 'BREV.pdf' }] }],
    ['kryptert: må være true', { krevNiva4Innlogging: true }],
    ['svarSendesTil.digitalAdresse: må være et gyldig organisasjonsnummer', { svarPaForsendelseLink: true }],
  ])('names field and rule in the words of v1: %s', async (expected, change) => {
    const answer = await send({ ...minimal, ...change }, [{}]);
    expect(answer).toEqual({
      status: 400,
      json: { errorcode: 'UGYLDIG_INNHOLD', message: expect.stringMatching(/^Ugyldig innhold: /) },
    });
    expect(answer.json.message).toContain(expected);
    expect(answer.json.message).not.toContain('01819010002');
    expect(faces.received).toEqual([]);
  });

  it('refuses a caller without credentials before reading the message', async () => {
    const before = faces.calls.length;
    expect((await send(minimal, [{}], { authorization: 'Basic eDp5' })).status).toBe(401);
    expect(faces.calls).toHaveLength(before);
  });
});
