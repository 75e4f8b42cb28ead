import type { FastifyInstance } from 'fastify';
import type { KontoAdmin } from '../service/kontoer/create-konto-admin.ts';
import { registerAdmin } from './admin/register-admin.ts';
import { registerKatalog, registerProtokollKatalog } from './katalog/register-katalog.ts';
import { registerKonto } from './konto/register-konto.ts';
import { registerProtokoll } from './protokoll/register-protokoll.ts';
import type { KontoRouteDeps } from './shared/konto-route-deps.ts';

/** Mounts every face of accounts: catalogues, administration of kontoer, protokoll configuration and our own API. */
export async function registerKontoer(
  app: FastifyInstance,
  deps: KontoRouteDeps & { readonly admin: KontoAdmin },
): Promise<void> {
  await registerKatalog(app, deps);
  await registerProtokollKatalog(app, deps);
  await registerKonto(app, deps);
  await registerProtokoll(app, deps);
  await registerAdmin(app, deps);
}
