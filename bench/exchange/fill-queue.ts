import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Account } from './accounts.ts';

const CHUNK = 50_000;

export interface FillWish {
  readonly from: Account;
  readonly to: Account;
  readonly count: number;
  /** Of the payload, which is the same for all. */
  readonly bytes: number;
}

/** Puts messages on a queue by SQL, as `melding_motta` stores them: the rows of an hour's sending in some seconds. */
export async function fillQueue(owner: pg.Client, wish: FillWish): Promise<void> {
  await owner.query('set synchronous_commit = off; set statement_timeout = 0');
  const payload = randomBytes(wish.bytes);
  for (let left = wish.count; left > 0; left -= CHUNK)
    await owner.query(
      `with ny as materialized (
         select uuidv7() as id, n.nr, til.tenant_id, til.id as til, fra.tenant_id as fra_tenant, fra.id as fra, fra.navn
         from generate_series(1, $3::int) as n (nr), exchange.konto til, exchange.konto fra
         where til.id = $2 and fra.id = $1
       ), meldinger as (
         insert into exchange.melding (id, tenant_id, konto_id, avsender_tenant_id, avsender_konto_id, avsender_navn, type,
             headere, klient_korrelasjons_id, storrelse, sha256, mottatt, utlop)
           select id, tenant_id, til, fra_tenant, fra, navn, 'no.eksempel.bench.v1.melding',
             '{"klientKorrelasjonsId": "bench"}', 'bench', length($4::bytea), sha256($4::bytea), now(), now() + interval '7 days'
           from ny
       ), innhold as (
         insert into exchange.melding_innhold (melding_id, tenant_id, innhold) select id, tenant_id, $4::bytea from ny
       )
       insert into exchange.ko (konto_id, tenant_id, melding_id, utlop)
         select til, tenant_id, id, now() + interval '7 days' from ny order by nr`,
      [wish.from.kontoId, wish.to.kontoId, Math.min(left, CHUNK), payload],
    );
}

/** Brings statistics and visibility maps up to date, as the automatic vacuum has done where messages came over hours. */
export async function settleQueues(owner: pg.Client): Promise<void> {
  for (const table of ['melding', 'melding_innhold', 'ko'])
    await owner.query(`vacuum (analyze) exchange.${table}`);
  await owner.query('checkpoint');
}
