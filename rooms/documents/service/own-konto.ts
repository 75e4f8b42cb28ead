import type { IntegrationPrincipal } from '@grunnmur/access';
import type { Konto } from '@grunnmur/exchange';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { DocumentsError } from '../errors.ts';
import type { DokumentlagerDeps } from './deps.ts';

/** The konto in a path: the organisation it is said to be of, and its id. */
export interface KontoPath {
  readonly fiksOrgId: string;
  readonly kontoId: string;
}

/**
 * The caller's konto and a context in its organisation. Somebody else's konto is not found; the caller's own that has
 * been deleted is gone (fiks-io §2.6: 404 and 410).
 */
export async function ownKonto(
  ctx: Ctx,
  deps: Pick<DokumentlagerDeps, 'kontoer'>,
  principal: IntegrationPrincipal,
  path: KontoPath,
): Promise<{ ctx: Ctx; konto: Konto }> {
  const konto = await deps.kontoer.find(ctx, path.kontoId);
  if (!konto || konto.integrasjonId !== principal.integrationId) throw DocumentsError.kontoNotFound();
  if (konto.tenant !== path.fiksOrgId.toLowerCase()) throw DocumentsError.organisasjonNotFound();
  if (konto.slettet) throw DocumentsError.kontoGone();
  return { ctx: withCtx(ctx, { tenant: konto.tenant }), konto };
}
