import type { FastifyReply } from 'fastify';

export interface SecurityPolicy {
  readonly https: () => boolean;
  /** Where forms may end besides this site: the login service, for logging out. */
  readonly formOrigins: () => readonly string[];
}

/** Headers of every answer of the portal. Pages have no script at all and no style but our own file. */
export function setSecurityHeaders(reply: FastifyReply, policy: SecurityPolicy): void {
  reply.headers({
    'content-security-policy': pagePolicy(policy.formOrigins()),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Not `no-referrer`: form posts would then carry `Origin: null`, which the origin check must refuse.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'cache-control': 'private, no-store',
    ...(policy.https() ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  });
}

/** For a page that shows a document: frames of our own addresses, and no others. */
export function allowOwnFrames(reply: FastifyReply, policy: SecurityPolicy): void {
  reply.header('content-security-policy', `${pagePolicy(policy.formOrigins())}; frame-src 'self'`);
}

function pagePolicy(formOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    `form-action ${["'self'", ...formOrigins].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/**
 * Headers of a document, which comes from outside and must not run anything here. A PDF is drawn by the browser's own
 * viewer, which the `sandbox` directive would switch off, alone or in the letter's page; every other type is an
 * attachment and gets it.
 */
export function documentHeaders(inline: boolean): Readonly<Record<string, string>> {
  return inline
    ? {
        'content-security-policy':
          "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'",
        'x-frame-options': 'SAMEORIGIN',
      }
    : { 'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox" };
}
