import type { FieldError } from '@grunnmur/kernel/errors';
import { PERSON_NUMBER_TEXT, personNumberFault, personNumberRules } from '@grunnmur/registers';
import { invalidContent } from '../../service/invalid-content.ts';
import type { ReadReport } from '../../service/mark-read.ts';
import { dateReader } from './date-times.ts';
import { text } from './form-values.ts';

interface ReportedFields {
  readonly fnr: { readonly field: string; readonly value: string };
  /** Epoch milliseconds (v1) or ISO 8601 (v2). */
  readonly tidspunkt: { readonly field: string; readonly value: number | string };
  readonly system: string | undefined;
}

/**
 * Another system's report that somebody has read a forsendelse. Throws `post.invalid` under the face's field names.
 * @param faults What is wrong with the message's form, told together with the rest.
 */
export function lestFrom(
  report: ReportedFields,
  synthetic: boolean | undefined,
  faults: readonly FieldError[],
): ReadReport {
  const wrong: FieldError[] = [...faults];
  const dates = dateReader(wrong);
  const { field, value } = report.tidspunkt;
  const tidspunkt = typeof value === 'number' ? dates.epochMs(field, value) : dates.iso(field, value);
  const told = wrong.some((fault) => fault.field === field);
  if (!tidspunkt && !told) wrong.push({ field, rule: 'required', message: 'mangler' });
  const fault = personNumberFault(report.fnr.value, personNumberRules(synthetic));
  if (fault) wrong.push({ field: report.fnr.field, rule: 'fnr', message: PERSON_NUMBER_TEXT[fault] });
  if (wrong.length > 0 || !tidspunkt) throw invalidContent(wrong);
  const system = text(report.system);
  return {
    fnr: report.fnr.value,
    tidspunkt,
    ...(system === undefined ? {} : { system }),
    fields: { fnr: report.fnr.field, tidspunkt: field },
  };
}
