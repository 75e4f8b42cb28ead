import { caller } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { FastifyRequest } from 'fastify';
import type { KontoFacts } from '../../service/kontoer/konto-facts.ts';
import type { getSystem } from '../../service/kontoer/manage-systems.ts';
import { configurableSystem, kontoOfSystem } from '../../service/kontoer/require-configurable.ts';
import type { KontoRouteDeps } from '../shared/konto-route-deps.ts';

/** `P` of fiks-io §2.5: the system that a call configures. */
export const P = '/:fiksOrgId/systemer/:systemId';
export const KONTO = `${P}/kontoer/:kontoId`;

export interface SystemParams {
  readonly fiksOrgId: string;
  readonly systemId: string;
}
export interface KontoParams extends SystemParams {
  readonly kontoId: string;
}

export interface SystemCall {
  readonly ctx: Ctx;
  readonly system: Awaited<ReturnType<typeof getSystem>>;
  /** The organisation that the caller's tokens are for. */
  readonly orgnr: string;
}

/** The system in the path, when it is the caller's own and may be configured by it. */
export async function systemCall(
  request: FastifyRequest<{ Params: SystemParams }>,
  deps: KontoRouteDeps,
): Promise<SystemCall> {
  const { ctx, principal } = caller(request);
  return {
    ctx,
    system: await configurableSystem(ctx, deps, principal, request.params),
    orgnr: principal.orgnr,
  };
}

/** The same with a konto of the system. */
export async function kontoCall(
  request: FastifyRequest<{ Params: KontoParams }>,
  deps: KontoRouteDeps,
): Promise<SystemCall & { readonly konto: KontoFacts }> {
  const call = await systemCall(request as FastifyRequest<{ Params: SystemParams }>, deps);
  return { ...call, konto: await kontoOfSystem(call.ctx, deps, call.system, request.params.kontoId) };
}
