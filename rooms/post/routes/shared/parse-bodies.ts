import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { formChecker } from './check-form.ts';
import { parseJson } from './parse-json.ts';

/** Marks a body schema that documents a streamed message, which the route reads by itself. */
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
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxJsonBytes }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  scope.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    if ('x-streamed' in schema) return () => true;
    const check = formChecker(schema);
    return (data: unknown) => {
      try {
        return {
          value: check(httpPart === 'querystring' && emptyIsAbsent ? withoutEmpty(data) : (data ?? {})),
        };
      } catch (error) {
        return { error: error as Error };
      }
    };
  });
}

function withoutEmpty(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''),
  );
}
