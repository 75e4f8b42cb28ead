import type { Ctx } from '../ctx/index.ts';
import { AppError, isAppError } from '../errors/index.ts';
import { isRolledBack } from './database.ts';

/** A commit waits at most this long for items that are about to arrive. */
const MOST_GATHERING_MS = 10;

export interface GroupCommitOptions<I> {
  /** Items of one commit at most. Default 64. */
  readonly maxItems?: number;
  /** What an item weighs (its bytes, its rows), and what a commit holds of it. One item alone may weigh more. */
  readonly weight?: { readonly of: (item: I) => number; readonly max: number };
  /** Two items that share one of these never go into the same commit, and keep their order. */
  readonly exclusive?: (item: I) => readonly string[];
  /** Told how many items are expected, wait or are being committed, whenever there is one more. */
  readonly onUnderWay?: (count: number) => void;
}

export interface GroupCommit<I, A> {
  /**
   * Says that an item will be added in a moment, so that a commit may wait for it; call the answer right before adding it,
   * or when nothing comes of it.
   */
  expect(ctx: Ctx): () => void;
  /**
   * Resolves with the item's answer when it is committed, or with the one that {@link PartlyRefused} gave it. Rejects with an
   * error that {@link nothingCommitted} knows, or with {@link OutcomeUnknown}.
   */
  add(ctx: Ctx, item: I): Promise<A>;
  /** Resolves when nothing waits or is being committed. */
  idle(): Promise<void>;
}

/** Thrown inside a shared transaction, which rolls it back: these items get these answers, and the rest is tried again. */
export class PartlyRefused<I, A> extends Error {
  readonly answers: ReadonlyMap<I, A>;

  constructor(answers: ReadonlyMap<I, A>) {
    super('some items of the commit were refused');
    this.answers = answers;
  }
}

/**
 * Nobody knows whether the commit happened: the connection broke meanwhile. The caller may come again and is recognised if it
 * did; what the rows may name must stay.
 */
export class OutcomeUnknown extends AppError {
  constructor(cause: unknown) {
    super(
      'kernel.unavailable',
      { status: 503, retry: true, message: 'Tjenesten er ikke tilgjengelig nå' },
      { cause },
    );
  }
}

/** True when `error` proves that nothing was committed, so that what was stored for it may be removed. */
export function nothingCommitted(error: unknown): boolean {
  return isAppError(error) ? !(error instanceof OutcomeUnknown) : isRolledBack(error);
}

/** The error of a commit as the caller may see it: itself, or {@link OutcomeUnknown}. */
export function commitError(error: unknown): unknown {
  return isAppError(error) || isRolledBack(error) ? error : new OutcomeUnknown(error);
}

interface Waiting<I, A> {
  readonly ctx: Ctx;
  readonly item: I;
  readonly settle: (answer: A) => void;
  readonly fail: (error: unknown) => void;
}

/** One tenant's and actor's items. */
interface Lane<I, A> {
  readonly queue: Waiting<I, A>[];
  coming: number;
  /** What is under way. */
  draining: Promise<void> | undefined;
  /** How long the last commit took. */
  lastMs: number;
  /** Ends the gathering. */
  complete: (() => void) | undefined;
}

/**
 * Group commit (decision 0006): items of one tenant and actor that arrive while a commit is under way share the next one, and
 * so do those that are about to arrive: it waits for them, at most as long as the last commit took. One alone is committed at
 * once; under load the cost of the transaction, the fsync and the audit chain's lock is divided among all who wait.
 *
 * `commit` runs all items in one transaction and answers each, in order. When it throws {@link PartlyRefused}, the refused are
 * answered and the rest is tried again; on an SQL error each item is tried alone, so that one bad item never takes others
 * with it. When the connection broke nobody knows whether the commit happened: nothing is tried again, all callers get
 * {@link OutcomeUnknown}.
 */
export function createGroupCommit<I, A>(
  commit: (ctx: Ctx, items: readonly I[]) => Promise<readonly A[]>,
  { maxItems = 64, weight, exclusive, onUnderWay }: GroupCommitOptions<I> = {},
): GroupCommit<I, A> {
  const lanes = new Map<string, Lane<I, A>>();
  const limits = { maxItems, weight, exclusive };
  let underWay = 0;

  function laneOf(ctx: Ctx): Lane<I, A> {
    const name = laneName(ctx);
    let lane = lanes.get(name);
    if (!lane) {
      lane = { queue: [], coming: 0, draining: undefined, lastMs: 0, complete: undefined };
      lanes.set(name, lane);
    }
    return lane;
  }

  function forget(ctx: Ctx, { queue, coming, draining }: Lane<I, A>): void {
    if (queue.length === 0 && coming === 0 && !draining) lanes.delete(laneName(ctx));
  }

  async function drain(ctx: Ctx, lane: Lane<I, A>): Promise<void> {
    while (lane.queue.length > 0) {
      const wait = Math.min(lane.lastMs, MOST_GATHERING_MS);
      if (lane.coming > 0 && lane.queue.length < maxItems && wait >= 1) await gather(lane, wait);
      const started = performance.now();
      await commitBatch(commit, takeBatch(lane.queue, limits));
      lane.lastMs = performance.now() - started;
    }
    lane.draining = undefined;
    forget(ctx, lane);
  }

  function drains(): Promise<void>[] {
    return [...lanes.values()].flatMap(({ draining }) => draining ?? []);
  }

  function under(change: 1 | -1): void {
    underWay += change;
    if (change > 0) onUnderWay?.(underWay);
  }

  return {
    expect: (ctx) => {
      const lane = laneOf(ctx);
      lane.coming++;
      under(1);
      let here = false;
      return () => {
        if (here) return;
        here = true;
        lane.coming--;
        under(-1);
        // In a moment it is in the queue; it may also be that nothing came of it.
        if (lane.coming === 0) queueMicrotask(() => lane.complete?.());
        forget(ctx, lane);
      };
    },
    add: (ctx, item) =>
      new Promise<A>((resolve, reject) => {
        under(1);
        const lane = laneOf(ctx);
        lane.queue.push({
          ctx,
          item,
          settle: (answer) => {
            under(-1);
            resolve(answer);
          },
          fail: (error) => {
            under(-1);
            reject(error);
          },
        });
        if (lane.queue.length >= maxItems) lane.complete?.();
        lane.draining ??= drain(ctx, lane);
      }),
    idle: async () => {
      for (let running = drains(); running.length > 0; running = drains()) await Promise.all(running);
    },
  };
}

function laneName({ tenant, actor }: Ctx): string {
  return `${tenant} ${actor.id}`;
}

async function gather<I, A>(lane: Lane<I, A>, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    lane.complete = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  lane.complete = undefined;
}

async function commitBatch<I, A>(
  commit: (ctx: Ctx, items: readonly I[]) => Promise<readonly A[]>,
  batch: readonly Waiting<I, A>[],
): Promise<void> {
  try {
    const answers = await commit(
      batch[0]!.ctx,
      batch.map(({ item }) => item),
    );
    for (const [index, { settle }] of batch.entries()) settle(answers[index]!);
  } catch (error) {
    if (error instanceof PartlyRefused) {
      const { answers } = error as PartlyRefused<I, A>;
      const rest = batch.filter(({ item, settle }) => !answerRefused(answers, item, settle));
      if (rest.length > 0) await commitBatch(commit, rest);
    } else if (batch.length > 1 && isRolledBack(error)) {
      for (const waiting of batch) await commitBatch(commit, [waiting]);
    } else {
      for (const { fail } of batch) fail(commitError(error));
    }
  }
}

function answerRefused<I, A>(answers: ReadonlyMap<I, A>, item: I, settle: (answer: A) => void): boolean {
  if (!answers.has(item)) return false;
  settle(answers.get(item)!);
  return true;
}

function takeBatch<I, A>(
  queue: Waiting<I, A>[],
  { maxItems, weight, exclusive }: { maxItems: number } & Pick<GroupCommitOptions<I>, 'weight' | 'exclusive'>,
): Waiting<I, A>[] {
  const seen = new Set<string>();
  const batch: Waiting<I, A>[] = [];
  const later: Waiting<I, A>[] = [];
  let load = 0;
  let looked = 0;
  for (; looked < Math.min(queue.length, maxItems); looked++) {
    const waiting = queue[looked]!;
    const keys = exclusive?.(waiting.item) ?? [];
    if (keys.some((key) => seen.has(key))) later.push(waiting);
    else {
      load += weight?.of(waiting.item) ?? 0;
      if (weight && load > weight.max && batch.length > 0) break;
      batch.push(waiting);
    }
    for (const key of keys) seen.add(key);
  }
  queue.splice(0, looked, ...later);
  return batch;
}
