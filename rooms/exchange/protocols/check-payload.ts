import type { DokumentSjekk } from './avvik.ts';
import { findMeldingstype, type KjentMeldingstype } from './catalogue.ts';
import { findPayloadSjekk } from './definitions/payloads.ts';
import type { Funn } from './definitions/validator-rapport.ts';
import { advarsel, feil } from './funn.ts';
import { checkJson } from './validate-json.ts';
import type { Melding } from './validate-message.ts';
import { checkWellFormed } from './xml/validate-xml.ts';

/** A file of a payload. `innhold` may be left out for those that {@link mustBeRead} does not ask for. */
export interface Fil {
  readonly navn: string;
  readonly storrelse: number;
  readonly innhold?: Uint8Array;
}

/** Definitions that an operator has loaded; they go before ours. */
export interface EgneSkjemaer {
  find(meldingstype: string): DokumentSjekk | undefined;
}

/** Payload or not, the names of its documents, and their content. */
export async function checkPayload(
  kjent: KjentMeldingstype,
  melding: Pick<Melding, 'filer'>,
  skjemaer?: EgneSkjemaer,
): Promise<Funn[]> {
  const { type } = kjent;
  if (!melding.filer) {
    return type.payload === 'REQUIRED'
      ? [feil('payload', 'payload-mangler', 'Meldingstypen skal ha payload')]
      : [];
  }
  if (type.payload === 'NEVER') {
    return [feil('payload', 'payload-ikke-tillatt', 'Meldingstypen skal ikke ha payload')];
  }
  if (melding.filer === 'ulest') return [];
  const { filer } = melding;
  if (filer.length === 0) return [feil('payload', 'payload-tom', 'Payloaden har ingen filer')];
  if (type.filer.length === 0) return checkFree(kjent, filer, skjemaer);
  const funn: Funn[] = [];
  for (const [nr, navn] of type.filer.entries()) {
    funn.push(...(await checkNamed(kjent, navn, nr === 0, filer, skjemaer)));
  }
  return funn;
}

/** A document with a fixed name. */
async function checkNamed(
  kjent: KjentMeldingstype,
  navn: string,
  hoveddokument: boolean,
  filer: readonly Fil[],
  skjemaer?: EgneSkjemaer,
): Promise<Funn[]> {
  const fil =
    filer.find((fil) => fil.navn === navn) ?? filer.find((fil) => comparable(fil.navn) === comparable(navn));
  if (!fil) return [feil('payload', 'fil-mangler', `Filen ${navn} mangler`)];
  const funn =
    fil.navn === navn ? [] : [feil(fil.navn, 'filnavn', `Filen skal hete ${navn}, med nøyaktig de tegnene`)];
  return [...funn, ...(await (hoveddokument ? checkContent(kjent, fil, skjemaer) : checkBeside(fil)))];
}

/** The main document of types whose file name is not known: the only one in JSON or XML, if there is a definition to hold it against. */
async function checkFree(
  kjent: KjentMeldingstype,
  filer: readonly Fil[],
  skjemaer?: EgneSkjemaer,
): Promise<Funn[]> {
  if (!findSjekk(kjent, skjemaer)) return [];
  const dokumenter = filer.filter(({ navn }) => isDocument(navn));
  if (dokumenter.length === 1) return checkContent(kjent, dokumenter[0]!, skjemaer);
  return [
    advarsel(
      'payload',
      'hoveddokument',
      'Hoveddokumentet er ikke kontrollert: protokollen fastsetter ikke filnavnet',
    ),
  ];
}

async function checkContent(kjent: KjentMeldingstype, fil: Fil, skjemaer?: EgneSkjemaer): Promise<Funn[]> {
  if (!fil.innhold) return [feil(fil.navn, 'storrelse', 'Dokumentet er for stort til å kontrolleres')];
  const sjekk = findSjekk(kjent, skjemaer);
  const avvik = await (sjekk ?? formOnly(fil.navn))(fil.innhold);
  const funn = avvik.map(({ sti, regel, tekst }) => feil(`${fil.navn}:${sti}`, regel, tekst));
  if (sjekk) return funn;
  return [
    ...funn,
    advarsel(
      fil.navn,
      'ingen-definisjon',
      'Meldingstypens payload har ingen publisert definisjon å kontrollere mot',
    ),
  ];
}

/** Documents beside the main one have no published form, and KS' own examples have comments in them. */
async function checkBeside(fil: Fil): Promise<Funn[]> {
  const avvik = fil.innhold ? await formOnly(fil.navn)(fil.innhold) : [];
  return avvik.map(({ sti, regel, tekst }) => advarsel(`${fil.navn}:${sti}`, regel, tekst));
}

function findSjekk({ type }: KjentMeldingstype, skjemaer?: EgneSkjemaer): DokumentSjekk | undefined {
  const navn = type.variantAv ?? type.navn;
  return skjemaer?.find(type.navn) ?? skjemaer?.find(navn) ?? findPayloadSjekk(navn);
}

function formOnly(filnavn: string): DokumentSjekk {
  const navn = comparable(filnavn);
  if (navn.endsWith('.xml')) return checkWellFormed;
  return navn.endsWith('.json') ? checkJson : async () => [];
}

/** Does the check of the type need the content of this file? */
export function mustBeRead(meldingstype: string, filnavn: string): boolean {
  const filer = findMeldingstype(meldingstype)?.type.filer ?? [];
  const navn = comparable(filnavn);
  return filer.length > 0 ? filer.some((fil) => comparable(fil) === navn) : isDocument(filnavn);
}

function isDocument(filnavn: string): boolean {
  return /\.(json|xml)$/i.test(filnavn);
}

/** Names are Unicode NFC, and a difference in case only is told as such (fiks-io §4.1). */
function comparable(navn: string): string {
  return navn.normalize('NFC').toLowerCase();
}
