import type { FastifyError, FastifySchemaValidationError } from 'fastify';
import { AppError, type FieldError, isAppError, KernelError } from '../errors/index.ts';
import { troubleOf } from '../errors/trouble.ts';
import { ruleText } from './rule-text.ts';

/** Bytes that a route reads into memory when nothing else is said. */
export const DEFAULT_BODY_LIMIT = 1_048_576;

/** As many as `formFaults` tells; who breaks more has not read the interface. */
const MOST_FAULTS = 100;

/**
 * Anything thrown while a request is handled, as an error that may be shown. What is unknown becomes `internal`.
 * @param bodyLimit Bytes that the route reads at most, for the refusal of more.
 */
export function toAppError(thrown: unknown, bodyLimit?: number): AppError {
  if (isAppError(thrown)) return thrown;
  const error = thrown as Partial<FastifyError>;
  if (error.validation) {
    const faults = error.validation.slice(0, MOST_FAULTS);
    const fields = faults.map((item) => fieldError(item, error.validationContext ?? 'body'));
    return KernelError.validation({ params: { detail: describe(fields) }, fields });
  }
  switch (error.statusCode) {
    case 400:
    case 415:
      return new AppError(
        'kernel.validation',
        { status: error.statusCode, message: 'Ugyldig innhold: {detail}' },
        {
          params: { detail: unreadable(error.code) },
          cause: thrown,
        },
      );
    case 404:
      return KernelError.notFound({ cause: thrown });
    case 413:
      return KernelError.tooLarge({ params: { limit: bodyLimit ?? DEFAULT_BODY_LIMIT }, cause: thrown });
    case 429:
      return KernelError.rateLimited({ params: { seconds: 60 }, cause: thrown });
    default:
      return troubleOf(thrown) ?? KernelError.internal({ cause: thrown });
  }
}

function unreadable(code: string | undefined): string {
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'innholdstypen støttes ikke';
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'tom melding';
  return 'meldingen er ikke gyldig JSON';
}

/** One line that names each field and its rule, for protocols that have only a text. */
export function describe(fields: readonly FieldError[]): string {
  return fields
    .slice(0, 10)
    .map((field) => `${field.field || 'meldingen'}: ${field.message ?? field.rule}`)
    .join('; ');
}

function fieldError(item: FastifySchemaValidationError, context: string): FieldError {
  const params = item.params as Record<string, unknown>;
  // Ajv tells the schema with the fault (`verbose`).
  const rule = (item as { parentSchema?: Readonly<Record<string, unknown>> }).parentSchema?.['x-regel'];
  const words = typeof rule === 'string' ? rule : undefined;
  const missing = item.keyword === 'required' ? `/${String(params.missingProperty)}` : '';
  const path = `${item.instancePath}${missing}`.replace(/^\//, '').replaceAll('/', '.');
  return { field: path || context, rule: item.keyword, message: ruleText(item.keyword, params, words) };
}
