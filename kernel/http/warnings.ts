import type { FastifyReply } from 'fastify';
import type { AnswerHeader } from './openapi.ts';

/**
 * What a caller should know about a call that went well. Published answers have no place for it, and their clients stop
 * at a property they do not know, so it goes in a header.
 */
export interface Warning {
  /** Stable, `[a-z0-9_]+`; callers match on it. Explained in docs/errors.md. */
  readonly kode: string;
  /** JSON pointer into the message, with the face's own names. */
  readonly felt?: string;
  /** Names are `[a-z0-9_]+`. Never personal data: it ends in logs of callers and proxies. */
  readonly params?: Readonly<Record<string, string | number>>;
}

/** Response header of all calls that may be accepted with warnings. */
const WARNING_HEADER = 'Grunnmur-Advarsel';

/** `answerHeaders` of their schemas. */
export const WARNINGS_TOLD: Readonly<Record<string, AnswerHeader>> = {
  [WARNING_HEADER]: {
    description:
      'Utført, men noe bør avsenderen vite: en liste etter RFC 9651, f.eks. `feilskrevet_felt;felt="/kunDigitalLevring"`. Kodene står i docs/errors.md. Er ikke med når alt er som det skal',
    schema: { type: 'string' },
  },
};

/** Header lines of 8 kB are what common proxies take; a line of ours leaves room for the others. */
const MOST_BYTES = 3000;
const MOST_STRING = 200;

/** Stands in the header for those that had no room; all are in the timeline. */
const MORE = 'flere_advarsler';

/** Hangs the warnings on the answer, if there are any. The route's schema has {@link WARNINGS_TOLD}. */
export function warn(reply: FastifyReply, warnings: readonly Warning[]): void {
  const header = warningHeader(warnings);
  if (header !== undefined) reply.header(WARNING_HEADER, header);
}

/**
 * The warnings as a list of tokens with parameters (RFC 9651, Structured Field Values), ASCII only and of bounded
 * length: `feilskrevet_felt;felt="/kunDigitalLevring";ment="kunDigitalLevering"`. Undefined when there are none.
 */
export function warningHeader(warnings: readonly Warning[]): string | undefined {
  const items: string[] = [];
  let length = 0;
  for (const warning of warnings) {
    const item = structuredItem(warning);
    length += item.length + 2;
    if (length > MOST_BYTES) {
      items.push(structuredItem({ kode: MORE, params: { antall: warnings.length - items.length } }));
      break;
    }
    items.push(item);
  }
  return items.length > 0 ? items.join(', ') : undefined;
}

function structuredItem({ kode, felt, params = {} }: Warning): string {
  const parameters = Object.entries(felt === undefined ? params : { felt, ...params });
  return [kode, ...parameters.map(([name, value]) => `${name}=${bareItem(value)}`)].join(';');
}

function bareItem(value: string | number): string {
  if (typeof value === 'number') return String(Math.trunc(value));
  const text = [...value.slice(0, MOST_STRING).toWellFormed()].join('');
  if (/^[\x20-\x7e]*$/.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`;
  return displayString(text);
}

/** RFC 9651 §3.3.8 and §4.1.11: UTF-8 with everything but harmless ASCII percent-encoded, in lower case. */
function displayString(text: string): string {
  const encoded = [...Buffer.from(text, 'utf8')].map((byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x25 || byte === 0x22
      ? `%${byte.toString(16).padStart(2, '0')}`
      : String.fromCharCode(byte),
  );
  return `%"${encoded.join('')}"`;
}
