import type { AppError, FieldError } from '@grunnmur/kernel/errors';
import { withoutConsequences } from '@grunnmur/kernel/http';
import { PostError } from '../errors.ts';

/** Notes one violated rule. `field` is a JSON pointer into the message. */
export type Report = (field: string, rule: string, message: string) => void;

/** Violations named in one text; the rest are counted. */
const MOST_NAMED = 10;

/**
 * `post.invalid` with every violation. The text begins with "Ugyldig innhold", which published clients match on, and
 * names field and rule, never the value: it may be somebody's identity number.
 */
export function invalidContent(faults: readonly FieldError[]): AppError {
  const fields = withoutConsequences(faults);
  return PostError.invalid({ params: { detail: describeFields(fields) }, fields });
}

/** Shorthand for one violation. `field` is a JSON pointer into the message, `''` for the whole message. */
export function invalidField(field: string, rule: string, message: string): AppError {
  return invalidContent([{ field, rule, message }]);
}

/**
 * The same error with its fields under the names of another face. Everything but `post.invalid` is returned as it is.
 */
export function renameFields(error: unknown, rename: (pointer: string) => string): unknown {
  const isInvalid = (error as Partial<AppError> | undefined)?.code === PostError.invalid().code;
  if (!isInvalid || (error as AppError).fields.length === 0) return error;
  return invalidContent(
    (error as AppError).fields.map((field) => ({ ...field, field: rename(field.field) })),
  );
}

function describeFields(fields: readonly FieldError[]): string {
  const named = fields
    .slice(0, MOST_NAMED)
    .map(({ field, rule, message }) => `${readableName(field)}: ${message ?? rule}`);
  if (fields.length > MOST_NAMED) named.push(`og ${fields.length - MOST_NAMED} til`);
  return named.join('; ');
}

/** `/dokumenter/0/filnavn` as people write it: `dokumenter[0].filnavn`. */
function readableName(pointer: string): string {
  if (pointer === '') return 'meldingen';
  if (!pointer.startsWith('/')) return pointer;
  return pointer
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replace(/^\//, '')
    .replaceAll('/', '.');
}
