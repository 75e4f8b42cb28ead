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
  /**
   * Says that an item of the sender will be added in a moment, so that a commit may wait for it; call the answer right
   * before adding it, or when nothing comes of it.
   */
  expect(ctx: Ctx): () => void;
  /** Resolves when the item is committed, or with the refusal that `commit` gave it. */
  add(ctx: Ctx, item: I): Promise<Refusal | { readonly id: string }>;
}

export interface BatcherOptions {
  readonly maxBatch?: number;
  /** Told how many items of all senders are expected, wait or are being committed, whenever there is one more. */
  readonly onUnderWay?: (count: number) => void;
}

/** A commit waits at most this long for letters whose documents are on their way to the disk. */
const MOST_GATHERING_MS = 10;

interface Sender<I> {
  readonly queue: Waiting<I>[];
  coming: number;
  draining: boolean;
  /** How long the last commit took. */
  lastMs: number;
  /** Ends the gathering. */
  complete: (() => void) | undefined;
}

/**
 * Group commit: letters of one tenant and sender that arrive while a commit is under way share the next one, and so do
 * those that are about to arrive: it waits for them, at most as long as the last commit took. A letter alone is
 * committed at once; under load the cost of the transaction, the fsync and the audit chain's lock is divided among all
 * who wait.
 *
 * `commit` runs all items in one transaction. When it throws {@link Refusals}, the refused are answered and the rest
 * is tried again; on an SQL error each item is tried alone, so that one bad letter never takes others with it. When
 * the connection broke nobody knows whether the commit happened: nothing is tried again, all callers get the error.
 */
export function createAcceptBatcher<I extends BatchItem>(
  commit: (ctx: Ctx, items: readonly I[]) => Promise<void>,
  { maxBatch = 64, onUnderWay = () => {} }: BatcherOptions = {},
): AcceptBatcher<I> {
  const senders = new Map<string, Sender<I>>();
  let underWay = 0;

  function senderOf(ctx: Ctx): Sender<I> {
    const name = `${ctx.tenant} ${ctx.actor.id}`;
    let sender = senders.get(name);
    if (!sender) {
      sender = { queue: [], coming: 0, draining: false, lastMs: 0, complete: undefined };
      senders.set(name, sender);
    }
    return sender;
  }

  function forget(ctx: Ctx, { queue, coming, draining }: Sender<I>): void {
    if (queue.length === 0 && coming === 0 && !draining) senders.delete(`${ctx.tenant} ${ctx.actor.id}`);
  }

  async function drain(ctx: Ctx, sender: Sender<I>): Promise<void> {
    sender.draining = true;
    while (sender.queue.length > 0) {
      const wait = Math.min(sender.lastMs, MOST_GATHERING_MS);
      if (sender.coming > 0 && sender.queue.length < maxBatch && wait >= 1) await gather(sender, wait);
      const started = performance.now();
      await commitBatch(takeBatch(sender.queue, maxBatch));
      sender.lastMs = performance.now() - started;
    }
    sender.draining = false;
    forget(ctx, sender);
  }

  async function gather(sender: Sender<I>, ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      sender.complete = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    sender.complete = undefined;
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
    expect: (ctx) => {
      const sender = senderOf(ctx);
      sender.coming++;
      onUnderWay(++underWay);
      let here = false;
      return () => {
        if (here) return;
        here = true;
        sender.coming--;
        underWay--;
        // In a moment it is in the queue; it may also be that nothing came of it.
        if (sender.coming === 0) queueMicrotask(() => sender.complete?.());
        forget(ctx, sender);
      };
    },
    add: (ctx, item) => {
      onUnderWay(++underWay);
      const added = new Promise<Refusal | { readonly id: string }>((settle, fail) => {
        const sender = senderOf(ctx);
        sender.queue.push({ ctx, item, settle, fail });
        if (sender.queue.length >= maxBatch) sender.complete?.();
        if (!sender.draining) void drain(ctx, sender);
      });
      return added.finally(() => underWay--);
    },
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
