import { isStorable } from '@grunnmur/kernel/db';
import type { AppError, FieldError } from '@grunnmur/kernel/errors';
import { ExchangeError } from '../../errors.ts';

/** `exchange.invalid` (400) naming each field and rule. `field` is the name in the message, `a.b` for a nested one. */
function invalid(fields: readonly FieldError[]): AppError {
  const detail = fields.map(({ field, rule, message }) => `${field || 'meldingen'}: ${message ?? rule}`);
  return ExchangeError.invalid({ params: { detail: detail.slice(0, 10).join('; ') }, fields });
}

/** Throws {@link invalid} for one field unless `ok`. */
export function check(ok: boolean, field: string, rule: string, message: string): asserts ok {
  if (!ok) throw invalid([{ field, rule, message }]);
}

/** A text as the tables take it. */
export function checkText(text: string, field: string, min: number, max: number): void {
  check(
    text.length >= min && text.length <= max,
    field,
    text.length < min ? 'minLength' : 'maxLength',
    `må ha ${min} til ${max} tegn`,
  );
  check(isStorable(text), field, 'characters', 'har tegn som ikke er tillatt');
}
