import formbody from '@fastify/formbody';
import { DEMONSTRATION_MARK } from '@grunnmur/kernel/auth';
import type { AppError } from '@grunnmur/kernel/errors';
import { type ErrorAnswer, limitBodies, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { type IssuerOptions, issueToken, JWT_BEARER } from '../issuer/issue-token.ts';
import { MAX_ASSERTION_LENGTH } from '../issuer/verify-assertion.ts';
import { WELL_KNOWN } from '../issuer/well-known.ts';
import type { AccessDeps } from '../service/access-deps.ts';
import type { SigningKeys } from '../service/signing-keys.ts';

/** Where a developer reads what the error codes mean. */
const ERROR_URI = 'https://www.rfc-editor.org/rfc/rfc7523#section-3.1';

/** The built-in token issuer, with Maskinporten's paths below `prefix` (which ends without a slash). */
export async function registerIssuerFace(
  app: FastifyInstance,
  prefix: string,
  deps: AccessDeps,
  keys: SigningKeys,
  options: IssuerOptions,
): Promise<void> {
  const face = { name: 'token-issuer', prefix, errorBody: oauthError };
  await registerFace(app, face, async (scope) => {
    // Nothing but forms: a token request is `application/x-www-form-urlencoded` (RFC 6749 §4.5, RFC 7523 §2.1).
    scope.removeAllContentTypeParsers();
    limitBodies(scope, 2 * MAX_ASSERTION_LENGTH);
    await scope.register(formbody);

    publishMetadata(scope, '', options);

    scope.get('/jwk', async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return keys.published();
    });

    scope.post('/token', async (request, reply) => {
      const { grant_type: grantType, assertion } = (request.body ?? {}) as Record<string, unknown>;
      // RFC 6749 §5.1
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
      return issueToken(deps, keys, options, {
        grantType,
        assertion,
        address: request.ip,
      });
    });
  });
}

/** The same below the root, where the well-known part comes before the issuer's path (RFC 8414 §3). */
export async function registerIssuerMetadata(
  app: FastifyInstance,
  prefix: string,
  options: IssuerOptions,
): Promise<void> {
  await app.register(async (scope) => publishMetadata(scope, prefix, options));
}

function publishMetadata(scope: FastifyInstance, issuerPath: string, options: IssuerOptions): void {
  for (const name of WELL_KNOWN) {
    scope.get(`/.well-known/${name}${issuerPath}`, async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return metadata(options);
    });
  }
}

/** RFC 8414 §2. */
function metadata(options: IssuerOptions) {
  const issuer = options.issuer();
  return {
    issuer,
    token_endpoint: `${issuer}token`,
    jwks_uri: `${issuer}jwk`,
    response_types_supported: [],
    grant_types_supported: [JWT_BEARER],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'RS512'],
    ...(options.demonstration ? { [DEMONSTRATION_MARK]: true } : {}),
  };
}

/** RFC 6749 §5.2. */
function oauthError(error: AppError): ErrorAnswer {
  const refused = error.code === 'access.token_refused';
  const code = refused ? String(error.params.error) : statusCode(error.status);
  const description = refused ? String(error.params.description) : error.message;
  return {
    headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    body: { error: code, error_description: description, error_uri: ERROR_URI },
  };
}

function statusCode(status: number): string {
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}
