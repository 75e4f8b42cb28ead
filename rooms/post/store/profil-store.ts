import type { Trx } from '@grunnmur/kernel/db';
import type { SenderProfile } from '../contract.ts';

interface ProfilRow {
  readonly tenant_id: string;
  readonly farge: SenderProfile['farge'] | null;
  readonly adresse: string | null;
  readonly epost: string | null;
  readonly personvern_epost: string | null;
  readonly telefon: string | null;
  readonly nettsted: string | null;
}

/** Profiles by tenant; senders without one are not in the map. */
export async function findProfiler(
  trx: Trx,
  tenants: readonly string[],
): Promise<Map<string, SenderProfile>> {
  if (tenants.length === 0) return new Map();
  const { rows } = await trx.pg.query<ProfilRow>({
    name: 'post_find_avsenderprofil',
    text: `select tenant_id, farge, adresse, epost, personvern_epost, telefon, nettsted from post.avsenderprofil
           where tenant_id = any($1::uuid[])`,
    values: [tenants],
  });
  return new Map(rows.map((row) => [row.tenant_id, toProfile(row)]));
}

function toProfile(row: ProfilRow): SenderProfile {
  return {
    farge: row.farge ?? undefined,
    adresse: row.adresse ?? undefined,
    epost: row.epost ?? undefined,
    personvernEpost: row.personvern_epost ?? undefined,
    telefon: row.telefon ?? undefined,
    nettsted: row.nettsted ?? undefined,
  };
}

/** Writes the acting organisation's profile, all of it. */
export async function saveProfil(trx: Trx, profile: SenderProfile): Promise<void> {
  await trx.pg.query({
    name: 'post_save_avsenderprofil',
    text: `insert into post.avsenderprofil (tenant_id, farge, adresse, epost, personvern_epost, telefon, nettsted, endret)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (tenant_id) do update set farge = excluded.farge, adresse = excluded.adresse,
             epost = excluded.epost, personvern_epost = excluded.personvern_epost, telefon = excluded.telefon,
             nettsted = excluded.nettsted, endret = excluded.endret`,
    values: [
      trx.ctx.tenant,
      profile.farge ?? null,
      profile.adresse ?? null,
      profile.epost ?? null,
      profile.personvernEpost ?? null,
      profile.telefon ?? null,
      profile.nettsted ?? null,
      trx.ctx.now(),
    ],
  });
}
