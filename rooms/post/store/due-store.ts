import type { Trx } from '@grunnmur/kernel/db';

/** Letters of all tenants that have fallen due, oldest first: ids only. */
export async function findDue(
  trx: Trx,
  finder: 'post.forfalt_print' | 'post.forfalt_sletting',
  limit: number,
): Promise<{ tenant_id: string; id: string }[]> {
  const { rows } = await trx.pg.query(`select tenant_id, id from ${finder}($1, $2)`, [trx.ctx.now(), limit]);
  return rows as { tenant_id: string; id: string }[];
}

/** Takes the deadline off letters that are still unread and past it; returns those. */
export async function clearDeadlines(trx: Trx, ids: readonly string[]): Promise<string[]> {
  const { rows } = await trx.pg.query({
    name: 'post_clear_deadlines',
    text: `update post.forsendelse set print_frist = null
           where id = any($1::uuid[]) and print_frist <= $2 and status = 'VARSLET' returning id`,
    values: [ids, trx.ctx.now()],
  });
  return rows.map((row: { id: string }) => row.id);
}

export async function purgeTemporary(trx: Trx): Promise<void> {
  await trx.pg.query('select post.rydd_midlertidig($1)', [trx.ctx.now()]);
}

/** Those of the stored objects that a document row names, over all tenants. */
export async function findKnownObjects(trx: Trx, objekter: readonly string[]): Promise<Set<string>> {
  const { rows } = await trx.pg.query('select * from post.kjente_objekter($1::uuid[]) as objekt', [objekter]);
  return new Set(rows.map((row: { objekt: string }) => row.objekt));
}
