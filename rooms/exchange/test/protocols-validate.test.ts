import { describe, expect, it } from 'vitest';
import { findMeldingstype, PROTOKOLLER } from '../protocols/catalogue.ts';
import { FRIE_MELDINGSTYPER } from '../protocols/data/frie-typer.ts';
import { findPayloadSjekk } from '../protocols/definitions/payloads.ts';
import { type Melding, mustBeRead, validateMessage } from '../protocols/validate-message.ts';
import { JSON_EKSEMPLER } from './protocols-messages-json.ts';
import { XML_EKSEMPLER } from './protocols-messages-xml.ts';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const OPPRETT = 'no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett';
const PLAN = 'no.ks.fiks.plan.v2.innsyn.arealplan.hent';

function fil(navn: string, innhold: string | Uint8Array) {
  const bytes = Buffer.from(innhold as Uint8Array);
  return { navn, storrelse: bytes.length, innhold: bytes };
}

/** The message with this main document, and whatever else its type asks for. */
function med(meldingstype: string, innhold: string, mer: Partial<Melding> = {}): Melding {
  const [hoved = 'data.json', ...andre] = findMeldingstype(meldingstype)!.type.filer;
  return {
    meldingstype,
    svarPaMelding: ID,
    filer: [fil(hoved, innhold), ...andre.map((navn) => fil(navn, '[]'))],
    ...mer,
  };
}

async function funn(melding: Melding) {
  const rapport = await validateMessage(melding);
  return rapport.funn.map(({ alvor, sti, regel }) => `${alvor} ${regel} ${sti}`);
}

describe('payloads', () => {
  it.each([...JSON_EKSEMPLER])('%s: right and wrong JSON', async (type, { riktig, feil, sti }) => {
    expect(await validateMessage(med(type, JSON.stringify(riktig)))).toMatchObject({
      gyldig: true,
      funn: [],
    });
    const rapport = await validateMessage(med(type, JSON.stringify(feil)));
    expect(rapport.gyldig).toBe(false);
    const [hoved = 'data.json'] = findMeldingstype(type)!.type.filer;
    expect(rapport.funn.map((hit) => hit.sti)).toContain(`${hoved}:${sti}`);
  });

  it.each([...XML_EKSEMPLER])('%s: right and wrong XML', async (type, { riktig, bytt, regel, sti }) => {
    expect(await validateMessage(med(type, riktig))).toMatchObject({ gyldig: true, funn: [] });
    expect(riktig).toContain(bytt[0]);
    const rapport = await validateMessage(med(type, riktig.replace(bytt[0], bytt[1])));
    expect(rapport.gyldig).toBe(false);
    expect(rapport.funn.map((hit) => `${hit.regel} ${hit.sti}`)).toContain(
      `${regel} ${findMeldingstype(type)!.type.filer[0]}:${sti}`,
    );
  });

  it('has an example of every type with a payload, except those without a published form', () => {
    const uten = [...PROTOKOLLER.flatMap(({ meldingstyper }) => meldingstyper), ...FRIE_MELDINGSTYPER]
      .filter(
        ({ payload, variantAv, navn }) =>
          payload === 'REQUIRED' && !variantAv && !navn.startsWith('no.ks.fiks.arkiv.v2.'),
      )
      .map(({ navn }) => navn)
      .filter((navn) => !JSON_EKSEMPLER.has(navn) && !XML_EKSEMPLER.has(navn));
    for (const navn of uten) expect(findPayloadSjekk(navn), navn).toBeUndefined();
    expect(uten).toEqual([
      'no.ks.fiks.arkiv.v1.innsyn.dokumentfil.hent.resultat',
      'no.ks.fiks.plan.v2.innsyn.dokumentfil.hent.resultat',
      'no.ks.fiks.plan.v2.innsyn.plandokumenter.finn',
      'no.ks.fiks.plan.v2.innsyn.plandokumenter.finn.resultat',
      ...['dokument', 'omraade', 'punkt'].flatMap((hva) => [
        `no.ks.fiks.link.v1.innsyn.${hva}.hent`,
        `no.ks.fiks.link.v1.innsyn.${hva}.hent.resultat`,
      ]),
      'no.ks.fiks.gi.arkivintegrasjon.oppdatering.basis.arkivmelding.v1',
    ]);
  });

  it('checks the form only, and says so, where nothing is published', async () => {
    const type = 'no.ks.fiks.plan.v2.innsyn.plandokumenter.finn';
    expect(await funn(med(type, '{}'))).toEqual(['advarsel ingen-definisjon payload.json']);
    expect(await funn(med(type, '{"a":}'))).toEqual([
      'feil json payload.json:/',
      'advarsel ingen-definisjon payload.json',
    ]);
    const v2 = 'no.ks.fiks.arkiv.v2.arkivering.arkivmelding.opprett';
    expect(await funn(med(v2, '<a><b></a>'))).toEqual([
      'advarsel utkast meldingstype',
      'feil velformet arkivmelding.xml:/a',
      'advarsel ingen-definisjon arkivmelding.xml',
    ]);
  });
});

describe('types, payloads and names', () => {
  it('refuses types that nobody knows, and guesses what a known slip means', async () => {
    const rapport = await validateMessage({
      meldingstype: 'no.ks.fik.arkiv.v1.feilmelding.ugyldigforespoersel',
      filer: undefined,
    });
    expect(rapport).toMatchObject({ gyldig: false, funn: [{ regel: 'ukjent-type', sti: 'meldingstype' }] });
    expect(rapport.funn[0]!.tekst).toContain('no.ks.fiks.arkiv.v1.feilmelding.ugyldigforespoersel');
  });

  it('reads a variant like the type it stands for, with a warning', async () => {
    const type = 'no.ks.fiks.plan.v2.innsyn.midlertidigforbudmottiltak.finn.for.plan';
    expect(await funn(med(type, '{}'))).toEqual([
      'advarsel skrivemaate meldingstype',
      'feil mangler payload.json:/nasjonalArealplanId',
    ]);
  });

  it('holds the payload to its criterion', async () => {
    expect(await funn({ meldingstype: OPPRETT, filer: undefined })).toEqual(['feil payload-mangler payload']);
    expect(await funn({ meldingstype: OPPRETT, filer: [] })).toEqual(['feil payload-tom payload']);
    expect(await funn(med(`${OPPRETT}.mottatt`, 'x'))).toEqual(['feil payload-ikke-tillatt payload']);
    expect(await funn({ meldingstype: `${OPPRETT}.mottatt`, svarPaMelding: ID, filer: undefined })).toEqual(
      [],
    );
    expect(await funn({ meldingstype: 'ping', filer: undefined })).toEqual([]);
    expect(await funn(med('no.ks.fiks.plan.v2.ping', 'hei'))).toEqual([]);
  });

  it('asks for documents by their names', async () => {
    const { riktig } = XML_EKSEMPLER.get(OPPRETT)!;
    expect(await funn(med(OPPRETT, '', { filer: [fil('melding.xml', riktig)] }))).toEqual([
      'feil fil-mangler payload',
    ]);
    expect(await funn(med(OPPRETT, '', { filer: [fil('Arkivmelding.XML', riktig)] }))).toEqual([
      'feil filnavn Arkivmelding.XML',
    ]);
    const grunnlag = 'no.ks.fiks.matrikkelfoering.v2.grunnlag';
    const { riktig: byggesak } = XML_EKSEMPLER.get(grunnlag)!;
    expect(await funn(med(grunnlag, '', { filer: [fil('byggesak.xml', byggesak)] }))).toEqual([
      'feil fil-mangler payload',
    ]);
    const kommentert = [fil('byggesak.xml', byggesak), fil('index.json', '[] // en')];
    expect(await funn(med(grunnlag, '', { filer: kommentert }))).toEqual(['advarsel json index.json:/']);
  });

  it('passes over attachments, which need not be read', async () => {
    const { riktig } = XML_EKSEMPLER.get(OPPRETT)!;
    const filer = [fil('arkivmelding.xml', riktig), { navn: 'soknad.pdf', storrelse: 4_000_000_000 }];
    expect(await validateMessage({ meldingstype: OPPRETT, filer })).toMatchObject({
      gyldig: true,
      funn: [],
      filer: [{}, {}],
    });
    expect(mustBeRead(OPPRETT, 'soknad.pdf')).toBe(false);
    expect(mustBeRead(OPPRETT, 'ARKIVMELDING.xml')).toBe(true);
    expect(
      await funn({ meldingstype: OPPRETT, filer: [{ navn: 'arkivmelding.xml', storrelse: 4_000_000_000 }] }),
    ).toEqual(['feil storrelse arkivmelding.xml']);
  });
});

describe('conduct (§5.2)', () => {
  const svar = `${OPPRETT}.mottatt`;

  it('wants to know which message a reply answers', async () => {
    expect(await funn({ meldingstype: svar, filer: undefined })).toEqual([
      'feil svar-uten-original svarPaMelding',
    ]);
    expect(await funn({ meldingstype: svar, filer: undefined, harKall: false })).toEqual([]);
  });

  it('takes only the replies that the original has, with its klientKorrelasjonsId', async () => {
    const original = { meldingstype: OPPRETT, headere: { klientKorrelasjonsId: 'k1' } };
    const likt = { meldingstype: svar, svarPaMelding: ID, filer: undefined, original };
    expect(await funn({ ...likt, headere: { klientKorrelasjonsId: 'k1' } })).toEqual([]);
    // The spelling of older Java clients.
    expect(await funn({ ...likt, headere: { klientKorrelasjonId: 'k1' } })).toEqual([]);
    expect(await funn({ ...likt, headere: { klientKorrelasjonsId: 'k2' } })).toEqual([
      'feil korrelasjon headere.klientKorrelasjonsId',
    ]);
    expect(await funn(likt)).toEqual(['feil korrelasjon headere.klientKorrelasjonsId']);
    const annen = { meldingstype: 'no.ks.fiks.arkiv.v1.innsyn.sok' };
    expect(await funn({ ...likt, original: annen })).toEqual(['feil uventet-svar svarPaMelding']);
  });

  it('knows who may send what to whom', async () => {
    const melding = med(PLAN, JSON.stringify(JSON_EKSEMPLER.get(PLAN)!.riktig));
    expect(await funn({ ...melding, parter: { avsender: 'klient', mottaker: 'tjener' } })).toEqual([]);
    expect(await funn({ ...melding, parter: { avsender: 'tjener', mottaker: 'klient' } })).toEqual([
      'feil sender-ikke-typen parter.avsender',
      'feil mottar-ikke-typen parter.mottaker',
    ]);
    expect(await funn({ ...melding, parter: { avsender: 'klient', mottaker: 'klient' } })).toEqual([
      'feil part-ikke-stottet parter',
      'feil mottar-ikke-typen parter.mottaker',
    ]);
    expect(await funn({ ...melding, parter: { avsender: 'arkiv.full', mottaker: 'tjener' } })).toEqual([
      'feil ukjent-part parter.avsender',
    ]);
  });
});

describe('hostile documents', () => {
  const arkivmelding = (innhold: string | Uint8Array) =>
    funn(med(OPPRETT, '', { filer: [fil('arkivmelding.xml', innhold)] }));
  const { riktig } = XML_EKSEMPLER.get(OPPRETT)!;

  it('fetches and expands nothing', async () => {
    const doctype = riktig.replace('?>', '?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>');
    expect(await arkivmelding(doctype)).toEqual(['feil doctype arkivmelding.xml:/']);
    expect(await arkivmelding(riktig.replace('<system>Test', '<system>&x;'))).toEqual([
      'feil velformet arkivmelding.xml:/arkivmelding/system',
    ]);
  });

  it('ends at its limits', async () => {
    const dyp = riktig.replace('<eget xmlns="urn:eksempel">', '<e>'.repeat(200));
    expect((await arkivmelding(dyp)).at(-1)).toContain('feil dybde');
    const mange = riktig.replace('<tittel>Søknad om', '<x/>'.repeat(500)).slice(0, -30);
    const told = await arkivmelding(mange);
    expect(told).toHaveLength(101);
    expect(told.at(-1)).toContain('feil mange');
    const attributter = Array.from({ length: 30_000 }, (_, nr) => `a${nr}="1"`).join(' ');
    expect(await arkivmelding(`<arkivmelding ${attributter}/>`)).toEqual([
      'feil attributter arkivmelding.xml:/',
    ]);
    const nivaaer = (antall: number) => `{"a": "]]\\"[[", "b": ${'['.repeat(antall)}${']'.repeat(antall)}}`;
    expect(await funn(med(PLAN, nivaaer(4_000_000)))).toEqual(['feil dybde payload.json:/']);
    expect(await funn(med(PLAN, nivaaer(50)))).not.toContain('feil dybde payload.json:/');
  });

  it('reads UTF-16 and Latin-1, and refuses what is not text', async () => {
    const utf16 = Buffer.from(`\uFEFF${riktig.replace('utf-8', 'utf-16')}`, 'utf16le');
    expect(await arkivmelding(utf16)).toEqual([]);
    expect(await arkivmelding(Buffer.from(riktig.replace('utf-8', 'iso-8859-1'), 'latin1'))).toEqual([]);
    expect(await arkivmelding(Buffer.from(riktig, 'latin1'))).toEqual(['feil tegnsett arkivmelding.xml:/']);
    expect(await arkivmelding(riktig.replace('utf-8', 'koi8-r'))).toEqual([
      'feil tegnsett arkivmelding.xml:/',
    ]);
    expect(await arkivmelding('')).toEqual(['feil velformet arkivmelding.xml:/']);
    expect(
      await funn(med(PLAN, '', { filer: [fil('payload.json', Buffer.from([0x7b, 0xff, 0x7d]))] })),
    ).toEqual(['feil json payload.json:/']);
  });

  it('says nothing of what a document holds when it is not JSON', async () => {
    const rapport = await validateMessage(med(PLAN, '{"navn": "Kari Nordmann" x}'));
    expect(JSON.stringify(rapport.funn)).not.toContain('Kari');
  });
});
