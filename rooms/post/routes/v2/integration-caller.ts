import { caller, SVARUT_KONTO } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import type { FastifyRequest } from 'fastify';
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

/** Who calls, and which accounts that gives. */
export function integrationCaller(request: FastifyRequest): IntegrationCaller {
  const { ctx, principal } = caller(request);
  return {
    ctx: withCtx(ctx, { tenant: null }),
    kontoer: principal.grants
      .filter((grant) => grant.resourceKind === SVARUT_KONTO)
      .map((grant) => ({ id: grant.resourceId, tenant: grant.tenant })),
  };
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
