import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type FilePartInit,
  FNR,
  type Harness,
  KONTO_A1,
  KONTO_B1,
  NOW,
  ORGNR,
  OTHER_FNR,
  sendForm,
  startFaces,
  TENANT_A,
  V2_AUTH,
} from './face-harness.ts';

let faces: Harness;
beforeAll(async () => {
  faces = await startFaces();
});
beforeEach(() => {
  faces.received.length = 0;
});
afterAll(() => faces.close());

interface Options {
  readonly kontoId?: string;
  readonly slash?: string;
  readonly headers?: Record<string, string>;
}

async function send(forsendelse: unknown, files?: FilePartInit[], options: Options = {}) {
  const { kontoId = KONTO_A1, slash = '/', headers = {} } = options;
  const response = await fetch(`${faces.url}/api/v2/kontoer/${kontoId}/forsendelser${slash}`, {
    method: 'POST',
    headers: { ...V2_AUTH, ...headers },
    body: sendForm(forsendelse, files),
  });
  return { status: response.status, json: await response.json() };
}

const dokument = { filnavn: 'brev.pdf', mimeType: 'application/pdf' };
const adresse = { navn: 'Åse Ærlig', adresselinje1: 'Fjøsveien 1', postnummer: '0001', poststed: 'Oslo' };
const minimal = { tittel: 'Vedtak', mottaker: { ...adresse, digitalId: FNR }, dokumenter: [dokument] };

describe('v2 send', () => {
  it('accepts the path with and without a slash at the end', async () => {
    for (const slash of ['/', '']) {
      const answer = await send(minimal, [{ name: 'filer_0' }], { slash });
      expect(answer).toEqual({ status: 200, json: { id: expect.any(String) } });
    }
    expect(faces.received.map((accepted) => accepted.face)).toEqual(['v2', 'v2']);
  });

  it('translates every field', async () => {
    const noark = {
      mappeId: 'm1',
      mappeSystemId: 'm2',
      saksaar: 2026,
      sakssekvensnummer: 12,
      systemId: 's1',
      registreringsId: 'r1',
      journalpostnummer: 3,
      journalaar: 2025,
      journalsekvensnummer: 4,
      journalposttype: 'U',
      journalstatus: 'J',
      dokumentetsDato: '2026-03-02T10:30:00.000+01:00',
      tittel: 'Sak',
    };
    const fra = {
      ...noark,
      journaldato: '2026-03-02T09:30Z',
      saksbehandler: 'Kari',
      ekstraMetadata: [{ key: 'a', value: 'b' }],
    };
    const answer = await send(
      {
        ...minimal,
        eksponertFor: [OTHER_FNR, ORGNR, OTHER_FNR],
        avgivendeSystem: 'Sak 1.0',
        avgivendeSystemAktor: 'Kari',
        konteringskode: 'A-1_ø',
        kunDigitalLevering: true,
        kryptert: true,
        krevNiva4Innlogging: true,
        utskriftskonfigurasjon: { utskriftMedFarger: true, tosidig: true },
        metadataFraAvleverendeSystem: fra,
        metadataForImport: noark,
        svarSendesTil: { ...adresse, digitalId: ORGNR, land: 'Norge' },
        svarPaForsendelse: 'ae3d63e8-dbc7-4294-9b23-24cd1a93eda4',
        dokumenter: [
          {
            ...dokument,
            dokumentType: 'B',
            giroarkSider: [1, 2],
            skalEkskluderesFraUtskrift: true,
            inneholderPersonsensitivInformasjon: true,
            ekstraMetadata: [{ key: 'k', value: 'v' }],
          },
        ],
        lenker: [{ url: 'https://kommune.example/', tekst: 'Les mer', ledetekst: 'Før' }],
        forsendelsestype: 'nav.digisos',
        eksternReferanse: 'ref',
        korrelasjonsid: 'kor',
        svarPaForsendelseLink: true,
        signeringUtloper: '2026-03-02T10:30:00+01:00',
        signaturType: 'AUTENTISERT_SIGNATUR',
        taushetsbelagtPost: true,
      },
      [{ name: 'filer_0', content: 'innhold' }],
    );
    expect(answer.status).toBe(200);
    expect(faces.received[0]).toMatchObject({
      ctx: { tenant: TENANT_A, actor: { id: 'stor' } },
      konto: { id: KONTO_A1, tenant: TENANT_A },
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
      avgivendeSystemAktor: 'Kari',
      konteringskode: 'A-1_ø',
      kunDigitalLevering: true,
      kryptert: true,
      krevNiva4Innlogging: true,
      utskrift: { farger: true, tosidig: true },
      metadataFraAvleverendeSystem: fra,
      metadataForImport: noark,
      svarPaForsendelse: 'ae3d63e8-dbc7-4294-9b23-24cd1a93eda4',
      dokumenter: [
        {
          filnavn: 'brev.pdf',
          mimeType: 'application/pdf',
          skalSigneres: false,
          dokumentType: 'B',
          giroarkSider: [1, 2],
          ekskluderesFraUtskrift: true,
          ekstraMetadata: [{ key: 'k', value: 'v' }],
          inneholderPersonsensitivInformasjon: true,
        },
      ],
      lenker: [{ url: 'https://kommune.example/', tekst: 'Les mer', ledetekst: 'Før' }],
      forsendelsestype: 'nav.digisos',
      eksternReferanse: 'ref',
      korrelasjonsid: 'kor',
      svarPaForsendelseLink: true,
      signeringUtloper: NOW,
      signaturType: 'AUTENTISERT_SIGNATUR',
      taushetsbelagtPost: true,
    });
  });

  it('reads explicit nulls as absent, as the published client writes them', async () => {
    const nulls = Object.fromEntries(
      [
        'eksponertFor avgivendeSystem avgivendeSystemAktor konteringskode kunDigitalLevering kryptert lenker',
        'utskriftskonfigurasjon krevNiva4Innlogging metadataFraAvleverendeSystem metadataForImport svarSendesTil',
        'svarPaForsendelse dokumenter forsendelsestype eksternReferanse korrelasjonsid svarPaForsendelseLink',
        'signeringUtloper signaturType taushetsbelagtPost',
      ].flatMap((line) => line.split(' ').map((name) => [name, null])),
    );
    const answer = await send({
      tittel: 'Vedtak',
      mottaker: { ...adresse, digitalId: null, land: null },
      ...nulls,
    });
    expect(answer.status).toBe(200);
    expect(faces.received[0]!.forsendelse).toEqual({
      tittel: 'Vedtak',
      mottaker: {
        navn: 'Åse Ærlig',
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
  });

  it('hands the Idempotency-Key on', async () => {
    await send(minimal, [{}], { headers: { 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' } });
    expect(faces.received[0]!.idempotencyKey).toBe('8e03978e-40d5-43dd-bc93-6894a57f9324');
    const answer = await send(minimal, [{}], { headers: { 'idempotency-key': 'blåbær' } });
    expect([answer.status, answer.json.errorCode]).toEqual([400, 'UGYLDIG_INNHOLD']);
  });

  it.each([KONTO_B1, 'tull'])('answers an account that is not granted as not found: %s', async (kontoId) => {
    const answer = await send(minimal, [{}], { kontoId });
    expect([answer.status, answer.json.errorCode]).toEqual([404, 'KONTO_IKKE_FUNNET']);
    expect(faces.received).toEqual([]);
  });

  it.each<[string, object]>([
    ['tittel: mangler', { tittel: null }],
    ['mottaker.navn: mangler', { mottaker: { digitalId: FNR }, kunDigitalLevering: true }],
    ['mottaker.navn: mangler', { mottaker: { ...adresse, navn: ' ' } }],
    ['mottaker.digitalId: er ikke et gyldig', { mottaker: { ...adresse, digitalId: '01819010002' } }],
    ['mottaker.digitalId: må oppgis', { mottaker: adresse, kunDigitalLevering: true }],
    ['mottaker.poststed: må oppgis', { mottaker: { ...adresse, poststed: '' } }],
    ['mottaker.postnummer: må ha fire siffer', { mottaker: { ...adresse, postnummer: null } }],
    [
      'svarSendesTil.poststed: må oppgis',
      { svarSendesTil: { navn: 'K', digitalId: ORGNR, postnummer: '0001' } },
    ],
    ['eksponertFor[0]: er ikke et gyldig', { eksponertFor: ['01819010002'] }],
    ['avgivendeSystem: høyst 100 tegn', { avgivendeSystem: 'x'.repeat(101) }],
    ['konteringskode: høyst 20 tegn', { konteringskode: 'x'.repeat(21) }],
    ['korrelasjonsid: høyst 100 tegn', { korrelasjonsid: 'x'.repeat(101) }],
    ['forsendelsestype: kan bare', { forsendelsestype: '.a' }],
    ['signaturType: må være en av', { signaturType: '' }],
    ['signeringUtloper: må være dato', { signeringUtloper: '2026-02-30T00:00:00Z' }],
    [
      'metadataForImport.dokumentetsDato: må være dato',
      { metadataForImport: { dokumentetsDato: '02.03.2026' } },
    ],
    ['metadataForImport.saksaar: må være et heltall', { metadataForImport: { saksaar: 2026.5 } }],
    ['svarPaForsendelse: må være en UUID', { svarPaForsendelse: 'x' }],
    ['lenker: høyst 5', { lenker: Array(6).fill({ url: 'https://k.example', tekst: 'x' }) }],
    ['lenker[0].url: er ikke en fullstendig', { lenker: [{ url: 'javascript:alert(1)', tekst: 'x' }] }],
    ['dokumenter: må være en liste', { dokumenter: {} }],
    ['dokumenter[0]: må være et objekt', { dokumenter: [null] }],
    ['dokumenter[0].filnavn: høyst 226 tegn', { dokumenter: [{ ...dokument, filnavn: 'x'.repeat(227) }] }],
    [
      'dokumenter[0].mimeType: må være application/pdf',
      { dokumenter: [{ ...dokument, mimeType: 'text/plain' }] },
    ],
  ])('names field and rule in the words of v2: %s', async (expected, change) => {
    const answer = await send({ ...minimal, ...change }, [{}]);
    expect([answer.status, answer.json.errorCode]).toEqual([400, 'UGYLDIG_INNHOLD']);
    expect(answer.json.message).toMatch(/^Ugyldig innhold: /);
    expect(answer.json.message).toContain(expected);
    expect(answer.json.message).not.toContain('01819010002');
    expect(faces.received).toEqual([]);
  });

  it('names all that is wrong at once, and counts what does not fit', async () => {
    const dokumenter = Array.from({ length: 12 }, (_, index) => ({ filnavn: `a/${index}`, mimeType: 'x' }));
    const { json } = await send({ ...minimal, tittel: ' ', dokumenter });
    expect(json.message).toContain('tittel: mangler; dokumenter[0].filnavn');
    expect(json.message).toContain('; og 15 til');
  });
});
