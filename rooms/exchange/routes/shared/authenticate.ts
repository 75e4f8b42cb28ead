import type { Access, IntegrationPrincipal } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface AuthenticateDeps {
  readonly access: Pick<Access, 'authenticateIntegration'>;
  /** Context of a request before anybody is identified. */
  readonly baseCtx: (request: FastifyRequest) => Ctx;
}

/** Who calls, and a context that acts as the integration in the organisation that owns it. */
export interface Caller {
  readonly ctx: Ctx;
  readonly principal: IntegrationPrincipal;
}

const CALLER = 'exchangeCaller';

/**
 * Every route of `scope` needs token, integration id and password, checked before its body is read (fiks-io §1.4).
 * Routes that are open, such as `offentligNokkel`, belong in a scope beside this one.
 */
export function authenticateIntegrations(scope: FastifyInstance, deps: AuthenticateDeps): void {
  scope.decorateRequest(CALLER, null);
  scope.addHook('onRequest', async (request) => {
    const principal = await deps.access.authenticateIntegration({
      authorization: request.headers.authorization,
      // Node.js gives header names in lower case, however they were sent.
      integrasjonId: single(request.headers.integrasjonid),
      integrasjonPassord: single(request.headers.integrasjonpassord),
      address: request.ip,
    });
    const ctx = withCtx(deps.baseCtx(request), { tenant: principal.tenant, actor: principal.actor });
    request.setDecorator<Caller>(CALLER, { ctx, principal });
  });
}

export function caller(request: FastifyRequest): Caller {
  return request.getDecorator<Caller>(CALLER);
}

/** Trimmed: the .NET client trims the password before it is used. */
function single(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.trim();
}
