import { isUuid } from '@grunnmur/kernel/ids';
import type { DokumentlagerDeps } from './deps.ts';
import { isObject, type JsonObject, type Report } from './field-report.ts';

const RESSURSTYPER = ['BYGGESAKER', 'FAKTURA', 'POST', 'SKJEMA', 'ANDRE_SAKER'] as const;

/** Who a document is open to, beside the integration of its konto (fiks-io §2.6). */
export type EksponertFor =
  | { readonly type: 'PERSON'; readonly fnr: string }
  | {
      readonly type: 'ORGANISASJON';
      readonly orgnr: string;
      readonly ressursType?: (typeof RESSURSTYPER)[number];
    }
  | { readonly type: 'INTEGRASJON'; readonly id: string }
  | { readonly type: 'AUTORISASJON'; readonly privilegium: string; readonly ressurs: string }
  | {
      readonly type: 'MATRIKKELENHET';
      readonly matrikkelenhet: {
        readonly kommunenummer: string;
        readonly gardsnummer: string;
        readonly bruksnummer: string;
        readonly festenummer?: string;
        readonly seksjonsnummer?: string;
      };
    };

type Numbers = Pick<DokumentlagerDeps, 'fnrFault' | 'isValidOrgnr'>;

/** More than this is no list of readers. */
const MAX_ENTRIES = 500;

/** Reads the list; absent is empty. What is unknown in an entry is left out, so that only what was checked is stored. */
export function readEksponertFor(value: unknown, numbers: Numbers, report: Report): EksponertFor[] {
  const list = value ?? [];
  if (!Array.isArray(list)) {
    report('eksponertFor', 'type', 'må være en liste');
    return [];
  }
  if (list.length > MAX_ENTRIES) {
    report('eksponertFor', 'maxItems', `høyst ${MAX_ENTRIES}`);
    return [];
  }
  return list.flatMap((item: unknown, index) => {
    const field = `eksponertFor[${index}]`;
    if (!isObject(item)) {
      report(field, 'type', 'må være et objekt');
      return [];
    }
    const entry = readEntry(item, field, numbers, report);
    return entry ? [entry] : [];
  });
}

function readEntry(
  item: JsonObject,
  field: string,
  numbers: Numbers,
  report: Report,
): EksponertFor | undefined {
  const text = (name: string, rule: string, message: string, valid: (value: string) => boolean) =>
    readText(item, field, name, { rule, fault: (value) => (valid(value) ? undefined : message) }, report);
  switch (item.type) {
    case 'PERSON': {
      const fnr = readText(item, field, 'fnr', { rule: 'fnr', fault: numbers.fnrFault }, report);
      return fnr === undefined ? undefined : { type: 'PERSON', fnr };
    }
    case 'ORGANISASJON': {
      const orgnr = text('orgnr', 'orgnr', 'er ikke et gyldig organisasjonsnummer', numbers.isValidOrgnr);
      const ressursType = RESSURSTYPER.find((type) => type === item.ressursType);
      if (ressursType === undefined && (item.ressursType ?? undefined) !== undefined)
        report(`${field}.ressursType`, 'enum', `må være en av ${RESSURSTYPER.join(', ')}`);
      return orgnr === undefined
        ? undefined
        : { type: 'ORGANISASJON', orgnr, ...(ressursType ? { ressursType } : {}) };
    }
    case 'INTEGRASJON': {
      const id = text('id', 'uuid', 'må være en UUID', isUuid);
      return id === undefined ? undefined : { type: 'INTEGRASJON', id: id.toLowerCase() };
    }
    case 'AUTORISASJON': {
      const privilegium = text('privilegium', 'pattern', 'må være navnet på et privilegium', isPrivilegium);
      const ressurs = text('ressurs', 'uuid', 'må være en UUID', isUuid);
      return privilegium === undefined || ressurs === undefined
        ? undefined
        : { type: 'AUTORISASJON', privilegium, ressurs: ressurs.toLowerCase() };
    }
    case 'MATRIKKELENHET':
      return readMatrikkelenhet(item.matrikkelenhet, `${field}.matrikkelenhet`, report);
    default:
      report(
        `${field}.type`,
        'enum',
        'må være en av PERSON, ORGANISASJON, INTEGRASJON, AUTORISASJON, MATRIKKELENHET',
      );
      return undefined;
  }
}

function readMatrikkelenhet(value: unknown, field: string, report: Report): EksponertFor | undefined {
  if (!isObject(value)) {
    report(field, 'required', 'mangler');
    return undefined;
  }
  const number = (name: string, pattern: RegExp) =>
    readText(
      value,
      field,
      name,
      {
        rule: 'pattern',
        fault: (text) => (pattern.test(text) ? undefined : 'må være et nummer som tekst'),
      },
      report,
    );
  const optional = (name: string) => {
    const given = (value[name] ?? '') === '' ? undefined : number(name, NUMBER);
    return given === undefined ? {} : { [name]: given };
  };
  const kommunenummer = number('kommunenummer', /^\d{4}$/);
  const gardsnummer = number('gardsnummer', NUMBER);
  const bruksnummer = number('bruksnummer', NUMBER);
  const rest = { ...optional('festenummer'), ...optional('seksjonsnummer') };
  if (kommunenummer === undefined || gardsnummer === undefined || bruksnummer === undefined) return undefined;
  return { type: 'MATRIKKELENHET', matrikkelenhet: { kommunenummer, gardsnummer, bruksnummer, ...rest } };
}

const NUMBER = /^\d{1,5}$/;

function isPrivilegium(value: string): boolean {
  return /^[A-Za-z0-9ÆØÅæøå._-]{1,100}$/.test(value);
}

function readText(
  item: JsonObject,
  field: string,
  name: string,
  check: { readonly rule: string; readonly fault: (value: string) => string | undefined },
  report: Report,
): string | undefined {
  const value = item[name] ?? undefined;
  if (value === undefined) report(`${field}.${name}`, 'required', 'mangler');
  else if (typeof value !== 'string') report(`${field}.${name}`, 'type', 'må være en tekst');
  else {
    const fault = check.fault(value);
    if (fault === undefined) return value;
    report(`${field}.${name}`, check.rule, fault);
  }
  return undefined;
}
