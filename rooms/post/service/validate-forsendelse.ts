import type { FieldError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import { isBlank } from '@grunnmur/kernel/text';
import type { Entry, Mottaker, NoarkMetadata, NyForsendelse, NyttDokument, Postadresse } from '../types.ts';
import { checkPrinted } from './check-printed.ts';
import { checkShownTexts } from './check-shown-texts.ts';
import { findCountry } from './countries.ts';
import { digitalIdFault, isOrganisationId, isPersonId, type NumberRules } from './digital-id.ts';
import { fileNameKey } from './file-names.ts';
import {
  FORSENDELSESTYPE_PATTERN,
  FORSENDELSESTYPE_TEXT,
  KONTERINGSKODE_PATTERN,
  FORSENDELSE_LIMITS as LIMIT,
} from './forsendelse-limits.ts';
import { invalidContent, type Report } from './invalid-content.ts';
import { validateFileName } from './validate-file-name.ts';

export interface ForsendelseRules extends NumberRules {
  /** Most documents of one forsendelse. */
  readonly maxDocuments?: number;
}

const FORSENDELSESTYPE = new RegExp(FORSENDELSESTYPE_PATTERN);
const KONTERINGSKODE = new RegExp(KONTERINGSKODE_PATTERN);
/** Printable ASCII only: the type becomes a header of the download. */
const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+\s*(;[\x20-\x7e]*)?$/;
const ONE_DAY_MS = 86_400_000;
/** Clients reckon "one day ahead" from before the upload and by their own clock (@vtfk/svarut's example does). */
const CLOCK_LEEWAY_MS = 3_600_000;

/**
 * Every rule of a forsendelse that its metadata alone can break (SvarUt: validation and limits). Pure; the answer is
 * empty when all is well. `field` is a JSON pointer with the domain's names, `rule` is stable, `message` is
 * Norwegian and never contains the value.
 */
export function validateForsendelse(f: NyForsendelse, now: Date, rules: ForsendelseRules = {}): FieldError[] {
  const found: FieldError[] = [];
  const report: Report = (field, rule, message) => found.push({ field, rule, message });
  checkTexts(f, report);
  checkShownTexts(f, report);
  checkRecipient(f, rules, report);
  checkReplyTo(f, rules, report);
  if (!f.kunDigitalLevering) checkPrinted(f, report);
  checkExposedTo(f, rules, report);
  checkDocuments(f, rules, report);
  checkSigning(f, now, rules, report);
  checkLinks(f, report);
  checkNoark('/metadataFraAvleverendeSystem', f.metadataFraAvleverendeSystem, report);
  checkNoark('/metadataForImport', f.metadataForImport, report);
  // Level 4 content is readable by its recipient only, so it must arrive encrypted (SvarUt: validation and limits).
  if (f.krevNiva4Innlogging && !f.kryptert) {
    report('/kryptert', 'level4Encrypted', 'må være true når krevNiva4Innlogging er true');
  }
  return found;
}

/** Throws `post.invalid` with `faults`, which the face found in the form, and all that {@link validateForsendelse} finds. */
export function assertForsendelse(
  f: NyForsendelse,
  now: Date,
  rules: ForsendelseRules = {},
  faults: readonly FieldError[] = [],
): void {
  const fields = [...faults, ...validateForsendelse(f, now, rules)];
  if (fields.length > 0) throw invalidContent(fields);
}

function checkTexts(f: NyForsendelse, report: Report): void {
  if (isBlank(f.tittel)) report('/tittel', 'required', 'mangler');
  longest('/tittel', f.tittel, LIMIT.tittel, report);
  longest('/avgivendeSystem', f.avgivendeSystem, LIMIT.avgivendeSystem, report);
  longest('/avgivendeSystemAktor', f.avgivendeSystemAktor, LIMIT.avgivendeSystemAktor, report);
  longest('/eksternReferanse', f.eksternReferanse, LIMIT.eksternReferanse, report);
  longest('/korrelasjonsid', f.korrelasjonsid, LIMIT.korrelasjonsid, report);
  longest('/forsendelsestype', f.forsendelsestype, LIMIT.forsendelsestype, report);
  if (f.forsendelsestype !== undefined && !FORSENDELSESTYPE.test(f.forsendelsestype)) {
    report('/forsendelsestype', 'pattern', FORSENDELSESTYPE_TEXT);
  }
  if (f.konteringskode !== undefined && !KONTERINGSKODE.test(f.konteringskode)) {
    report(
      '/konteringskode',
      'pattern',
      `kan bare ha bokstaver, tall, «_», «-» og «.», høyst ${LIMIT.konteringskode} tegn`,
    );
  }
  if (f.svarPaForsendelse !== undefined && !isUuid(f.svarPaForsendelse)) {
    report('/svarPaForsendelse', 'uuid', 'må være en UUID');
  }
}

function checkRecipient(f: NyForsendelse, rules: ForsendelseRules, report: Report): void {
  checkParty('/mottaker', f.mottaker, !f.kunDigitalLevering, rules, report);
  if (f.kunDigitalLevering && f.mottaker.digitalId === undefined) {
    report('/mottaker/digitalId', 'digitalOnlyRecipient', 'må oppgis når kunDigitalLevering er true');
  }
}

function checkReplyTo(f: NyForsendelse, rules: ForsendelseRules, report: Report): void {
  if (f.svarSendesTil) checkParty('/svarSendesTil', f.svarSendesTil, !f.kunDigitalLevering, rules, report);
  if (f.svarPaForsendelseLink && !isOrganisationId(f.svarSendesTil?.digitalId, rules)) {
    report(
      '/svarSendesTil/digitalId',
      'replyLinkOrganisation',
      'må være et gyldig organisasjonsnummer når svarPaForsendelseLink er true',
    );
  }
}

/** @param printable May this address end up on an envelope? Then name, place and a Norwegian postal code are needed. */
function checkParty(
  at: string,
  party: Mottaker,
  printable: boolean,
  rules: ForsendelseRules,
  report: Report,
): void {
  const { digitalId, adresse = {} } = party;
  const fault = digitalId === undefined ? undefined : digitalIdFault(digitalId, rules);
  if (fault) report(`${at}/digitalId`, 'digitalId', fault);
  longest(`${at}/navn`, party.navn, LIMIT.navn, report);
  checkAddressLengths(`${at}/adresse`, adresse, report);
  if (!printable) return;
  if (isBlank(party.navn))
    report(`${at}/navn`, 'printAddress', 'må oppgis når forsendelsen kan bli skrevet ut');
  if (isBlank(adresse.poststed)) {
    report(`${at}/adresse/poststed`, 'printAddress', 'må oppgis når forsendelsen kan bli skrevet ut');
  }
  if (findCountry(adresse.land)?.zone === 'norway' && !/^\d{4}$/.test(adresse.postnummer ?? '')) {
    report(`${at}/adresse/postnummer`, 'printPostalCode', 'må ha fire siffer for norske adresser');
  }
}

function checkAddressLengths(at: string, adresse: Postadresse, report: Report): void {
  longest(`${at}/adresselinje1`, adresse.adresselinje1, LIMIT.adresselinje, report);
  longest(`${at}/adresselinje2`, adresse.adresselinje2, LIMIT.adresselinje, report);
  longest(`${at}/adresselinje3`, adresse.adresselinje3, LIMIT.adresselinje, report);
  longest(`${at}/postnummer`, adresse.postnummer, LIMIT.postnummer, report);
  longest(`${at}/poststed`, adresse.poststed, LIMIT.poststed, report);
  longest(`${at}/land`, adresse.land, LIMIT.land, report);
}

function checkExposedTo(f: NyForsendelse, rules: ForsendelseRules, report: Report): void {
  mostItems('/eksponertFor', f.eksponertFor, LIMIT.eksponertFor, report);
  f.eksponertFor.forEach((id, index) => {
    const fault = digitalIdFault(id, rules);
    if (fault) report(`/eksponertFor/${index}`, 'digitalId', fault);
  });
}

function checkDocuments(f: NyForsendelse, rules: ForsendelseRules, report: Report): void {
  mostItems('/dokumenter', f.dokumenter, rules.maxDocuments ?? LIMIT.dokumenter, report);
  const names = new Set<string>();
  f.dokumenter.forEach((dokument, index) => {
    const at = `/dokumenter/${index}`;
    validateFileName(`${at}/filnavn`, dokument.filnavn, report);
    const name = fileNameKey(dokument.filnavn);
    if (names.has(name)) report(`${at}/filnavn`, 'uniqueFileName', 'er brukt av et annet dokument');
    names.add(name);
    checkDocument(at, dokument, f.kunDigitalLevering, report);
  });
}

function checkDocument(at: string, dokument: NyttDokument, digitalOnly: boolean, report: Report): void {
  longest(`${at}/mimeType`, dokument.mimeType, LIMIT.mimeType, report);
  longest(`${at}/dokumentType`, dokument.dokumentType, LIMIT.dokumentType, report);
  checkEntries(`${at}/ekstraMetadata`, dokument.ekstraMetadata, report);
  mostItems(`${at}/giroarkSider`, dokument.giroarkSider, LIMIT.giroarkSider, report);
  if (dokument.giroarkSider.some((page) => page < 1)) {
    report(`${at}/giroarkSider`, 'minimum', 'sidetall begynner på 1');
  }
  if (!MIME_TYPE.test(dokument.mimeType)) {
    report(`${at}/mimeType`, 'mimeType', 'er ikke en MIME-type');
  } else if (!digitalOnly && !dokument.ekskluderesFraUtskrift && !isPdf(dokument)) {
    report(
      `${at}/mimeType`,
      'printPdf',
      'må være application/pdf, ellers må dokumentet ekskluderes fra utskrift eller kunDigitalLevering være true',
    );
  }
}

/** SvarUt: validation and limits, the rule on documents to sign. */
function checkSigning(f: NyForsendelse, now: Date, rules: ForsendelseRules, report: Report): void {
  const toSign = f.dokumenter.flatMap((dokument, index) => (dokument.skalSigneres ? [index] : []));
  if (toSign.length === 0) return;
  for (const index of toSign) {
    const at = `/dokumenter/${index}`;
    if (index !== toSign[0]) report(`${at}/skalSigneres`, 'oneToSign', 'høyst ett dokument kan signeres');
    if (!isPdf(f.dokumenter[index]!)) {
      report(`${at}/mimeType`, 'signPdf', 'må være application/pdf når dokumentet skal signeres');
    }
  }
  if (!isPersonId(f.mottaker.digitalId, rules)) {
    report('/mottaker/digitalId', 'signRecipient', 'må være et fødselsnummer når et dokument skal signeres');
  }
  if (!isOrganisationId(f.svarSendesTil?.digitalId, rules)) {
    report(
      '/svarSendesTil/digitalId',
      'signReplyTo',
      'må være et gyldig organisasjonsnummer når et dokument skal signeres',
    );
  }
  if (!f.signaturType) report('/signaturType', 'required', 'mangler (et dokument skal signeres)');
  if (!f.signeringUtloper) {
    report('/signeringUtloper', 'required', 'mangler (et dokument skal signeres)');
  } else if (f.signeringUtloper.getTime() < now.getTime() + ONE_DAY_MS - CLOCK_LEEWAY_MS) {
    report('/signeringUtloper', 'signExpiry', 'må være minst én dag frem i tid');
  }
}

function checkLinks(f: NyForsendelse, report: Report): void {
  mostItems('/lenker', f.lenker, LIMIT.lenker, report);
  f.lenker.forEach((lenke, index) => {
    const at = `/lenker/${index}`;
    longest(`${at}/url`, lenke.url, LIMIT.lenkeUrl, report);
    longest(`${at}/tekst`, lenke.tekst, LIMIT.lenkeTekst, report);
    longest(`${at}/ledetekst`, lenke.ledetekst, LIMIT.lenkeLedetekst, report);
    if (isBlank(lenke.tekst)) report(`${at}/tekst`, 'required', 'mangler');
    if (!isFullUrl(lenke.url)) report(`${at}/url`, 'url', 'er ikke en fullstendig http- eller https-adresse');
  });
}

/**
 * RFC 2396 §2.4.3 leaves out space, controls and `" < > \ ^ { | }` and the backtick. Only http and https: the
 * address becomes a link in people's mailboxes.
 */
function isFullUrl(url: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what the rule is about
  if (/[\u0000-\u0020\u007f"<>\\^`{|}]/.test(url)) return false;
  return /^https?:\/\/[^/]/i.test(url) && URL.canParse(url);
}

function checkNoark(at: string, noark: NoarkMetadata | undefined, report: Report): void {
  if (!noark) return;
  for (const [name, value] of Object.entries(noark)) {
    if (typeof value === 'string') longest(`${at}/${name}`, value, LIMIT.noarkText, report);
  }
  checkEntries(`${at}/ekstraMetadata`, noark.ekstraMetadata ?? [], report);
}

function checkEntries(at: string, entries: readonly Entry[], report: Report): void {
  mostItems(at, entries, LIMIT.metadataEntries, report);
  entries.forEach((entry, index) => {
    if (isBlank(entry.key)) report(`${at}/${index}/key`, 'required', 'mangler');
    longest(`${at}/${index}/key`, entry.key, LIMIT.metadataKey, report);
    longest(`${at}/${index}/value`, entry.value, LIMIT.metadataValue, report);
  });
}

function longest(field: string, text: string | undefined, limit: number, report: Report): void {
  if (text === undefined || text.length <= limit || [...text].length <= limit) return;
  report(field, 'maxLength', `høyst ${limit} tegn`);
}

function mostItems(field: string, items: readonly unknown[], limit: number, report: Report): void {
  if (items.length > limit) report(field, 'maxItems', `høyst ${limit}`);
}

/** Exactly as documents are chosen for inspection: what is printed or signed must have been inspected. */
function isPdf(dokument: NyttDokument): boolean {
  return dokument.mimeType.toLowerCase() === 'application/pdf';
}
