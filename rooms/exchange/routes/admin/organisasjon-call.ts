import { caller, grantFor } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { ExchangeError } from '../../errors.ts';
import { ADMIN_TAG } from './models.ts';

/** Kind of the grant that lets an integration administer an organisation; its resource is the organisation. */
const EXCHANGE_ORGANISASJON = 'exchange.organisasjon';
export const ORG = '/organisasjoner/:orgId';

export interface OrgParams {
  readonly orgId: string;
}

/**
 * Acts in the organisation of the path, which must have granted itself to the caller; any other is "not found". What the
 * access room does for us there it does for the operator only, so the context is the system's; its id names the
 * integration, and so does the audit log.
 */
export function organisasjonCall(request: FastifyRequest<{ Params: OrgParams }>): Ctx {
  const { ctx, principal } = caller(request);
  const grant = grantFor(principal, EXCHANGE_ORGANISASJON, request.params.orgId.toLowerCase());
  if (!grant || grant.tenant !== grant.resourceId) throw ExchangeError.organisasjonNotFound();
  const actor = {
    kind: 'system',
    id: `integration:${principal.integrationId}`,
    name: principal.name,
  } as const;
  return withCtx(ctx, { tenant: grant.tenant, actor });
}

export function adminSchema(
  operationId: string,
  summary: string,
  response: Readonly<Record<number, TSchema>>,
  body?: TSchema,
) {
  return {
    operationId: `exchangeAdmin_${operationId}`,
    summary,
    tags: [ADMIN_TAG],
    ...(body ? { body } : {}),
    response,
  };
}
