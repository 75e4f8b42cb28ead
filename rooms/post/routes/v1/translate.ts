import type { FieldError } from '@grunnmur/kernel/errors';
import { formReader } from '@grunnmur/kernel/http';
import { writtenOtherwise } from '../../service/digital-id.ts';
import { invalidContent } from '../../service/invalid-content.ts';
import type { TranslatedForsendelse } from '../../service/post-service.ts';
import type { Mottaker, NoarkMetadata, NyForsendelse, NyttDokument } from '../../types.ts';
import { type DateReader, dateReader } from '../shared/date-times.ts';
import {
  defined,
  definedOrNothing,
  entries,
  mimeType,
  nonZero,
  text,
  unique,
} from '../shared/form-values.ts';
import {
  type AdresseV1,
  type DigitaladresseV1,
  type DokumentV1,
  ForsendelseV1,
  type NoarkFraAvleverendeV1,
} from './models.ts';

const readForm = formReader(ForsendelseV1);

/**
 * A v1 forsendelse in the domain's words. What v1 clients send for unset values (`''`, 0, empty lists) becomes
 * absent. `faults` is what is wrong with its form, with v1's field names. Throws `post.invalid` when there is nothing left to
 * ask rules about.
 */
export function forsendelseFromV1(json: unknown): TranslatedForsendelse {
  const { value: v1, faults } = readForm(json);
  if (v1 === undefined) throw invalidContent(faults);
  const wrong: FieldError[] = [...faults];
  const dates = dateReader(wrong);
  const forsendelse = defined<NyForsendelse>({
    tittel: v1.tittel,
    mottaker: mottakerFromV1('/mottaker', v1.mottaker, wrong),
    svarSendesTil: isEmpty(v1.svarSendesTil)
      ? undefined
      : mottakerFromV1('/svarSendesTil', v1.svarSendesTil, wrong),
    eksponertFor: unique(
      (v1.eksponertFor ?? []).flatMap(
        (id, index) => digitalIdFromV1(`/eksponertFor/${index}`, id, wrong) ?? [],
      ),
    ),
    avgivendeSystem: text(v1.avgivendeSystem),
    konteringskode: text(v1.konteringsKode),
    kunDigitalLevering: v1.kunDigitalLevering ?? false,
    kryptert: v1.kryptert ?? false,
    krevNiva4Innlogging: v1.krevNiva4Innlogging ?? false,
    utskrift: {
      farger: v1.utskriftsKonfigurasjon?.utskriftMedFarger ?? false,
      tosidig: v1.utskriftsKonfigurasjon?.tosidig ?? false,
    },
    metadataFraAvleverendeSystem: noarkFromV1(
      '/metadataFraAvleverendeSystem',
      v1.metadataFraAvleverendeSystem,
      dates,
    ),
    metadataForImport: noarkFromV1('/metadataForImport', v1.metadataForImport, dates),
    svarPaForsendelse: text(v1.svarPaForsendelse?.id)?.toLowerCase(),
    dokumenter: (v1.dokumenter ?? []).map(dokumentFromV1),
    lenker: (v1.lenker ?? []).map((lenke) =>
      defined({ url: lenke.urlLenke, tekst: lenke.urlTekst, ledetekst: text(lenke.ledeTekst) }),
    ),
    forsendelsestype: text(v1.forsendelsesType),
    eksternReferanse: text(v1.eksternReferanse),
    svarPaForsendelseLink: v1.svarPaForsendelseLink ?? false,
    signeringUtloper: dates.epochMs('/signeringUtloper', v1.signeringUtloper),
    signaturType: v1.signaturType || undefined,
    taushetsbelagtPost: v1.taushetsbelagtPost ?? false,
  });
  return { forsendelse, faults: wrong };
}

/** A recipient that is reached only digitally may come without name and address; its name is then empty. */
function mottakerFromV1(at: string, v1: AdresseV1 | undefined, wrong: FieldError[]): Mottaker {
  const { navn, adresse1, adresse2, adresse3, postNummer, postSted, land } = v1?.postAdresse ?? {};
  return defined({
    navn: text(navn) ?? '',
    digitalId: digitalIdFromV1(`${at}/digitalAdresse`, v1?.digitalAdresse, wrong),
    adresse: definedOrNothing({
      adresselinje1: text(adresse1),
      adresselinje2: text(adresse2),
      adresselinje3: text(adresse3),
      postnummer: text(postNummer),
      poststed: text(postSted),
      land: text(land),
    }),
  });
}

/** Exactly one of the two numbers (SvarUt REST v1: Digitaladresse); the empty object is no address. */
function digitalIdFromV1(
  at: string,
  v1: DigitaladresseV1 | undefined,
  wrong: FieldError[],
): string | undefined {
  const fnr = text(v1?.fodselsNummer);
  const orgnr = text(v1?.organisasjonsNummer);
  if (fnr !== undefined && orgnr !== undefined) {
    const message = 'fodselsNummer og organisasjonsNummer kan ikke oppgis sammen';
    wrong.push({ field: at, rule: 'oneOf', message });
  } else if (fnr !== undefined && !/^\d{11}$/.test(fnr)) {
    const message = writtenOtherwise(fnr) ?? 'må ha 11 siffer';
    wrong.push({ field: `${at}/fodselsNummer`, rule: 'digitalId', message });
  } else if (orgnr !== undefined && !/^\d{9}$/.test(orgnr)) {
    const message = writtenOtherwise(orgnr) ?? 'må ha 9 siffer';
    wrong.push({ field: `${at}/organisasjonsNummer`, rule: 'digitalId', message });
  }
  return fnr ?? orgnr;
}

function isEmpty(v1: AdresseV1 | undefined): boolean {
  const values = { ...v1?.postAdresse, ...v1?.digitalAdresse };
  return Object.values(values).every((value) => typeof value !== 'string' || text(value) === undefined);
}

function dokumentFromV1(v1: DokumentV1): NyttDokument {
  return defined({
    filnavn: v1.filnavn,
    mimeType: mimeType(v1.mimeType),
    skalSigneres: v1.skalSigneres ?? false,
    dokumentType: text(v1.dokumentType),
    giroarkSider: unique(v1.giroarkSider),
    ekskluderesFraUtskrift: v1.ekskluderesFraUtskrift ?? false,
    ekstraMetadata: entries(v1.ekstraMetadata),
    inneholderPersonsensitivInformasjon: v1.inneholderPersonsensitivInformasjon ?? false,
  });
}

function noarkFromV1(
  at: string,
  v1: NoarkFraAvleverendeV1 | undefined,
  dates: DateReader,
): NoarkMetadata | undefined {
  if (!v1) return undefined;
  return definedOrNothing({
    sakssekvensnummer: nonZero(v1.saksSekvensNummer),
    saksaar: nonZero(v1.saksAar),
    journalaar: nonZero(v1.journalAar),
    journalsekvensnummer: nonZero(v1.journalSekvensNummer),
    journalpostnummer: nonZero(v1.journalPostNummer),
    journalposttype: text(v1.journalPostType),
    journalstatus: text(v1.journalStatus),
    journaldato: dates.epochMs(`${at}/journalDato`, v1.journalDato)?.toISOString(),
    dokumentetsDato: dates.epochMs(`${at}/dokumentetsDato`, v1.dokumentetsDato)?.toISOString(),
    tittel: text(v1.tittel),
    saksbehandler: text(v1.saksBehandler),
    ekstraMetadata: v1.ekstraMetadata?.length ? entries(v1.ekstraMetadata) : undefined,
  });
}

const RENAMED: Readonly<Record<string, string>> = {
  konteringskode: 'konteringsKode',
  forsendelsestype: 'forsendelsesType',
  adresselinje1: 'adresse1',
  adresselinje2: 'adresse2',
  adresselinje3: 'adresse3',
  postnummer: 'postNummer',
  poststed: 'postSted',
  digitalId: 'digitalAdresse',
  url: 'urlLenke',
  tekst: 'urlTekst',
  ledetekst: 'ledeTekst',
  sakssekvensnummer: 'saksSekvensNummer',
  saksaar: 'saksAar',
  journalaar: 'journalAar',
  journalsekvensnummer: 'journalSekvensNummer',
  journalpostnummer: 'journalPostNummer',
  journalposttype: 'journalPostType',
  journalstatus: 'journalStatus',
  journaldato: 'journalDato',
  saksbehandler: 'saksBehandler',
};

/** A field of the domain under v1's name (SvarUt: field names across versions). */
export function fieldNameInV1(pointer: string): string {
  return pointer
    .replace(/^\/(mottaker|svarSendesTil)\/(?:adresse\/|(?=navn$))/, '/$1/postAdresse/')
    .split('/')
    .map((name) => RENAMED[name] ?? name)
    .join('/');
}
