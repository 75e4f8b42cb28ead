import type { Ctx } from '@grunnmur/kernel/ctx';
import { type GroupCommit, nothingCommitted, withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey } from '@grunnmur/kernel/storage';
import { PostError } from '../errors.ts';
import { isParty } from '../store/forsendelse-store.ts';
import type { NyForsendelse } from '../types.ts';
import { contentWarnings, printWarnings } from './check-printed.ts';
import type { AcceptAnswer, PreparedForsendelse } from './commit-accepted.ts';
import type { AcceptDeps, PostDeps } from './deps.ts';
import { fingerprint, requestHash } from './fingerprint.ts';
import type { Accepted, AcceptInput } from './post-service.ts';
import { receiveDocuments, type StoredDocument } from './receive-documents.ts';
import { assertForsendelse } from './validate-forsendelse.ts';
import { keptWarnings } from './warnings.ts';

/** Letters of one sender that arrive together share a commit. */
export type LetterCommits = GroupCommit<PreparedForsendelse, AcceptAnswer>;

/**
 * Takes a letter: rules, documents to storage, one durable commit. Nothing remains of a letter that is refused; when
 * it cannot be known whether the commit happened, the objects stay and the sweeper decides by the rows.
 */
export async function acceptForsendelse(
  ctx: Ctx,
  deps: AcceptDeps,
  commits: LetterCommits,
  input: AcceptInput,
): Promise<Accepted> {
  const rules = { synthetic: deps.synthetic, maxDocuments: deps.limits.maxDocuments };
  assertForsendelse(input.forsendelse, ctx.now(), rules, input.faults);
  const stored: StoredDocument[] = [];
  const strangeAnswer = await answersStranger(ctx, deps, input.forsendelse);
  let arrive: (() => void) | undefined;
  try {
    await receiveDocuments(ctx, deps, input.forsendelse, input.files, stored, () => {
      arrive ??= commits.expect(ctx);
    });
  } catch (error) {
    await removeDocuments(ctx, deps, stored);
    throw error;
  } finally {
    arrive?.();
  }
  return commit(ctx, deps, commits, prepare(ctx, deps, input, stored, strangeAnswer));
}

/**
 * Does it say that it answers a letter which its organisation neither sent nor got? SvarUt's senders may answer letters that came by
 * another installation, so it is taken; but no letter is linked to a stranger's.
 */
async function answersStranger(ctx: Ctx, deps: PostDeps, forsendelse: NyForsendelse): Promise<boolean> {
  const { svarPaForsendelse } = forsendelse;
  if (svarPaForsendelse === undefined) return false;
  const { orgnr } = await deps.tenant(ctx.tenant!);
  return !(await withTransaction(ctx, (trx) => isParty(trx, svarPaForsendelse, orgnr)));
}

async function commit(
  ctx: Ctx,
  deps: AcceptDeps,
  commits: LetterCommits,
  letter: PreparedForsendelse,
): Promise<Accepted> {
  let keep = false;
  try {
    const answer = await commits.add(ctx, letter);
    if ('error' in answer) throw answer.error;
    if ('repeated' in answer) return answer.repeated;
    keep = true;
    return answer;
  } catch (error) {
    keep = !nothingCommitted(error);
    throw isUnknownKonto(error) ? PostError.kontoNotFound({ cause: error }) : error;
  } finally {
    if (!keep) await removeDocuments(ctx, deps, letter.documents);
  }
}

/** An account that was granted before it was made, or taken away meanwhile. */
function isUnknownKonto(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'forsendelse_konto_id_fkey';
}

async function removeDocuments(ctx: Ctx, deps: PostDeps, stored: readonly StoredDocument[]): Promise<void> {
  if (stored.length === 0) return;
  const keys = stored.map((document) => objectKey(ctx.tenant!, document.objekt));
  await deps.storage
    .remove(keys)
    .catch((error: unknown) => ctx.log.warn({ err: error }, 'objects left for the sweeper'));
}

function prepare(
  ctx: Ctx,
  deps: PostDeps,
  input: AcceptInput,
  stored: readonly StoredDocument[],
  strangeAnswer: boolean,
): PreparedForsendelse {
  const id = input.reservedId ?? newId();
  const content = stored.map(({ dokument, sha256 }) => ({ filnavn: dokument.filnavn, sha256 }));
  const print = fingerprint(input.forsendelse, content);
  const key = input.idempotencyKey;
  const exclusive = [`print:${print.toString('hex')}`];
  if (key) exclusive.push(`key:${key}`);
  if (input.reservedId) exclusive.push(`id:${input.reservedId}`);
  return {
    id,
    exclusive,
    konto: input.konto,
    // What tells calls apart, above, is what the sender wrote.
    forsendelse: strangeAnswer ? withoutAnswer(input.forsendelse) : input.forsendelse,
    documents: stored,
    fingeravtrykk: print,
    reserved: input.reservedId !== undefined,
    idempotency: key ? { key, requestHash: requestHash(input.forsendelse, content) } : undefined,
    slettesDato: addMonths(ctx.now(), deps.limits.retentionMonths),
    advarsler: keptWarnings([
      ...(input.advarsler ?? []),
      ...(strangeAnswer ? [{ kode: 'svar_pa_fremmed', felt: '/svarPaForsendelse' } as const] : []),
      ...contentWarnings(input.forsendelse),
      ...printWarnings(input.forsendelse),
      ...stored.flatMap(({ advarsler }) => advarsler),
    ]),
  };
}

function withoutAnswer({ svarPaForsendelse: _, ...forsendelse }: NyForsendelse): NyForsendelse {
  return forsendelse;
}

function addMonths(date: Date, months: number): Date {
  const result = new Date(date);
  result.setUTCMonth(result.getUTCMonth() + months);
  return result;
}
