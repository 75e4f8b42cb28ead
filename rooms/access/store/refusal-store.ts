import type { Trx } from '@grunnmur/kernel/db';
import { rows } from './sql.ts';

export interface Refusal {
  readonly hour: Date;
  readonly subject: string;
  readonly reason: string;
  readonly count: number;
}

/**
 * Adds counts to the sums of their hours and gives those that are the first of their hour. Sorted, so that two processes that flush at once take
 * locks in one order.
 */
export async function addRefusals(trx: Trx, refusals: readonly Refusal[]): Promise<Refusal[]> {
  const sorted = [...refusals].sort((a, b) => sortKey(a).localeCompare(sortKey(b)));
  const written = await rows<Refusal & { first: boolean }>(
    trx,
    'add_refusals',
    `insert into access.refusal (hour, subject, reason, count)
     select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[])
     on conflict (hour, subject, reason) do update set count = refusal.count + excluded.count
     returning hour, subject, reason, count, xmax = 0 as first`,
    [
      sorted.map((refusal) => refusal.hour),
      sorted.map((refusal) => refusal.subject),
      sorted.map((refusal) => refusal.reason),
      sorted.map((refusal) => refusal.count),
    ],
  );
  return written.filter((refusal) => refusal.first);
}

function sortKey(refusal: Refusal): string {
  return `${refusal.hour.toISOString()}|${refusal.subject}|${refusal.reason}`;
}
