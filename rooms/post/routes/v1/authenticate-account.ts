import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { KontoRef } from '../../types.ts';
import type { FaceDeps } from '../shared/deps.ts';

export interface AccountCaller {
  /** Acts as the account, for its organisation. */
  readonly ctx: Ctx;
  readonly konto: KontoRef;
}

const CALLER = 'svarutV1Caller';

/** Every call of v1 is an account's, by HTTP Basic, checked before its body is read (SvarUt: authentication). */
export function authenticateAccounts(scope: FastifyInstance, deps: FaceDeps): void {
  scope.decorateRequest(CALLER, null);
  scope.addHook('onRequest', async (request) => {
    const account = await deps.access.authenticateAccount(request.headers.authorization, request.ip);
    const caller: AccountCaller = {
      ctx: withCtx(deps.baseCtx(request), {
        tenant: account.tenant,
        actor: account.actor,
      }),
      konto: { id: account.kontoId, tenant: account.tenant },
    };
    request.setDecorator(CALLER, caller);
  });
}

export function accountCaller(request: FastifyRequest): AccountCaller {
  return request.getDecorator<AccountCaller>(CALLER);
}
