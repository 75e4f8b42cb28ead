import { type Trx, toJson } from '@grunnmur/kernel/db';
import type { Mottakersystem } from '../types.ts';

export interface KontoRow {
  readonly id: string;
  readonly tenantId: string;
  readonly navn: string;
  readonly innstillinger: Record<string, unknown>;
}

/** Accounts of the acting tenant by id. */
export async function findKontoer(trx: Trx, ids: readonly string[]): Promise<KontoRow[]> {
  const { rows } = await trx.pg.query({
    name: 'post_find_kontoer',
    text: `select id, tenant_id as "tenantId", navn, innstillinger from post.konto where id = any($1::uuid[])`,
    values: [ids],
  });
  return rows as KontoRow[];
}

/** Creates an account or changes its name and settings. */
export async function saveKonto(trx: Trx, konto: Omit<KontoRow, 'tenantId'>): Promise<void> {
  await trx.pg.query(
    `insert into post.konto (id, tenant_id, navn, innstillinger) values ($1, $2, $3, $4)
     on conflict (id) do update set navn = excluded.navn, innstillinger = excluded.innstillinger`,
    [konto.id, trx.ctx.tenant, konto.navn, toJson(konto.innstillinger)],
  );
}

export interface RutingFilter {
  readonly orgnr?: readonly string[];
  readonly forsendelsestype?: string;
  readonly niva?: number;
}

/** Which receiving systems take what; a filter that is absent matches everything. At most 1000 rows. */
export async function findMottakersystemer(trx: Trx, filter: RutingFilter): Promise<Mottakersystem[]> {
  const { rows } = await trx.pg.query({
    name: 'post_find_mottakersystemer',
    text: `select mottakersystem_id as id, navn, organisasjonsnummer, forsendelsestype, niva from post.mottakersystem_ruting
           where ($1::text[] is null or organisasjonsnummer = any($1)) and ($2::text is null or forsendelsestype = $2)
             and ($3::int is null or niva = $3)
           order by organisasjonsnummer, forsendelsestype nulls last, niva limit 1000`,
    values: [filter.orgnr ?? null, filter.forsendelsestype ?? null, filter.niva ?? null],
  });
  return rows.map(({ forsendelsestype, ...row }) => ({
    ...row,
    ...(forsendelsestype ? { forsendelsestype } : {}),
  })) as Mottakersystem[];
}

export async function listForsendelsestyper(trx: Trx): Promise<string[]> {
  const { rows } = await trx.pg.query({
    name: 'post_list_typer',
    text: 'select type from post.forsendelsestype order by type',
  });
  return rows.map((row: { type: string }) => row.type);
}

/** Registers a receiving system and what it takes; repeated calls change nothing more. */
export async function saveMottakersystem(
  trx: Trx,
  system: {
    id: string;
    navn: string;
    brukernavn: string;
    sertifikatPem: string;
    ruting: readonly { orgnr: string; type?: string; niva: number }[];
  },
): Promise<void> {
  await trx.pg.query(
    `insert into post.mottakersystem (id, tenant_id, navn, brukernavn, sertifikat_pem) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set navn = excluded.navn, sertifikat_pem = excluded.sertifikat_pem`,
    [system.id, trx.ctx.tenant, system.navn, system.brukernavn, system.sertifikatPem],
  );
  await trx.pg.query(
    `insert into post.mottakersystem_ruting (mottakersystem_id, tenant_id, navn, organisasjonsnummer, forsendelsestype, niva)
     select $1, $6, $2, orgnr, type, niva from unnest($3::text[], $4::text[], $5::int[]) as r (orgnr, type, niva) on conflict do nothing`,
    [
      system.id,
      system.navn,
      system.ruting.map((row) => row.orgnr),
      system.ruting.map((row) => row.type ?? null),
      system.ruting.map((row) => row.niva),
      trx.ctx.tenant,
    ],
  );
}
