import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PostError } from '../../errors.ts';
import type { ReadOperation } from '../../service/traces.ts';
import type { KontoRef } from '../../types.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';

export interface IntegrationCaller {
  /** Acts as the integration, for no organisation yet. */
  readonly ctx: Ctx;
  /** The accounts it has been granted, possibly of several organisations. */
  readonly kontoer: readonly KontoRef[];
}

/** A call bound to one account, and its context. */
export interface KontoCall {
  readonly ctx: Ctx;
  readonly konto: KontoRef;
}

const CALLER = 'svarutV2Caller';

/** Every call of v2 carries token, integration id and password, checked before its body is read (SvarUt: authentication). */
export function authenticateIntegrations(scope: FastifyInstance, deps: FaceDeps): void {
  scope.decorateRequest(CALLER, null);
  scope.addHook('onRequest', async (request) => {
    const integration = await deps.access.authenticateIntegration({
      authorization: request.headers.authorization,
      integrasjonId: single(request.headers.integrasjonid),
      integrasjonPassord: single(request.headers.integrasjonpassord),
      address: request.ip,
    });
    const caller: IntegrationCaller = {
      ctx: withCtx(deps.baseCtx(request), { actor: integration.actor }),
      kontoer: integration.grants
        .filter((grant) => grant.resourceKind === 'svarut.konto')
        .map((grant) => ({ id: grant.resourceId, tenant: grant.tenant })),
    };
    request.setDecorator(CALLER, caller);
  });
}

export function integrationCaller(request: FastifyRequest): IntegrationCaller {
  return request.getDecorator<IntegrationCaller>(CALLER);
}

/**
 * The account named in the path. One that is unknown, not a UUID or not granted answers alike, so that nobody can
 * find out which accounts others have. Throws `post.konto_not_found`.
 */
export function kontoCall(request: FastifyRequest, kontoId: string): KontoCall {
  const { ctx, kontoer } = integrationCaller(request);
  const konto = kontoer.find((granted) => granted.id.toLowerCase() === kontoId.toLowerCase());
  if (!konto) throw PostError.kontoNotFound();
  return { ctx: withCtx(ctx, { tenant: konto.tenant }), konto };
}

/**
 * The account among those granted that owns the forsendelse in the path. Throws `post.not_found`, which leaves a trace
 * of what was `wanted`.
 */
export async function ownerCall(
  request: FastifyRequest,
  deps: FaceDeps,
  id: string,
  wanted: ReadOperation,
): Promise<KontoCall & { readonly id: string }> {
  const { ctx, kontoer } = integrationCaller(request);
  const forsendelse = forsendelseId(id);
  const [first] = kontoer;
  if (!first) throw PostError.notFound();
  const tenant = kontoer.every((konto) => konto.tenant === first.tenant) ? first.tenant : null;
  // With one account there is nothing to look for: the call itself says when the forsendelse is not the account's.
  const konto =
    kontoer.length === 1
      ? first
      : await deps.service.locate(withCtx(ctx, { tenant }), kontoer, forsendelse, wanted);
  return { ctx: withCtx(ctx, { tenant: konto.tenant }), konto, id: forsendelse };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
