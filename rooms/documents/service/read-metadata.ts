import { isUuid } from '@grunnmur/kernel/ids';
import { isBlank, turnsDirection } from '@grunnmur/kernel/text';
import type { DokumentlagerDeps } from './deps.ts';
import { type EksponertFor, readEksponertFor } from './eksponert-for.ts';
import { checked, type JsonObject, type Report } from './field-report.ts';
import { readTilgjengelighet, type Tilgjengelighet } from './tilgjengelighet.ts';

/** The `metadata` part of an upload, checked. */
export interface NyttDokument {
  /** Unicode NFC, no path. */
  readonly navn: string;
  readonly mimetype: string;
  readonly sikkerhetsniva: 3 | 4;
  readonly eksponertFor: readonly EksponertFor[];
  readonly korrelasjonsid: string | undefined;
  readonly ikkeLagreLastetNed: boolean;
  readonly tilgjengelighet: Tilgjengelighet;
}

const MAX_NAME = 255;
/** Paths and controls: the name becomes a file's, on machines of any kind. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what the rule is about
const FORBIDDEN_IN_NAME = /[/\\\u0000-\u001f\u007f-\u009f]/;
/** Type, subtype and parameters (RFC 9110 §8.3.1): it is sent as a header when the document is fetched. */
const MIMETYPE =
  /^[\w!#$&^.+-]{1,80}\/[\w!#$&^.+-]{1,80}(?:\s?;\s?[\w!#$&^.+-]{1,40}=(?:[\w!#$&^.+-]{1,60}|"[ \w!#$&^.+:/-]{0,60}"))*$/;

/**
 * Reads the metadata (fiks-io §2.6). Note its spelling `mimetype`; results say `mimeType`. Throws `exchange.invalid`
 * naming every field and rule.
 */
export function readMetadata(
  source: JsonObject,
  now: Date,
  deps: Pick<DokumentlagerDeps, 'fnrFault' | 'isValidOrgnr'>,
): NyttDokument {
  return checked((report) => ({
    navn: readName(source.dokumentnavn, report),
    mimetype: readMimetype(source, report),
    sikkerhetsniva: readSikkerhetsniva(source.sikkerhetsniva, report),
    eksponertFor: readEksponertFor(source.eksponertFor, deps, report),
    korrelasjonsid: readKorrelasjonsid(source.korrelasjonsid, report),
    ikkeLagreLastetNed: readFlag(source.ikkeLagreDokumentLastetNed, report),
    tilgjengelighet: readTilgjengelighet(source, now, report),
  }));
}

function readName(value: unknown, report: Report): string {
  const field = 'dokumentnavn';
  if (typeof value !== 'string' || isBlank(value)) {
    report(field, 'required', 'mangler');
    return '';
  }
  if (!value.isWellFormed()) {
    report(field, 'characters', 'har tegn som ikke er tillatt');
    return '';
  }
  const name = value.normalize('NFC');
  if ([...name].length > MAX_NAME) report(field, 'maxLength', `høyst ${MAX_NAME} tegn`);
  if (FORBIDDEN_IN_NAME.test(name) || turnsDirection(name) || /^\.+$/.test(name))
    report(field, 'fileName', 'kan ikke ha / eller \\ eller styretegn');
  return name;
}

function readMimetype(source: JsonObject, report: Report): string {
  const value = source.mimetype ?? undefined;
  if (value === undefined) {
    const spelling = source.mimeType === undefined ? '' : ' (feltet heter mimetype, med liten t)';
    report('mimetype', 'required', `mangler${spelling}`);
  } else if (typeof value !== 'string' || value.length > 255 || !MIMETYPE.test(value)) {
    report('mimetype', 'format', 'må være en medietype, som application/pdf');
  } else return value;
  return '';
}

function readSikkerhetsniva(value: unknown, report: Report): 3 | 4 {
  if (value === 3 || value === 4) return value;
  report('sikkerhetsniva', (value ?? undefined) === undefined ? 'required' : 'enum', 'må være 3 eller 4');
  return 4;
}

/** Also the body of a search. */
export function readKorrelasjonsid(value: unknown, report: Report): string | undefined {
  if ((value ?? undefined) === undefined) return undefined;
  if (isUuid(value)) return value.toLowerCase();
  report('korrelasjonsid', 'uuid', 'må være en UUID');
  return undefined;
}

function readFlag(value: unknown, report: Report): boolean {
  if (typeof value === 'boolean') return value;
  if ((value ?? undefined) !== undefined)
    report('ikkeLagreDokumentLastetNed', 'type', 'må være true eller false');
  return false;
}
