import { isStorable } from '@grunnmur/kernel/db';
import type { FieldError } from '@grunnmur/kernel/errors';
import { describe } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ExchangeError } from '../../errors.ts';

const MAX_DEPTH = 16;
const MAX_JSON_BYTES = 262_144;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes a face read JSON by our rules: whatever the Content-Type says and also when the body is empty (clients send the
 * header with bodiless calls), nulls mean absent, and the form is checked without turning one type into another.
 */
export function parseBodies(scope: FastifyInstance): void {
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_JSON_BYTES },
    (_request, body, done) => {
      try {
        done(null, body.length === 0 ? undefined : parseJson(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  scope.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    if ('x-streamed' in schema) return () => true;
    const validator = Compile(schema);
    return (data: unknown) => {
      const value = httpPart === 'body' ? (data ?? {}) : data;
      if (validator.Check(value)) return { value };
      const violations = validator.Errors(value) as Violation[];
      return { error: invalid(violations.slice(0, 20).flatMap(toFieldErrors)) };
    };
  });
}

/** Marks a body schema that documents a multipart message, which the route reads by itself. */
export const STREAMED = { 'x-streamed': true } as const;

interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function toFieldErrors({ keyword, instancePath, params, message }: Violation): FieldError[] {
  const field = instancePath.replace(/^\//, '').replaceAll('/', '.');
  if (keyword === 'required')
    return (params.requiredProperties as readonly string[]).map((name) => ({
      field: field ? `${field}.${name}` : name,
      rule: 'required',
      message: 'mangler',
    }));
  return [{ field, rule: keyword, message: ruleText(keyword, params) ?? message }];
}

function ruleText(keyword: string, params: Readonly<Record<string, unknown>>): string | undefined {
  switch (keyword) {
    case 'type':
      return `må være ${String(params.type)}`;
    case 'maxLength':
    case 'maxItems':
    case 'maximum':
      return `høyst ${String(params.limit)}`;
    case 'minLength':
    case 'minItems':
    case 'minimum':
      return `minst ${String(params.limit)}`;
    case 'format':
      return `må ha formatet ${String(params.format)}`;
    case 'pattern':
      return `må passe ${String(params.pattern)}`;
    case 'enum':
      return `må være en av ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    default:
      return undefined;
  }
}

function invalid(fields: readonly FieldError[]) {
  return ExchangeError.invalid({ params: { detail: describe(fields) }, fields });
}

function parseJson(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw invalid([{ field: '', rule: 'json', message: 'er ikke gyldig JSON i UTF-8' }]);
  }
  return withoutNulls(value, '', 0);
}

function withoutNulls(value: unknown, at: string, depth: number): unknown {
  if (typeof value === 'string') {
    if (!isStorable(value)) throw unstorable(at);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH)
    throw invalid([{ field: '', rule: 'depth', message: `har flere enn ${MAX_DEPTH} nivåer` }]);
  const below = (key: string | number) => (at ? `${at}.${key}` : String(key));
  if (Array.isArray(value)) return value.map((item, nr) => withoutNulls(item, below(nr), depth + 1));
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null || key === '__proto__') continue;
    if (!isStorable(key)) throw unstorable(at);
    kept[key] = withoutNulls(item, below(key), depth + 1);
  }
  return kept;
}

function unstorable(field: string) {
  return invalid([{ field, rule: 'characters', message: 'har tegn som ikke er tillatt' }]);
}
