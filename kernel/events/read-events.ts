import type { Ctx } from '../ctx/index.ts';
import { withTransaction } from '../db/index.ts';
import { KernelError } from '../errors/index.ts';
import { EVENT_COLUMNS, type FeedRow, toEvent } from './event-row.ts';
import type { DomainEvent } from './types.ts';

/** Rows looked through per call, so that a call costs the same however rare the wanted types are. */
const WINDOW = 2000;
const MAX_LIMIT = 1000;
const CURSOR = /^(\d{1,19})-(\d{1,19})$/;

export interface EventFeedQuery {
  /** `next` of the page before; leave out to begin with the oldest event. */
  readonly after?: string;
  readonly types?: readonly string[];
  /** Most events in the answer. Default 100, at most 1000. */
  readonly limit?: number;
}

export interface EventPage {
  readonly events: readonly DomainEvent[];
  /** Where to go on; also set when nothing was found. Keep it as it is. */
  readonly next: string | undefined;
  /** There is more to read at once, even if `events` is empty (none of the wanted types in this part). */
  readonly more: boolean;
}

// Transactions become visible in another order than they took their ids. Below the oldest running transaction
// (xmin) everything has ended, so nothing can appear there later: only that part is handed out, in (tx, seq) order.
const READ = `
  select ${EVENT_COLUMNS}, e.tx, e.seq from kernel.event e
  where e.tenant_id = $1 and (e.tx, e.seq) > ($2::bigint, $3::bigint)
    and e.tx < (select base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint from kernel.event_base)
  order by e.tenant_id, e.tx, e.seq limit $4`;

/**
 * The tenant's events in a fixed order, each exactly once, none skipped by transactions that commit late. An event
 * appears when every write transaction older than its own has ended. Throws `kernel.validation` for a bad cursor.
 */
export async function readEvents(ctx: Ctx, query: EventFeedQuery = {}): Promise<EventPage> {
  if (!ctx.tenant) throw new Error('The event feed belongs to a tenant; the context has none');
  const [tx, seq] = parseCursor(query.after);
  const limit = Math.min(Math.max(query.limit ?? 100, 1), MAX_LIMIT);
  const window = query.types ? WINDOW : limit;
  const { rows } = await withTransaction(ctx, (trx) =>
    trx.pg.query<FeedRow>({
      name: 'kernel.event.read',
      text: READ,
      values: [ctx.tenant, tx, seq, window],
    }),
  );
  const types = query.types && new Set(query.types);
  const wanted = types ? rows.filter((row) => types.has(row.type)) : rows;
  const events = wanted.slice(0, limit);
  // Behind the last event given when some are left over, else behind everything looked through.
  const last = wanted.length > limit ? events.at(-1) : rows.at(-1);
  return {
    events: events.map(toEvent),
    next: last ? `${last.tx}-${last.seq}` : query.after,
    more: wanted.length > limit || rows.length === window,
  };
}

function parseCursor(after: string | undefined): [string, string] {
  if (after === undefined) return ['-1', '-1'];
  const match = CURSOR.exec(after);
  if (!match)
    throw KernelError.validation({
      params: { detail: 'after' },
      fields: [{ field: 'after', rule: 'cursor' }],
    });
  return [match[1]!, match[2]!];
}
