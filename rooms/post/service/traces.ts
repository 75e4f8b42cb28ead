import { type AuditEntry, audit } from '@grunnmur/kernel/audit';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, together, withTransaction } from '@grunnmur/kernel/db';
import { isAppError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import { PostError } from '../errors.ts';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { insertRefusals } from '../store/trace-store.ts';
import type { KontoRef } from '../types.ts';
import { FOLLOW_UP, PUBLIC_TASK } from './legal-basis.ts';
import { ownLetter } from './own-letter.ts';

/** What a sender's system, or a reader, did with letters; each has a text for the citizen (`audit.<operation>`). */
export type ReadOperation =
  | 'post.forsendelse.status_lest'
  | 'post.forsendelse.hendelser_lest'
  | 'post.forsendelse.metadata_lest'
  | 'post.forsendelse.signering_lest'
  | 'post.forsendelse.tidslinje_lest'
  | 'post.forsendelse.sokt'
  | 'post.forsendelse.vist'
  | 'post.forsendelse.lest_eksternt'
  | 'post.dokument.apnet'
  | 'post.dokumenter.slettet';

/** Ids that one entry names at most; of a longer list the number tells. */
const MOST_NAMED = 100;

/**
 * One entry for one call, whatever it asked about: with the letter and the person when it was one, else with the ids. Under
 * the sender's tenant, in the transaction that reads: no answer without its trace.
 */
export async function auditReads(
  trx: Trx,
  operation: ReadOperation,
  letters: readonly Pick<Forsendelse, 'id' | 'mottakerId'>[],
): Promise<void> {
  const [first, ...more] = letters;
  if (!first) return;
  const entry: AuditEntry = {
    operation,
    informationKind: 'brev',
    purpose: FOLLOW_UP,
    legalBasis: PUBLIC_TASK,
    outcome: 'ok',
    ...(more.length === 0
      ? { object: first.id, ...(first.mottakerId ? { subject: first.mottakerId } : {}) }
      : { detail: { antall: letters.length, ider: letters.slice(0, MOST_NAMED).map(({ id }) => id) } }),
  };
  await audit(trx, [entry]);
}

/** Reads about one of the account's own letters, with its trace; another's is refused, which leaves one too. */
export function ownRead<T>(
  ctx: Ctx,
  konto: KontoRef,
  id: string,
  operation: ReadOperation,
  read: (trx: Trx, letter: Forsendelse) => Promise<T>,
): Promise<T> {
  return traceRefusal(ctx, operation, [id], () =>
    withTransaction(ctx, async (trx) => {
      const letter = await ownLetter(trx, konto, id);
      const [answer] = await together([read(trx, letter), auditReads(trx, operation, [letter])]);
      return answer;
    }),
  );
}

/** Runs `work`; when it finds no letter that the caller may have, who asked for which is written down. */
export async function traceRefusal<T>(
  ctx: Ctx,
  operation: ReadOperation,
  ids: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) && error.code === PostError.notFound().code)
      await recordRefusals(ctx, operation, ids);
    throw error;
  }
}

/** Letters that are not the caller's, or not there at all: the two are not told apart, and take as long. */
export async function recordRefusals(
  ctx: Ctx,
  operation: ReadOperation,
  ids: readonly string[],
): Promise<void> {
  // What is no id names no letter.
  const asked = ids.filter(isUuid);
  if (asked.length === 0) return;
  const detail = asked.length === 1 ? null : { antall: asked.length };
  await withTransaction(withCtx(ctx, { tenant: null }), (trx) =>
    insertRefusals(trx, operation, asked, detail),
  );
}
