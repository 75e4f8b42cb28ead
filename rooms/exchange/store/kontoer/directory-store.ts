import type { Trx } from '@grunnmur/kernel/db';
import { rows } from '../sql.ts';

/** One party of one version of a protocol. */
export interface PartKey {
  readonly protokoll: string;
  readonly versjon: string;
  readonly part: string;
}

export interface SystemSearch {
  readonly exceptSystem: string;
  readonly tenants: readonly string[] | undefined;
  /** A text in name or description of the system or one of its kontoer; matched without regard to case. */
  readonly term: string | undefined;
  /** Organisations whose name has the text. */
  readonly termTenants: readonly string[];
  /** Only systems with a konto that plays one of these parties. */
  readonly parter: readonly PartKey[] | undefined;
  readonly limit: number;
}

export interface KontoSearch {
  readonly exceptSystem: string;
  readonly tenants: readonly string[] | undefined;
  readonly term: string | undefined;
  readonly termTenants: readonly string[];
  readonly protokoller: readonly { protokoll: string; versjon: string; part: string | null }[] | undefined;
  readonly limit: number;
}

/** What the acting tenant may see: its own, and what is public. */
const SYSTEMS = `(select id, tenant_id, navn, beskrivelse from exchange.system
  union select id, tenant_id, navn, beskrivelse from exchange.offentlig_system)`;
const KONTOER = `(select id, tenant_id, system_id, navn, beskrivelse, protokoll from exchange.konto where slettet is null
  union select id, tenant_id, system_id, navn, beskrivelse, protokoll from exchange.offentlig_konto)`;
const PARTER = `(select konto_id, part, versjon from exchange.konto_part
  union select konto_id, part, versjon from exchange.offentlig_part)`;

export async function searchSystems(trx: Trx, search: SystemSearch): Promise<string[]> {
  const { parter } = search;
  const found = await rows<{ id: string }>(
    trx,
    'search_systems',
    `select s.id from ${SYSTEMS} s
     where s.id <> $1 and ($2::uuid[] is null or s.tenant_id = any($2))
       and ($3::text is null or s.tenant_id = any($4::uuid[]) or s.navn ilike $3 or s.beskrivelse ilike $3
         or exists (select from ${KONTOER} k where k.system_id = s.id and (k.navn ilike $3 or k.beskrivelse ilike $3)))
       and ($5::text[] is null or exists (
         select from ${KONTOER} k join ${PARTER} p on p.konto_id = k.id
         join unnest($5::text[], $6::text[], $7::text[]) as w (protokoll, versjon, part)
           on w.protokoll = k.protokoll and w.versjon = p.versjon and w.part = p.part
         where k.system_id = s.id))
     order by s.navn, s.id limit $8`,
    [
      search.exceptSystem,
      search.tenants ?? null,
      pattern(search.term),
      search.termTenants,
      parter?.map((each) => each.protokoll) ?? null,
      parter?.map((each) => each.versjon) ?? null,
      parter?.map((each) => each.part) ?? null,
      search.limit,
    ],
  );
  return found.map(({ id }) => id);
}

/** Protokoll-kontoer only: bare Fiks IO-kontoer need no access. */
export async function searchKontoer(trx: Trx, search: KontoSearch): Promise<string[]> {
  const { protokoller } = search;
  const found = await rows<{ id: string }>(
    trx,
    'search_kontoer',
    `select k.id from ${KONTOER} k join ${SYSTEMS} s on s.id = k.system_id
     where k.system_id <> $1 and k.protokoll is not null and ($2::uuid[] is null or k.tenant_id = any($2))
       and ($3::text is null or k.tenant_id = any($4::uuid[]) or k.id::text ilike $3 or k.navn ilike $3
         or k.beskrivelse ilike $3 or s.navn ilike $3 or s.beskrivelse ilike $3)
       and ($5::text[] is null or exists (
         select from ${PARTER} p
         join unnest($5::text[], $6::text[], $7::text[]) as w (protokoll, versjon, part)
           on w.protokoll = k.protokoll and w.versjon = p.versjon and (w.part is null or w.part = p.part)
         where p.konto_id = k.id))
     order by k.navn, k.id limit $8`,
    [
      search.exceptSystem,
      search.tenants ?? null,
      pattern(search.term),
      search.termTenants,
      protokoller?.map((each) => each.protokoll) ?? null,
      protokoller?.map((each) => each.versjon) ?? null,
      protokoller?.map((each) => each.part) ?? null,
      search.limit,
    ],
  );
  return found.map(({ id }) => id);
}

/** Organisations with a system that the acting tenant may see, other than this one; at most `limit`. */
export async function tenantsWithSystems(trx: Trx, exceptSystem: string, limit: number): Promise<string[]> {
  const found = await rows<{ tenant_id: string }>(
    trx,
    'tenants_with_systems',
    `select distinct tenant_id from ${SYSTEMS} s where s.id <> $1 limit $2`,
    [exceptSystem, limit],
  );
  return found.map((row) => row.tenant_id);
}

/** The term as a pattern that matches it anywhere, literally. */
function pattern(term: string | undefined): string | null {
  return term ? `%${term.replace(/[\\%_]/g, '\\$&')}%` : null;
}
