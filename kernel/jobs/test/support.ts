import { onTestFinished } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { withTransaction } from '../../db/index.ts';
import type { TestDatabase } from '../../testing/index.ts';
import { createWorker, enqueue, type JobDefinition, type NewJob, type Worker } from '../index.ts';
import type { WorkerOptions } from '../worker.ts';

/** A clock that stands still until it is moved. */
export interface TestClock {
  ms: number;
  now: () => Date;
}

export function testClock(): TestClock {
  const clock: TestClock = { ms: Date.now(), now: () => new Date(clock.ms) };
  return clock;
}

/** A worker that is stopped after the test. */
export function testWorker(
  test: TestDatabase,
  definitions: readonly JobDefinition[],
  options: Partial<WorkerOptions> = {},
): Worker {
  const log = test.ctx().log;
  const worker = createWorker({ db: test.db, log, definitions, listen: false, pollMs: 50, ...options });
  onTestFinished(() => worker.stop());
  return worker;
}

/** Enqueues in a transaction of its own; jobs get the context's tenant. */
export function put(ctx: Ctx, ...jobs: (Omit<NewJob, 'tenant' | 'payload'> & { payload?: unknown })[]) {
  return withTransaction(ctx, (trx) =>
    enqueue(
      trx,
      jobs.map((job) => ({ payload: null, tenant: ctx.tenant, ...job })),
    ),
  );
}

/** Polls until `check` holds; the test's own time limit ends it otherwise. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Living jobs of a queue, seen by the owner. */
export async function livingJobs(test: TestDatabase, queue: string) {
  const { rows } = await test.owner.query(
    'select payload, attempt, due_at, token is not null as running from kernel.job where queue = $1 order by seq',
    [queue],
  );
  return rows as { payload: unknown; attempt: number; due_at: Date; running: boolean }[];
}

/** The attempt history of a queue, seen by the owner. */
export async function history(test: TestDatabase, queue: string) {
  const { rows } = await test.owner.query(
    'select attempt, outcome, error, detail from kernel.job_attempt where queue = $1 order by started_at, attempt',
    [queue],
  );
  return rows as { attempt: number; outcome: string; error: string | null; detail: unknown }[];
}
