import { formFaults, limitBodies } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { invalidContent } from '../../service/invalid-content.ts';
import { parseJson } from './parse-json.ts';

/**
 * Marks a body schema that is not checked before the route: the message is streamed, or the route reads it by itself so
 * as to tell faults of form and of meaning in one answer.
 */
export const STREAMED = { 'x-streamed': true } as const;

/**
 * Makes a face read its JSON messages by our rules: any Content-Type (the v2 specification declares its bodies as
 * any type, v1 clients differ), at most `maxJsonBytes`, nulls dropped, form checked against the route's schema. With
 * `emptyIsAbsent`, `?niva=` says the same as leaving the parameter out; otherwise it is a value, and has to be a right one.
 */
export function parseBodies(
  scope: FastifyInstance,
  { maxJsonBytes, emptyIsAbsent }: { readonly maxJsonBytes: number; readonly emptyIsAbsent: boolean },
): void {
  limitBodies(scope, maxJsonBytes);
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
      const value = httpPart === 'querystring' && emptyIsAbsent ? withoutEmpty(data) : (data ?? {});
      const faults = faultsOf(value);
      return faults.length === 0 ? { value } : { error: invalidContent(faults) };
    };
  });
}

function withoutEmpty(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''),
  );
}
