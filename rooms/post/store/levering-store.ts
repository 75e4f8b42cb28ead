import { type Trx, toJson } from '@grunnmur/kernel/db';
import type { Kanal } from '../types.ts';

/** venter: planned; sendt: handed over; levert: receipt received; avvist/feilet: next channel; stanset: read meanwhile. */
export type Tilstand = 'venter' | 'sendt' | 'levert' | 'avvist' | 'feilet' | 'stanset';

export interface Levering {
  readonly forsendelseId: string;
  readonly kanal: Kanal;
  readonly rekkefolge: number;
  readonly tilstand: Tilstand;
  readonly referanse: string | null;
  readonly detaljer: Record<string, unknown>;
  readonly endret: Date;
}

/** Plans the channels of letters; a letter that is already planned stays as it is. Returns the letters newly planned. */
export async function planLeveringer(
  trx: Trx,
  plans: readonly { forsendelseId: string; kanal: Kanal; rekkefolge: number }[],
): Promise<Set<string>> {
  if (plans.length === 0) return new Set();
  const { rows } = await trx.pg.query({
    name: 'post_plan_levering',
    text: `insert into post.levering (forsendelse_id, kanal, tenant_id, rekkefolge, tilstand, endret)
           select p.id, p.kanal, $3, p.rekkefolge, 'venter', $4
           from unnest($1::uuid[], $2::text[], $5::int[]) as p (id, kanal, rekkefolge)
           on conflict (forsendelse_id, kanal) do nothing returning forsendelse_id`,
    values: [
      plans.map((plan) => plan.forsendelseId),
      plans.map((plan) => plan.kanal),
      trx.ctx.tenant,
      trx.ctx.now(),
      plans.map((plan) => plan.rekkefolge),
    ],
  });
  return new Set(rows.map((row: { forsendelse_id: string }) => row.forsendelse_id));
}

const ANY: readonly Tilstand[] = ['venter', 'sendt', 'levert', 'avvist', 'feilet', 'stanset'];

/**
 * Records how a channel went, for letters whose delivery is in one of `from`; returns those. A late worker's word must
 * not overwrite a receipt or what the worker that took over has found.
 */
export async function recordLeveringer(
  trx: Trx,
  kanal: Kanal,
  results: readonly {
    forsendelseId: string;
    tilstand: Tilstand;
    referanse?: string;
    detaljer?: Record<string, unknown>;
  }[],
  from: readonly Tilstand[] = ANY,
): Promise<Set<string>> {
  if (results.length === 0) return new Set();
  const { rows } = await trx.pg.query({
    name: 'post_record_levering',
    text: `update post.levering l set tilstand = r.tilstand, referanse = coalesce(r.referanse, l.referanse),
             detaljer = l.detaljer || r.detaljer::jsonb, endret = $2
           from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as r (id, tilstand, referanse, detaljer)
           where l.forsendelse_id = r.id and l.kanal = $1 and l.tilstand = any($7::text[]) returning l.forsendelse_id`,
    values: [
      kanal,
      trx.ctx.now(),
      results.map((result) => result.forsendelseId),
      results.map((result) => result.tilstand),
      results.map((result) => result.referanse ?? null),
      results.map((result) => toJson(result.detaljer ?? {})),
      from,
    ],
  });
  return new Set(rows.map((row: { forsendelse_id: string }) => row.forsendelse_id));
}

export async function findLeveringer(trx: Trx, ids: readonly string[]): Promise<Levering[]> {
  const { rows } = await trx.pg.query({
    name: 'post_find_leveringer',
    text: `select forsendelse_id as "forsendelseId", kanal, rekkefolge, tilstand, referanse, detaljer, endret from post.levering
           where forsendelse_id = any($1::uuid[]) order by forsendelse_id, rekkefolge`,
    values: [ids],
  });
  return rows as Levering[];
}

/** Letters that were read: what is still planned is not tried. */
export async function stopWaiting(trx: Trx, ids: readonly string[]): Promise<void> {
  await trx.pg.query({
    name: 'post_stop_levering',
    text: `update post.levering set tilstand = 'stanset', endret = $2 where forsendelse_id = any($1::uuid[]) and tilstand = 'venter'`,
    values: [ids, trx.ctx.now()],
  });
}
