import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Avvik, DOKUMENT_GRENSER, type DokumentSjekk } from './avvik.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Where a validator of JSON found something: the part that TypeBox's validators have in common. */
export interface JsonSjekk {
  Check(value: unknown): boolean;
  Errors(value: unknown): unknown;
}

interface Brudd {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A check of documents against a schema, compiled when first used. */
export function jsonSjekk(schema: TSchema): DokumentSjekk {
  let sjekk: JsonSjekk | undefined;
  return async (bytes) => {
    sjekk ??= Compile(schema);
    return validateJson(bytes, sjekk);
  };
}

export function validateJson(bytes: Uint8Array, sjekk: JsonSjekk): readonly Avvik[] {
  const lest = parseJson(bytes);
  if ('avvik' in lest) return lest.avvik;
  if (sjekk.Check(lest.verdi)) return [];
  // One kind of validator gives the list alone, the other a pair of verdict and list.
  const svar = sjekk.Errors(lest.verdi) as readonly Brudd[] | readonly [boolean, readonly Brudd[]];
  const brudd = typeof svar[0] === 'boolean' ? (svar[1] as readonly Brudd[]) : (svar as readonly Brudd[]);
  const avvik = brudd.flatMap(toAvvik).slice(0, DOKUMENT_GRENSER.avvik);
  return avvik.length > 0 ? avvik : [{ sti: '/', regel: 'skjema', tekst: 'Dokumentet følger ikke skjemaet' }];
}

/** Only that it is JSON, for documents without a definition. */
export async function checkJson(bytes: Uint8Array): Promise<readonly Avvik[]> {
  const lest = parseJson(bytes);
  return 'avvik' in lest ? lest.avvik : [];
}

function parseJson(bytes: Uint8Array): { readonly verdi: unknown } | { readonly avvik: readonly Avvik[] } {
  if (bytes.byteLength > DOKUMENT_GRENSER.jsonBytes) {
    return {
      avvik: [
        {
          sti: '/',
          regel: 'storrelse',
          tekst: `Dokumentet er større enn ${DOKUMENT_GRENSER.jsonBytes} byte`,
        },
      ],
    };
  }
  if (isDeeper(bytes, MAX_DYBDE)) {
    return { avvik: [{ sti: '/', regel: 'dybde', tekst: `Dokumentet er dypere enn ${MAX_DYBDE} nivåer` }] };
  }
  try {
    return { verdi: JSON.parse(utf8.decode(bytes)) };
  } catch (error) {
    // The parser's own words quote the document, which may hold personal data.
    const sted = /position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
    const hvor = sted ? ` (${sted})` : '';
    return { avvik: [{ sti: '/', regel: 'json', tekst: `Dokumentet er ikke gyldig JSON i UTF-8${hvor}` }] };
  }
}

const MAX_DYBDE = 100;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Looks at the brackets alone: reading millions of them nested would take the parser seconds. */
function isDeeper(bytes: Uint8Array, max: number): boolean {
  let dybde = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at += 1;
      while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    } else if (byte === 0x5b || byte === 0x7b) {
      dybde += 1;
      if (dybde > max) return true;
    } else if (byte === 0x5d || byte === 0x7d) {
      dybde -= 1;
    }
  }
  return false;
}

function toAvvik({ keyword, instancePath, message, params }: Brudd): Avvik[] {
  const sti = instancePath || '/';
  if (keyword === 'required') {
    return (params.requiredProperties as readonly string[]).map((navn) => ({
      sti: `${instancePath}/${navn}`,
      regel: 'mangler',
      tekst: `${navn} mangler`,
    }));
  }
  return [{ sti, regel: REGLER[keyword] ?? keyword, tekst: ruleText(keyword, params) ?? message }];
}

/** The rules have the same names whatever a document is written in. */
const REGLER: Readonly<Record<string, string>> = {
  type: 'type',
  enum: 'verdi',
  const: 'verdi',
  format: 'verdi',
  pattern: 'verdi',
  minItems: 'antall',
  maxItems: 'antall',
  additionalProperties: 'ukjent',
};

const TYPER: Readonly<Record<string, string>> = {
  object: 'et objekt',
  array: 'en liste',
  string: 'en tekst',
  integer: 'et heltall',
  number: 'et tall',
  boolean: 'true eller false',
};

function ruleText(keyword: string, params: Readonly<Record<string, unknown>>): string | undefined {
  switch (keyword) {
    case 'type':
      return `skal være ${TYPER[String(params.type)] ?? String(params.type)}`;
    case 'enum':
      return `skal være en av ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    case 'format':
      return `skal ha formatet ${String(params.format)}`;
    case 'pattern':
      return `skal følge mønsteret ${String(params.pattern)}`;
    case 'minItems':
      return `skal ha minst ${String(params.limit)}`;
    default:
      return undefined;
  }
}
