/**
 * Names under which clients look for an issuer's metadata: RFC 8414 §3 and OpenID Connect Discovery §4. For an issuer with a
 * path, RFC 8414 puts the name before the path and OpenID Connect after it, and clients do either with either.
 */
export const WELL_KNOWN = ['oauth-authorization-server', 'openid-configuration'] as const;
