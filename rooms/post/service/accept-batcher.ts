import type { Ctx } from '@grunnmur/kernel/ctx';
import { isRolledBack } from '@grunnmur/kernel/db';
import { type Refusal, Refusals } from './refusals.ts';

interface Waiting<I> {
  readonly ctx: Ctx;
  readonly item: I;
  readonly settle: (answer: Refusal | { readonly id: string }) => void;
  readonly fail: (error: unknown) => void;
}

export interface BatchItem {
  readonly id: string;
  /** Two items that share one of these never go into the same batch. */
  readonly exclusive: readonly string[];
}

export interface AcceptBatcher<I extends BatchItem> {
  /** Resolves when the item is committed, or with the refusal that `commit` gave it. */
  add(ctx: Ctx, item: I): Promise<Refusal | { readonly id: string }>;
}

/**
 * Group commit: letters of one tenant and sender that arrive while a commit is under way share the next one. One letter alone is
 * committed at once, so nothing waits for company; under load the cost of the transaction, the fsync and the audit
 * chain's lock is divided among all who wait.
 *
 * `commit` runs all items in one transaction. When it throws {@link Refusals}, the refused are answered and the rest
 * is tried again; on an SQL error each item is tried alone, so that one bad letter never takes others with it. When
 * the connection broke nobody knows whether the commit happened: nothing is tried again, all callers get the error.
 */
export function createAcceptBatcher<I extends BatchItem>(
  commit: (ctx: Ctx, items: readonly I[]) => Promise<void>,
  maxBatch = 64,
): AcceptBatcher<I> {
  const queues = new Map<string, Waiting<I>[]>();

  async function drain(sender: string, queue: Waiting<I>[]): Promise<void> {
    while (queue.length > 0) await commitBatch(takeBatch(queue, maxBatch));
    queues.delete(sender);
  }

  async function commitBatch(batch: Waiting<I>[]): Promise<void> {
    try {
      await commit(
        batch[0]!.ctx,
        batch.map((waiting) => waiting.item),
      );
      for (const { item, settle } of batch) settle({ id: item.id });
    } catch (error) {
      if (error instanceof Refusals) {
        const rest = batch.filter((waiting) => !answerRefused(waiting, error));
        if (rest.length > 0) await commitBatch(rest);
      } else if (batch.length > 1 && isRolledBack(error)) {
        for (const waiting of batch) await commitBatch([waiting]);
      } else {
        for (const { fail } of batch) fail(error);
      }
    }
  }

  return {
    add: (ctx, item) =>
      new Promise((settle, fail) => {
        const sender = `${ctx.tenant} ${ctx.actor.id}`;
        const waiting = { ctx, item, settle, fail };
        const queue = queues.get(sender);
        if (queue) {
          queue.push(waiting);
          return;
        }
        const started = [waiting];
        queues.set(sender, started);
        void drain(sender, started);
      }),
  };
}

function answerRefused<I extends BatchItem>(waiting: Waiting<I>, refusals: Refusals): boolean {
  const refusal = refusals.byId.get(waiting.item.id);
  if (refusal) waiting.settle(refusal);
  return refusal !== undefined;
}

function takeBatch<I extends BatchItem>(queue: Waiting<I>[], max: number): Waiting<I>[] {
  const seen = new Set<string>();
  const batch: Waiting<I>[] = [];
  const later: Waiting<I>[] = [];
  for (const waiting of queue.splice(0, max)) {
    const clash = waiting.item.exclusive.some((key) => seen.has(key));
    if (clash) later.push(waiting);
    else batch.push(waiting);
    for (const key of waiting.item.exclusive) seen.add(key);
  }
  queue.unshift(...later);
  return batch;
}
