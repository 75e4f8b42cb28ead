import type { Ctx } from '@grunnmur/kernel/ctx';
import type { KontoRow } from '../../store/kontoer/konto-store.ts';
import type { KontoDeps } from './change.ts';
import { type KontoValidity, kontoValidity } from './katalog.ts';
import { type OffentligNokkel, offentligNokkel } from './offentlig-nokkel.ts';
import { organisationsById } from './organisations.ts';

/** A konto as its owner sees it (fiks-io §2.4 `Konto`). */
export interface OwnKonto {
  readonly fiksOrgId: string;
  readonly fiksOrgNavn: string;
  readonly kontoId: string;
  readonly kontoNavn: string;
  readonly opprettet: string;
  readonly opprettetAvFnr?: string;
  readonly sistEndret: string;
  readonly sistEndretAv: string;
  readonly dokumentlagerKontoId: string;
  readonly aktiv: boolean;
  readonly status: KontoValidity;
  readonly offentligNokkel?: OffentligNokkel;
}

const FNR = /^\d{11}$/;

/** Describes kontoer of the acting tenant. Keys come from the shared memory, at most 5 s old. */
export async function describeOwnKontoer(
  ctx: Ctx,
  deps: KontoDeps,
  rows: readonly KontoRow[],
): Promise<OwnKonto[]> {
  const tenant = ctx.tenant!;
  const organisation = (await organisationsById(ctx, deps, [tenant])).get(tenant);
  const now = ctx.now();
  return Promise.all(
    rows.map(async (row) => {
      const nokkel = await deps.kontoer.nokkel(ctx, row.id);
      const validity = { aktiv: row.aktiv, sendDeaktivert: row.send_deaktivert };
      return {
        fiksOrgId: tenant,
        fiksOrgNavn: organisation?.name ?? '',
        kontoId: row.id,
        kontoNavn: row.navn,
        opprettet: row.opprettet.toISOString(),
        // An integration has no identity number; only a person's is given.
        ...(FNR.test(row.opprettet_av) ? { opprettetAvFnr: row.opprettet_av } : {}),
        sistEndret: row.sist_endret.toISOString(),
        sistEndretAv: row.sist_endret_av,
        dokumentlagerKontoId: row.dokumentlager_konto_id,
        aktiv: row.aktiv,
        status: kontoValidity(validity, nokkel, now),
        ...(nokkel ? { offentligNokkel: offentligNokkel(nokkel, now) } : {}),
      };
    }),
  );
}
