import type { FastifyInstance } from 'fastify';

/** The value that a request from a browser's address bar has for the route constraint `reader`. */
export const acceptsPages = 'browser';

/**
 * A route constraint that tells browsers from machines, so that unknown addresses get a page in the one case and the
 * faces' own error answers in the other. Every browser asks for `application/xhtml+xml` when it opens a page, and no
 * HTTP client library does (`text/html` alone is in old Java defaults).
 */
export function registerPageConstraint(scope: FastifyInstance): void {
  if (scope.hasConstraintStrategy('reader')) return;
  scope.addConstraintStrategy({
    name: 'reader',
    mustMatchWhenDerived: false,
    storage: () => {
      const routes = new Map<string, unknown>();
      return {
        get: (value: string) => (routes.get(value) ?? null) as never,
        set: (value: string, store: unknown) => {
          routes.set(value, store);
        },
      };
    },
    deriveConstraint: (request: { headers: { accept?: string | undefined } }) =>
      request.headers.accept?.includes('application/xhtml+xml') ? acceptsPages : undefined,
  });
}
