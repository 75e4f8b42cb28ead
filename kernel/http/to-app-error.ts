import type { FastifyError, FastifySchemaValidationError } from 'fastify';
import { AppError, type FieldError, isAppError, KernelError } from '../errors/index.ts';
import { troubleOf } from '../errors/trouble.ts';

/** Anything thrown while a request is handled, as an error that may be shown. What is unknown becomes `internal`. */
export function toAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const error = thrown as Partial<FastifyError>;
  if (error.validation) {
    const fields = error.validation.map((item) => fieldError(item, error.validationContext ?? 'body'));
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
      return KernelError.tooLarge({ params: { limit: 'nådd' }, cause: thrown });
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
  const missing = item.keyword === 'required' ? `/${String(params.missingProperty)}` : '';
  const path = `${item.instancePath}${missing}`.replace(/^\//, '').replaceAll('/', '.');
  return { field: path || context, rule: item.keyword, message: ruleText(item.keyword, params) };
}

function ruleText(keyword: string, params: Record<string, unknown>): string {
  switch (keyword) {
    case 'required':
      return 'mangler';
    case 'maxLength':
    case 'maxItems':
    case 'maximum':
      return `høyst ${String(params.limit)}`;
    case 'minLength':
    case 'minItems':
    case 'minimum':
      return `minst ${String(params.limit)}`;
    case 'type':
      return `må være ${String(params.type)}`;
    case 'format':
      return `må ha formatet ${String(params.format)}`;
    case 'pattern':
      return `må passe ${String(params.pattern)}`;
    case 'enum':
      return `må være en av ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'uniqueItems':
      return 'har like verdier';
    default:
      return keyword;
  }
}
