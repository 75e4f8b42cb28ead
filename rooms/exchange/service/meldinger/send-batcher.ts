import { isRolledBack } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import type { Mottatt, NyMelding } from '../../store/meldinger/melding-store.ts';

const MAX_BATCH = 64;
/** Payloads travel inside the statement: what one may hold. */
const MAX_BATCH_BYTES = 2 * 1024 ** 2;

interface Waiting {
  readonly melding: NyMelding;
  readonly done: (mottatt: Mottatt) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Group commit of sends, whoever sends (decision 0006): those that come while a commit is under way share the next, and one
 * alone is committed at once. After an SQL error each is tried alone. When the connection broke nobody knows whether the
 * commit happened: all get 503, and a client that repeats itself with its `klientMeldingId` is recognised.
 */
export function createSendBatcher(
  commit: (meldinger: readonly NyMelding[]) => Promise<readonly Mottatt[]>,
): (melding: NyMelding) => Promise<Mottatt> {
  const queue: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (queue.length > 0) await commitBatch(takeBatch(queue));
    running = false;
  }

  async function commitBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const mottatt = await commit(batch.map((waiting) => waiting.melding));
      for (const [index, { done }] of batch.entries()) done(mottatt[index]!);
    } catch (error) {
      if (batch.length > 1 && isRolledBack(error)) {
        for (const waiting of batch) await commitBatch([waiting]);
      } else {
        const shown = isRolledBack(error) ? error : KernelError.unavailable({ cause: error });
        for (const { fail } of batch) fail(shown);
      }
    }
  }

  return (melding) =>
    new Promise((done, fail) => {
      queue.push({ melding, done, fail });
      if (!running) void drain();
    });
}

/** Equal ones never share a batch: the second must find the first. */
function takeBatch(queue: Waiting[]): Waiting[] {
  const batch: Waiting[] = [];
  const later: Waiting[] = [];
  const prints = new Set<string>();
  let bytes = 0;
  while (queue.length > 0 && batch.length < MAX_BATCH) {
    const { fingeravtrykk, innhold } = queue[0]!.melding;
    bytes += innhold?.length ?? 0;
    if (batch.length > 0 && bytes > MAX_BATCH_BYTES) break;
    const waiting = queue.shift()!;
    if (fingeravtrykk !== null && prints.has(fingeravtrykk)) later.push(waiting);
    else batch.push(waiting);
    if (fingeravtrykk !== null) prints.add(fingeravtrykk);
  }
  queue.unshift(...later);
  return batch;
}
