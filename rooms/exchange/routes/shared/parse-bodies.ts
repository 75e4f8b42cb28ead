import { isStorable } from '@grunnmur/kernel/db';
import type { FieldError } from '@grunnmur/kernel/errors';
import { describe, formFaults, limitBodies } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { ExchangeError } from '../../errors.ts';

const MAX_DEPTH = 16;
const MAX_JSON_BYTES = 262_144;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes a face read JSON by our rules: whatever the Content-Type says and also when the body is empty (clients send the
 * header with bodiless calls), nulls mean absent, and the form is checked without turning one type into another.
 */
export function parseBodies(scope: FastifyInstance): void {
  limitBodies(scope, MAX_JSON_BYTES);
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  scope.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    if ('x-streamed' in schema) return () => true;
    const faultsOf = formFaults(schema);
    return (data: unknown) => {
      const value = httpPart === 'body' ? (data ?? {}) : data;
      const faults = faultsOf(value);
      return faults.length === 0 ? { value } : { error: invalid(faults.map(dotted)) };
    };
  });
}

/** Marks a body schema that documents a multipart message, which the route reads by itself. */
export const STREAMED = { 'x-streamed': true } as const;

/** Fields as the face names them: `eksponertFor.0.type`. */
function dotted(fault: FieldError): FieldError {
  return { ...fault, field: fault.field.replace(/^\//, '').replaceAll('/', '.') };
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
