import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { GiveWay, Job, JobDefinition, JobResult } from '@grunnmur/kernel/jobs';
import { isChannelUnavailable, type SendOutcome } from '../external/index.ts';
import { auditDeliveries, deliverQueue, fallThrough, type Refused } from '../service/apply-outcomes.ts';
import { isFinal } from '../service/status-table.ts';
import { type Forsendelse, findForsendelser } from '../store/forsendelse-store.ts';
import { findLeveringer, recordLeveringer } from '../store/levering-store.ts';
import type { Kanal } from '../types.ts';

interface Payload {
  readonly id: string;
}

/** Hands over one letter; `repeated` when an earlier attempt may have got through. */
type Send = (ctx: Ctx, letter: Forsendelse, repeated: boolean) => Promise<SendOutcome>;

export interface ChannelDelivery {
  readonly kanal: Exclude<Kanal, 'svarinn'>;
  readonly batch: number;
  readonly concurrency: number;
  /** How many letters of one batch are on the wire at once. */
  readonly parallel: number;
  readonly giveWay: GiveWay | undefined;
  /** Reads what the whole batch needs in one go; its result is passed to every `send`. */
  readonly prepare: (ctx: Ctx, letters: readonly Forsendelse[]) => Promise<Send>;
  /** Writes the status that handing over gives. */
  readonly sent: (trx: Trx, letters: readonly Forsendelse[]) => Promise<void>;
}

/**
 * Hands letters to one channel. The channel knows a letter by its id, so a repeat after a crash reaches the same
 * message. Refusals and exhausted attempts go to the next channel; what may pass by itself is tried again.
 */
export function deliverJob(delivery: ChannelDelivery): JobDefinition<Payload> {
  return {
    queue: deliverQueue(delivery.kanal),
    batch: delivery.batch,
    gatherMs: 100,
    giveWay: delivery.giveWay,
    concurrency: delivery.concurrency,
    leaseMs: 60_000,
    maxAttempts: 8,
    // 5 s, 20 s, 80 s, 5 min, 21 min, then hourly: about two and a half hours before the next channel is tried.
    backoffMs: (attempt) => Math.min(5_000 * 4 ** (attempt - 1), 3_600_000),
    handle: (ctx, jobs) => deliver(ctx, delivery, jobs),
    onDead: (ctx, job, error) => giveUp(ctx, delivery, job.payload.id, error),
  };
}

interface Attempt {
  readonly letter: Forsendelse;
  readonly outcome: SendOutcome | Error;
}

async function deliver(
  ctx: Ctx,
  delivery: ChannelDelivery,
  jobs: readonly Job<Payload>[],
): Promise<JobResult[]> {
  const ids = jobs.map((job) => job.payload.id);
  const letters = await withTransaction(ctx, (trx) => findWaiting(trx, delivery.kanal, ids));
  if (letters.length === 0) return jobs.map(() => ({ outcome: 'done' }));
  const send = await delivery.prepare(ctx, letters);
  const repeated = new Set(jobs.filter((job) => job.attempt > 1).map((job) => job.payload.id));
  const attempts = await inParallel(letters, delivery.parallel, (letter) =>
    attempt(ctx, letter, send, repeated.has(letter.id)),
  );
  await withTransaction(ctx, (trx) => recordAttempts(trx, delivery, attempts));
  const byId = new Map(attempts.map(({ letter, outcome }) => [letter.id, outcome]));
  return ids.map((id) => jobResult(byId.get(id)));
}

/** Letters still to be delivered over the channel: not read, closed or sent meanwhile. */
async function findWaiting(trx: Trx, kanal: Kanal, ids: readonly string[]): Promise<Forsendelse[]> {
  const leveringer = await findLeveringer(trx, ids);
  const waiting = new Set(
    leveringer
      .filter((row) => row.kanal === kanal && row.tilstand === 'venter')
      .map((row) => row.forsendelseId),
  );
  const letters = await findForsendelser(trx, [...waiting]);
  return letters.filter((letter) => !isFinal(letter.status) && letter.dokumenterSlettet === null);
}

async function attempt(ctx: Ctx, letter: Forsendelse, send: Send, repeated: boolean): Promise<Attempt> {
  try {
    const outcome = await send(ctx, letter, repeated);
    if (outcome.outcome === 'refused')
      ctx.log.warn(
        { forsendelse: letter.id, reason: outcome.reason, detail: outcome.detail },
        'channel refused',
      );
    return { letter, outcome };
  } catch (error) {
    if (!isChannelUnavailable(error))
      ctx.log.error({ err: error, forsendelse: letter.id }, 'delivery failed');
    return { letter, outcome: error as Error };
  }
}

async function recordAttempts(
  trx: Trx,
  delivery: ChannelDelivery,
  attempts: readonly Attempt[],
): Promise<void> {
  const sent: { letter: Forsendelse; reference: string }[] = [];
  const refused: Refused[] = [];
  for (const { letter, outcome } of attempts) {
    if (outcome instanceof Error) continue;
    if (outcome.outcome === 'sent') sent.push({ letter, reference: outcome.reference });
    else
      refused.push({
        letter,
        ...refusalEntry(delivery.kanal, outcome.code),
        detail: `${outcome.reason}: ${outcome.detail}`,
      });
  }
  // 'stanset': read or taken back while it was on the wire. Any other state means that a receipt or another worker
  // came first, and has said what there was to say.
  const counted = await recordLeveringer(
    trx,
    delivery.kanal,
    sent.map(({ letter, reference }) => ({
      forsendelseId: letter.id,
      tilstand: 'sendt' as const,
      referanse: reference,
    })),
    ['venter', 'stanset'],
  );
  const letters = sent.flatMap(({ letter }) => (counted.has(letter.id) ? [letter] : []));
  if (letters.length > 0) await delivery.sent(trx, letters);
  await fallThrough(trx, delivery.kanal, refused, ['venter']);
  await auditDeliveries(trx, delivery.kanal, letters);
}

/** The sender reads why paper was refused: it is the last way, and something of the letter must be changed. */
function refusalEntry(kanal: Kanal, code: string | undefined): Pick<Refused, 'kode' | 'params'> {
  if (kanal !== 'print' || code === undefined) return { kode: `${kanal}_avvist` };
  return { kode: 'print_avvist_grunn', params: { grunn: code } };
}

function jobResult(outcome: SendOutcome | Error | undefined): JobResult {
  if (!(outcome instanceof Error))
    return { outcome: 'done', ...(outcome ? { detail: { outcome: outcome.outcome } } : {}) };
  const waitMs =
    isChannelUnavailable(outcome) && outcome.retryAfterSeconds
      ? { afterMs: outcome.retryAfterSeconds * 1000 }
      : {};
  return { outcome: 'retry', error: outcome.message, ...waitMs };
}

async function giveUp(ctx: Ctx, delivery: ChannelDelivery, id: string, error: string): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    const letters = await findWaiting(trx, delivery.kanal, [id]);
    await fallThrough(
      trx,
      delivery.kanal,
      letters.map((letter) => ({ letter, kode: `${delivery.kanal}_feilet`, detail: error.slice(0, 500) })),
      ['venter'],
    );
  });
}

async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
