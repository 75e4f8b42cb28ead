import { findUnstorable } from '@grunnmur/kernel/db';
import type { AppError, FieldError } from '@grunnmur/kernel/errors';
import { DocumentsError } from '../errors.ts';

/** Notes one violated rule. */
export type Report = (field: string, rule: string, message: string) => void;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Violations named in one text; the rest are counted. */
const MOST_NAMED = 10;

/** `exchange.invalid` that names every field and rule, never the value: it may be somebody's identity number. */
function invalidFields(fields: readonly FieldError[]): AppError {
  const named = fields.slice(0, MOST_NAMED).map(({ field, rule, message }) => `${field}: ${message ?? rule}`);
  if (fields.length > MOST_NAMED) named.push(`og ${fields.length - MOST_NAMED} til`);
  return DocumentsError.invalid({ params: { detail: named.join('; ') }, fields });
}

/** Shorthand for one violation. */
export function invalidField(field: string, rule: string, message: string): AppError {
  return invalidFields([{ field, rule, message }]);
}

/** Runs `read` and throws everything it reported. */
export function checked<T>(read: (report: Report) => T): T {
  const fields: FieldError[] = [];
  const value = read((field, rule, message) => void fields.push({ field, rule, message }));
  if (fields.length > 0) throw invalidFields(fields);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses a JSON object, whatever its Content-Type said. `field` names it in errors. */
export function parseJsonObject(bytes: Uint8Array, field: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw invalidField(field, 'json', 'er ikke gyldig JSON i UTF-8');
  }
  if (!isObject(value)) throw invalidField(field, 'type', 'må være et objekt');
  const unstorable = findUnstorable(value);
  if (unstorable !== undefined) throw invalidField(unstorable, 'characters', 'har tegn som ikke er tillatt');
  return value;
}
