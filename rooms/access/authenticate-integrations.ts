import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access, IntegrationPrincipal } from './contract.ts';

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

const CALLER = 'integrationCaller';

/**
 * Every route of `scope` needs token, integration id and password in their headers, checked before its body is read
 * (Fiks-plattformen: autentisering). Routes that are open belong in a scope beside this one. What a refusal looks like is the
 * face's own matter.
 */
export function authenticateIntegrations(scope: FastifyInstance, deps: AuthenticateDeps): void {
  scope.decorateRequest(CALLER, null);
  scope.addHook('onRequest', async (request) => {
    const { headers } = request;
    const principal = await deps.access.authenticateIntegration({
      authorization: headers.authorization,
      // Node.js gives header names in lower case, however they were sent.
      integrasjonId: single(headers.integrasjonid),
      integrasjonPassord: single(headers.integrasjonpassord),
      address: request.ip,
    });
    const ctx = withCtx(deps.baseCtx(request), { tenant: principal.tenant, actor: principal.actor });
    request.setDecorator<Caller>(CALLER, { ctx, principal });
  });
}

/** Who calls a route of a scope under {@link authenticateIntegrations}. */
export function caller(request: FastifyRequest): Caller {
  return request.getDecorator<Caller>(CALLER);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
