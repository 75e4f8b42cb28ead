import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { isStorable } from '../db/index.ts';
import type { AppError, FieldError } from '../errors/index.ts';
import { formFaults } from './check-form.ts';
import { limitBodies } from './face.ts';

/** Levels of objects and arrays; the deepest published message has five. */
const MAX_DEPTH = 16;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A room's error for faults of form; their fields are JSON pointers, `''` for the whole message. */
export type InvalidForm = (faults: readonly FieldError[]) => AppError;

export interface ParseBodiesOptions {
  readonly maxJsonBytes: number;
  readonly invalid: InvalidForm;
  /** `?niva=` says the same as leaving the parameter out; otherwise it is a value, and has to be a right one. */
  readonly emptyIsAbsent?: boolean;
}

/**
 * Marks a body schema that is not checked before the route: the message is streamed, or the route reads it by itself so
 * as to tell faults of form and of meaning in one answer.
 */
export const STREAMED = { 'x-streamed': true } as const;

/**
 * Makes a face read its JSON messages by our rules: whatever the Content-Type says (published clients differ) and also when
 * the body is empty, at most `maxJsonBytes`, nulls mean absent, and the form is checked against the route's schema without
 * turning one type into another. All faults are told at once.
 */
export function parseBodies(scope: FastifyInstance, options: ParseBodiesOptions): void {
  const { maxJsonBytes, invalid, emptyIsAbsent = false } = options;
  limitBodies(scope, maxJsonBytes);
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJsonMessage(body as Buffer, invalid));
    } catch (error) {
      done(error as Error);
    }
  });
  scope.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    if ('x-streamed' in schema) return () => true;
    const faultsOf = formFaults(schema);
    return (data: unknown) => {
      const value = httpPart === 'querystring' && emptyIsAbsent ? withoutEmpty(data) : (data ?? {});
      const faults = faultsOf(value);
      return faults.length === 0 ? { value } : { error: invalid(faults) };
    };
  });
}

function withoutEmpty(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''),
  );
}

/**
 * Parses a JSON message, and drops what explicitly says nothing: `null` properties mean the same as absent ones. Throws
 * `invalid` for what is not UTF-8 or not JSON, is nested too deep, or holds characters that cannot be stored.
 */
export function parseJsonMessage(bytes: Uint8Array, invalid: InvalidForm): unknown {
  const fault = (field: string, rule: string, message: string) => invalid([{ field, rule, message }]);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw fault('', 'utf8', 'er ikke gyldig UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault('', 'json', 'er ikke gyldig JSON');
  }
  return withoutNulls(value, '', 0, fault);
}

type Fault = (field: string, rule: string, message: string) => AppError;

function withoutNulls(value: unknown, at: string, depth: number, fault: Fault): unknown {
  if (typeof value === 'string') return storable(value, at, fault);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw fault('', 'depth', `har flere enn ${MAX_DEPTH} nivåer`);
  if (Array.isArray(value))
    return value.map((item, index) => withoutNulls(item, `${at}/${index}`, depth + 1, fault));
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null || key === '__proto__') continue;
    storable(key, at, fault);
    kept[key] = withoutNulls(item, `${at}/${key}`, depth + 1, fault);
  }
  return kept;
}

function storable(text: string, at: string, fault: Fault): string {
  if (!isStorable(text)) throw fault(at, 'characters', 'har tegn som ikke er tillatt');
  return text;
}
