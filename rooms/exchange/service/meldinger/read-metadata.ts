import { findUnstorable, isStorable } from '@grunnmur/kernel/db';
import type { AppError, FieldError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import { DEFAULT_TTL_MS, MAX_TTL_MS, MIN_TTL_MS } from './limits.ts';

/** The `metadata` part of a send call (fiks-io §2.2). */
export interface SendMetadata {
  readonly avsenderKontoId: string;
  readonly mottakerKontoId: string;
  readonly meldingType: string;
  readonly svarPaMelding: string | undefined;
  /** The effective time to live. */
  readonly ttl: number;
  readonly headere: Readonly<Record<string, string>>;
}

const MAX_TYPE = 250;
const MAX_HEADERS = 100;
/** A header name is a short string in AMQP, with our prefix before it: 255 bytes. */
const MAX_NAME_BYTES = 200;
const MAX_VALUE_BYTES = 8192;
/** AMQP carries all headers of a message in one frame. */
const MAX_HEADERS_BYTES = 32_768;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Reads metadata; unknown fields are let through, since clients may be newer than we (the sender is warned of them). Throws `exchange.invalid` naming every
 * wrong field and its rule.
 */
export function readMetadata(value: Readonly<Record<string, unknown>>): SendMetadata {
  const wrong: FieldError[] = [];
  const metadata: SendMetadata = {
    avsenderKontoId: readId(wrong, value, 'avsenderKontoId') ?? '',
    mottakerKontoId: readId(wrong, value, 'mottakerKontoId') ?? '',
    meldingType: readType(wrong, value.meldingType),
    svarPaMelding: isAbsent(value.svarPaMelding) ? undefined : readId(wrong, value, 'svarPaMelding'),
    ttl: readTtl(wrong, value.ttl),
    headere: readHeaders(wrong, value.headere),
  };
  // What we do not know is looked at only for what nobody can keep.
  const unstorable = wrong.length === 0 ? findUnstorable(value) : undefined;
  if (unstorable !== undefined)
    wrong.push({ field: unstorable, rule: 'characters', message: 'har tegn som ikke kan brukes' });
  if (wrong.length > 0) throw invalidMetadata(wrong);
  return metadata;
}

/** `exchange.invalid` whose text names each field and rule. */
export function invalidMetadata(fields: readonly FieldError[]): AppError {
  const detail = fields
    .slice(0, 10)
    .map(({ field, message, rule }) => `${field}: ${message ?? rule}`)
    .join('; ');
  return ExchangeError.invalid({ params: { detail }, fields });
}

/** The `metadata` part as an object. Throws `exchange.invalid`. */
export function parseMetadata(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // answered below, like JSON that is no object
  }
  throw invalidMetadata([{ field: 'metadata', rule: 'json', message: 'må være et JSON-objekt i UTF-8' }]);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function readId(
  wrong: FieldError[],
  value: Readonly<Record<string, unknown>>,
  field: string,
): string | undefined {
  const id = value[field];
  if (isUuid(id)) return id.toLowerCase();
  const missing = isAbsent(id);
  wrong.push({
    field,
    rule: missing ? 'required' : 'format',
    message: missing ? 'mangler' : 'må være en UUID',
  });
  return undefined;
}

function readType(wrong: FieldError[], value: unknown): string {
  const field = 'meldingType';
  if (isAbsent(value)) wrong.push({ field, rule: 'required', message: 'mangler' });
  else if (typeof value !== 'string') wrong.push({ field, rule: 'type', message: 'må være en tekst' });
  else if (value.length < 1 || value.length > MAX_TYPE)
    wrong.push({ field, rule: 'length', message: `må ha 1 til ${MAX_TYPE} tegn` });
  else if (CONTROL.test(value) || !value.isWellFormed())
    wrong.push({ field, rule: 'characters', message: 'har tegn som ikke kan brukes' });
  else return value;
  return '';
}

function readTtl(wrong: FieldError[], value: unknown): number {
  if (isAbsent(value)) return DEFAULT_TTL_MS;
  if (Number.isInteger(value) && (value as number) >= MIN_TTL_MS && (value as number) <= MAX_TTL_MS)
    return value as number;
  const message = `må være hele millisekunder, fra ${MIN_TTL_MS} til ${MAX_TTL_MS}`;
  wrong.push({ field: 'ttl', rule: 'range', message });
  return 0;
}

function readHeaders(wrong: FieldError[], value: unknown): Record<string, string> {
  if (isAbsent(value)) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    wrong.push({ field: 'headere', rule: 'type', message: 'må være et objekt' });
    return {};
  }
  const entries = Object.entries(value as object).filter(([, text]) => text !== null);
  const total = entries.reduce((sum, [name, text]) => sum + byteLength(name) + byteLength(text), 0);
  if (entries.length > MAX_HEADERS)
    wrong.push({ field: 'headere', rule: 'count', message: `høyst ${MAX_HEADERS}` });
  else if (total > MAX_HEADERS_BYTES)
    wrong.push({ field: 'headere', rule: 'length', message: `høyst ${MAX_HEADERS_BYTES} byte til sammen` });
  else wrong.push(...entries.flatMap(([name, text]) => headerFault(name, text) ?? []));
  return Object.fromEntries(entries as [string, string][]);
}

function headerFault(name: string, text: unknown): FieldError | undefined {
  const field = `headere.${name.slice(0, 60)}`;
  if (name === '' || byteLength(name) > MAX_NAME_BYTES)
    return { field, rule: 'name', message: `navnet må ha 1 til ${MAX_NAME_BYTES} byte` };
  if (CONTROL.test(name) || !name.isWellFormed())
    return { field: 'headere', rule: 'name', message: 'et navn har tegn som ikke kan brukes' };
  if (typeof text !== 'string') return { field, rule: 'type', message: 'må være en tekst' };
  if (byteLength(text) > MAX_VALUE_BYTES)
    return { field, rule: 'length', message: `høyst ${MAX_VALUE_BYTES} byte` };
  if (!isStorable(text)) return { field, rule: 'characters', message: 'har tegn som ikke kan brukes' };
  return undefined;
}

function byteLength(text: unknown): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : 0;
}
