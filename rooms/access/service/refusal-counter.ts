import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { HOUR_MS } from '@grunnmur/kernel/time';
import { addRefusals, type Refusal } from '../store/refusal-store.ts';
import { auditTarget } from './record-change.ts';

/** Different (hour, subject, reason) held between two writings; more than that are counted together as `other`. */
const MAX_PAIRS = 900;

export interface RefusalCounter {
  /** `subject` is the id of a credential that exists, or `unknown` for all that do not. */
  count(subject: string, reason: string): void;
  /** Adds what has been counted to the table; loses nothing when that fails. */
  flush(ctx: Ctx): Promise<void>;
}

/**
 * Refused logins are counted in memory and written as sums per hour: every refusal leaves a trace, while a flood of
 * them costs one row. What was counted since the last writing is lost if the process is killed.
 */
export function createRefusalCounter(now: () => Date): RefusalCounter {
  let counts = new Map<string, Refusal>();
  const add = (hour: number, subject: string, reason: string, count: number): void => {
    const key = `${hour}|${subject}|${reason}`;
    const known = counts.get(key);
    if (known) counts.set(key, { ...known, count: known.count + count });
    else if (counts.size < MAX_PAIRS || subject === 'other')
      counts.set(key, { hour: new Date(hour), subject, reason, count });
    else add(hour, 'other', 'other', count);
  };
  return {
    count: (subject, reason) => add(Math.floor(now().getTime() / HOUR_MS) * HOUR_MS, subject, reason, 1),
    flush: async (ctx) => {
      if (counts.size === 0) return;
      const taken = counts;
      counts = new Map();
      try {
        await withTransaction(ctx, (trx) => writeRefusals(trx, [...taken.values()]));
      } catch (error) {
        for (const refusal of taken.values())
          add(refusal.hour.getTime(), refusal.subject, refusal.reason, refusal.count);
        throw error;
      }
    },
  };
}

/** The first refusal of a kind in an hour is also an entry in the audit log; the sums say how many followed. */
async function writeRefusals(trx: Trx, refusals: readonly Refusal[]): Promise<void> {
  const first = await addRefusals(trx, refusals);
  const entries = first.map(({ subject, reason }) => ({
    operation: 'access.login.refuse',
    outcome: 'refused' as const,
    ...auditTarget(subject, { reason }),
  }));
  await audit(trx, entries);
}
