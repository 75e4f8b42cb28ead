import type { FieldError } from '@grunnmur/kernel/errors';
import { formReader } from '@grunnmur/kernel/http';
import { invalidContent } from '../../service/invalid-content.ts';
import type { TranslatedForsendelse } from '../../service/post-service.ts';
import type { Mottaker, NoarkMetadata, NyForsendelse, NyttDokument } from '../../types.ts';
import { type DateReader, dateReader } from '../shared/date-times.ts';
import { defined, definedOrNothing, entries, mimeType, text, unique } from '../shared/form-values.ts';
import { type AdresseV2, type DokumentV2, ForsendelseV2, type NoarkFraAvleverendeV2 } from './models.ts';

const readForm = formReader(ForsendelseV2);

/**
 * A v2 forsendelse in the domain's words, and what is wrong with its form, with v2's field names. Throws `post.invalid`
 * when there is nothing left to ask rules about.
 */
export function forsendelseFromV2(json: unknown): TranslatedForsendelse {
  const { value: v2, faults } = readForm(json);
  if (v2 === undefined) throw invalidContent(faults);
  const wrong: FieldError[] = [...faults];
  const dates = dateReader(wrong);
  const forsendelse = defined<NyForsendelse>({
    tittel: v2.tittel,
    mottaker: mottakerFromV2('/mottaker', v2.mottaker, wrong),
    svarSendesTil: v2.svarSendesTil ? mottakerFromV2('/svarSendesTil', v2.svarSendesTil, wrong) : undefined,
    eksponertFor: unique(v2.eksponertFor),
    avgivendeSystem: text(v2.avgivendeSystem),
    avgivendeSystemAktor: text(v2.avgivendeSystemAktor),
    konteringskode: text(v2.konteringskode),
    kunDigitalLevering: v2.kunDigitalLevering ?? false,
    kryptert: v2.kryptert ?? false,
    krevNiva4Innlogging: v2.krevNiva4Innlogging ?? false,
    utskrift: {
      farger: v2.utskriftskonfigurasjon?.utskriftMedFarger ?? false,
      tosidig: v2.utskriftskonfigurasjon?.tosidig ?? false,
    },
    metadataFraAvleverendeSystem: noarkFromV2(
      '/metadataFraAvleverendeSystem',
      v2.metadataFraAvleverendeSystem,
      dates,
    ),
    metadataForImport: noarkFromV2('/metadataForImport', v2.metadataForImport, dates),
    svarPaForsendelse: text(v2.svarPaForsendelse)?.toLowerCase(),
    dokumenter: (v2.dokumenter ?? []).map(dokumentFromV2),
    lenker: (v2.lenker ?? []).map(({ url, tekst, ledetekst }) =>
      defined({ url, tekst, ledetekst: text(ledetekst) }),
    ),
    forsendelsestype: text(v2.forsendelsestype),
    eksternReferanse: text(v2.eksternReferanse),
    korrelasjonsid: text(v2.korrelasjonsid),
    svarPaForsendelseLink: v2.svarPaForsendelseLink ?? false,
    signeringUtloper: dates.iso('/signeringUtloper', v2.signeringUtloper),
    signaturType: v2.signaturType,
    taushetsbelagtPost: v2.taushetsbelagtPost ?? false,
  });
  return { forsendelse, faults: wrong };
}

/** The specification requires `navn` of every address, also of one that is never printed. */
function mottakerFromV2(at: string, v2: AdresseV2, wrong: FieldError[]): Mottaker {
  if (text(v2.navn) === undefined) wrong.push({ field: `${at}/navn`, rule: 'required', message: 'mangler' });
  return defined({
    navn: v2.navn,
    digitalId: text(v2.digitalId),
    adresse: definedOrNothing({
      adresselinje1: text(v2.adresselinje1),
      adresselinje2: text(v2.adresselinje2),
      adresselinje3: text(v2.adresselinje3),
      postnummer: text(v2.postnummer),
      poststed: text(v2.poststed),
      land: text(v2.land),
    }),
  });
}

function dokumentFromV2(v2: DokumentV2): NyttDokument {
  return defined({
    filnavn: v2.filnavn,
    mimeType: mimeType(v2.mimeType),
    skalSigneres: v2.skalSigneres ?? false,
    dokumentType: text(v2.dokumentType),
    giroarkSider: unique(v2.giroarkSider),
    ekskluderesFraUtskrift: v2.skalEkskluderesFraUtskrift ?? false,
    ekstraMetadata: entries(v2.ekstraMetadata),
    inneholderPersonsensitivInformasjon: v2.inneholderPersonsensitivInformasjon ?? false,
  });
}

function noarkFromV2(
  at: string,
  v2: NoarkFraAvleverendeV2 | undefined,
  dates: DateReader,
): NoarkMetadata | undefined {
  if (!v2) return undefined;
  return definedOrNothing({
    mappeId: text(v2.mappeId),
    mappeSystemId: text(v2.mappeSystemId),
    saksaar: v2.saksaar,
    sakssekvensnummer: v2.sakssekvensnummer,
    systemId: text(v2.systemId),
    registreringsId: text(v2.registreringsId),
    journalpostnummer: v2.journalpostnummer,
    journalaar: v2.journalaar,
    journalsekvensnummer: v2.journalsekvensnummer,
    journalposttype: text(v2.journalposttype),
    journalstatus: text(v2.journalstatus),
    // Noark texts are kept as they were written, once they are known to be dates.
    journaldato: dates.iso(`${at}/journaldato`, v2.journaldato) && v2.journaldato,
    dokumentetsDato: dates.iso(`${at}/dokumentetsDato`, v2.dokumentetsDato) && v2.dokumentetsDato,
    tittel: text(v2.tittel),
    saksbehandler: text(v2.saksbehandler),
    ekstraMetadata: v2.ekstraMetadata?.length ? entries(v2.ekstraMetadata) : undefined,
  });
}

/** A field of the domain under v2's name (SvarUt: field names across versions). */
export function fieldNameInV2(pointer: string): string {
  return pointer
    .replace(/^\/(mottaker|svarSendesTil)\/adresse\//, '/$1/')
    .replace(/\/ekskluderesFraUtskrift$/, '/skalEkskluderesFraUtskrift');
}
