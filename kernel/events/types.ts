import type { Ctx } from '../ctx/index.ts';
import type { JobDefinition, JobResult } from '../jobs/index.ts';

/** Something that happened, told in the transaction in which it happened. */
export interface NewEvent {
  /** The room that tells it. */
  readonly room: string;
  /** `<room>.<noun>.<what happened>`, e.g. `post.forsendelse.lest`. */
  readonly type: string;
  /** What it happened to. */
  readonly subject?: string;
  /** JSON, at most 64 kB. Ids and states; personal data is read from its room by those who may. */
  readonly payload?: unknown;
}

/** An event as subscribers and the feed see it. */
export interface DomainEvent<P = unknown> {
  readonly id: string;
  readonly tenant: string;
  readonly room: string;
  readonly type: string;
  readonly subject: string | null;
  readonly payload: P;
  readonly occurredAt: Date;
  /** `<kind>:<id>` of the actor, without a person's identity number. */
  readonly actor: string;
}

/** Delivers events of one type to one handler, by jobs of a queue of its own. A method: see `JobDefinition`. */
export interface Subscription<P = unknown>
  extends Pick<
    JobDefinition,
    'batch' | 'concurrency' | 'maxAttempts' | 'backoffMs' | 'leaseMs' | 'timeoutMs' | 'recordSuccess'
  > {
  readonly event: string;
  /** The subscriber's own queue; no other subscription or job may use it. */
  readonly queue: string;
  /** `subject`: events of one subject are delivered one at a time, in the order they were emitted. */
  readonly order?: 'subject';
  /** Must be safe to run twice. `ctx` has the events' tenant. Answers as a job handler does. */
  handle(ctx: Ctx, events: readonly DomainEvent<P>[]): Promise<readonly JobResult[] | undefined>;
}
