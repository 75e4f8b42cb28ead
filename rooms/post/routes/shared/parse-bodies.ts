import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { formChecker } from './check-form.ts';
import { parseJson } from './parse-json.ts';

/** Marks a body schema that documents a streamed message, which the route reads by itself. */
export const STREAMED = { 'x-streamed': true } as const;

/**
 * Makes a face read its JSON messages by our rules: any Content-Type (the v2 specification declares its bodies as
 * any type, v1 clients differ), at most `maxJsonBytes`, nulls dropped, form checked against the route's schema.
 */
export function parseBodies(scope: FastifyInstance, maxJsonBytes: number): void {
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
        return { value: check(httpPart === 'querystring' ? withoutEmpty(data) : (data ?? {})) };
      } catch (error) {
        return { error: error as Error };
      }
    };
  });
}

/** `?niva=` says the same as leaving the parameter out. */
function withoutEmpty(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''),
  );
}
