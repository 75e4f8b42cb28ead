import type { Ctx } from '../ctx/index.ts';
import { type Database, withTransaction } from '../db/index.ts';
import type { Job, JobDefinition } from '../jobs/index.ts';
import { EVENT_COLUMNS } from './event-row.ts';
import type { DomainEvent, Subscription } from './types.ts';

export interface Subscriptions {
  /** The delivery queues, for the worker. */
  readonly jobs: readonly JobDefinition[];
  /**
   * Makes the database's list of subscriptions equal to this one; from then on every process that emits enqueues
   * the deliveries. Call it at start, with the subscriptions of all rooms. Jobs of a subscription that was taken away
   * stay in their queue.
   */
  register(db: Database): Promise<void>;
}

/** The subscriptions of the program, all rooms together. Throws when two share a queue. */
export function defineSubscriptions(subscriptions: readonly Subscription[]): Subscriptions {
  const queues = new Set(subscriptions.map((subscription) => subscription.queue));
  if (queues.size !== subscriptions.length) throw new Error('Two subscriptions share a queue');
  return {
    jobs: subscriptions.map(deliveryJob),
    register: (db) => register(db, subscriptions),
  };
}

async function register(db: Database, subscriptions: readonly Subscription[]): Promise<void> {
  await db.pool.query(
    `with wanted as (
      select * from unnest($1::text[], $2::text[], $3::boolean[]) as w (event, queue, ordered)
    ), gone as (
      delete from kernel.subscription s
      where not exists (select from wanted w where w.event = s.event and w.queue = s.queue)
    )
    insert into kernel.subscription as s (event, queue, ordered) select event, queue, ordered from wanted
    on conflict (event, queue) do update set ordered = excluded.ordered where s.ordered <> excluded.ordered`,
    [
      subscriptions.map((subscription) => subscription.event),
      subscriptions.map((subscription) => subscription.queue),
      subscriptions.map((subscription) => subscription.order === 'subject'),
    ],
  );
}

function deliveryJob(subscription: Subscription): JobDefinition {
  const { event: _event, order: _order, ...settings } = subscription;
  return {
    ...settings,
    handle: async (ctx, jobs) => {
      const found = await eventsOf(ctx, jobs);
      const present = jobs.flatMap((job) => found.get(eventId(job)) ?? []);
      if (present.length < jobs.length) throw new Error('an event to deliver is missing');
      return subscription.handle(ctx, present);
    },
  };
}

async function eventsOf(ctx: Ctx, jobs: readonly Job[]): Promise<Map<string, DomainEvent>> {
  return withTransaction(ctx, async (trx) => {
    const { rows } = await trx.pg.query<DomainEvent>({
      name: 'kernel.event.by_ids',
      text: `select ${EVENT_COLUMNS} from kernel.event e where e.id = any($1)`,
      values: [jobs.map(eventId)],
    });
    return new Map(rows.map((row) => [row.id, row]));
  });
}

function eventId(job: Job): string {
  return (job.payload as { event: string }).event;
}
