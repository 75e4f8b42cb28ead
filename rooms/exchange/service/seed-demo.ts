import { X509Certificate } from 'node:crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { PartRef } from '../store/kontoer/facts-store.ts';
import type { KontoAdmin, KontoDeps } from './kontoer/index.ts';
import { giveTilgang, listTilganger } from './kontoer/manage-tilganger.ts';

/** A system of one organisation with its kontoer; ids are stable, so that scripts work against the next demonstration. */
export interface ExchangeDemoSystem {
  readonly systemId: string;
  readonly integrasjonId: string;
  readonly navn: string;
  readonly kontoer: readonly ExchangeDemoKonto[];
}

export interface ExchangeDemoKonto {
  readonly id: string;
  readonly navn: string;
  readonly certificatePem: string;
  readonly protokoll?: string;
  readonly parter?: readonly PartRef[];
  /** Systems of others that may send to it. */
  readonly tilgang?: readonly string[];
}

/** Creates what is missing of a system of `ctx.tenant`, the same at every start. Grants come last: see {@link seedTilganger}. */
export async function seedSystem(ctx: Ctx, admin: KontoAdmin, system: ExchangeDemoSystem): Promise<void> {
  const { systemId, integrasjonId, navn } = system;
  const systems = await admin.listSystems(ctx);
  if (!systems.some(({ id }) => id === systemId))
    await admin.registerSystem(ctx, { systemId, integrasjonId, navn, offentlig: true });
  const known = new Set((await admin.listKontoer(ctx, { systemId })).map(({ id }) => id));
  for (const { id, navn, certificatePem, protokoll, parter } of system.kontoer) {
    if (!known.has(id)) {
      const protocol = protokoll && parter ? { protokoll, parter } : {};
      await admin.createKonto(ctx, { id, systemId, navn, offentligNokkel: certificatePem, ...protocol });
    } else if (!(await hasKey(ctx, admin, id, certificatePem))) {
      await admin.setNokkel(ctx, id, certificatePem);
    }
  }
}

/** Lets other systems send to the protokoll-kontoer, when all systems exist. */
export async function seedTilganger(ctx: Ctx, deps: KontoDeps, system: ExchangeDemoSystem): Promise<void> {
  for (const { id, tilgang = [] } of system.kontoer) {
    const given = await listTilganger(ctx, id, 'GITT');
    for (const other of tilgang) if (!given.includes(other)) await giveTilgang(ctx, deps, id, other);
  }
}

async function hasKey(ctx: Ctx, admin: KontoAdmin, kontoId: string, pem: string): Promise<boolean> {
  const present = (await admin.nokler(ctx, kontoId)).find((nokkel) => nokkel.erstattet === null);
  const wanted = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  return present?.fingeravtrykk === wanted;
}
