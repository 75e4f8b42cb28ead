import type { Trx } from '@grunnmur/kernel/db';
import type { ForsendelseStatus, Kanal, Status } from '../types.ts';

export interface StatusChange {
  readonly id: string;
  readonly kanal?: Kanal;
  /** Sets the deadline after which an unread letter is printed; absent clears it. */
  readonly printFrist?: Date;
}

/**
 * Moves letters to `status` where their present status is one of `from`. Returns the ids that moved; a letter that
 * was read, deleted or moved meanwhile is left as it is, which makes repeated handlers safe.
 */
export async function moveStatus(
  trx: Trx,
  changes: readonly StatusChange[],
  from: readonly Status[],
  status: Status,
): Promise<Set<string>> {
  if (changes.length === 0) return new Set();
  const { rows } = await trx.pg.query({
    name: 'post_move_status',
    text: `update post.forsendelse f set status = $4, status_endret = $5, kanal = coalesce(c.kanal, f.kanal), print_frist = c.frist,
             lest = case when $4 = 'LEST' then coalesce(f.lest, $5) else f.lest end
           from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as c (id, kanal, frist)
           where f.id = c.id and f.status = any($6::text[]) returning f.id`,
    values: [
      changes.map((change) => change.id),
      changes.map((change) => change.kanal ?? null),
      changes.map((change) => change.printFrist ?? null),
      status,
      trx.ctx.now(),
      from,
    ],
  });
  return new Set(rows.map((row: { id: string }) => row.id));
}

/**
 * Statuses of those of `ids` that the account owns; the order is free. The ids stand in a subquery to hide their number:
 * with few of them a plan made for that number looks cheaper than the general one, and PostgreSQL would make it anew for
 * every call in a large table, which takes longer than the call.
 */
export async function readStatuses(
  trx: Trx,
  kontoId: string,
  ids: readonly string[],
): Promise<(ForsendelseStatus & { mottakerId: string | null })[]> {
  const { rows } = await trx.pg.query({
    name: 'post_read_statuses',
    text: `select id, status, status_endret as "sisteStatusEndring", mottaker_id as "mottakerId" from post.forsendelse where id = any((select $1::uuid[])::uuid[]) and konto_id = $2`,
    values: [ids, kontoId],
  });
  return rows as (ForsendelseStatus & { mottakerId: string | null })[];
}
