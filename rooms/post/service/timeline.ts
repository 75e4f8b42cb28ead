import { type AuditEntry, audit } from '@grunnmur/kernel/audit';
import { type Actor, type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { withSnapshot, withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { attemptsBySubject } from '@grunnmur/kernel/jobs';
import type { Timeline, TimelineEntry } from '../contract.ts';
import { PostError } from '../errors.ts';
import { type Forsendelse, findForsendelser } from '../store/forsendelse-store.ts';
import { type HendelseRow, listHendelser } from '../store/hendelse-store.ts';
import { findForReader } from '../store/reader-store.ts';
import { toHendelse } from './hendelse-text.ts';
import { isFinal } from './status-table.ts';
import { auditReads, recordRefusals } from './traces.ts';
import { isWarningEntry, warningOf } from './warnings.ts';

type Attempt = Awaited<ReturnType<typeof attemptsBySubject>>[number];

/** The letter's history in the order it happened, with the attempts of each step and what is expected next. */
export async function findTimeline(
  ctx: Ctx,
  id: string,
  paperUrl?: (forsendelseId: string) => string,
): Promise<Timeline> {
  if (!isUuid(id)) throw PostError.notFound();
  const { letter, rows } = await withSnapshot(ctx, async (trx) => {
    const found =
      ctx.actor.kind === 'person' ? await findForReader(trx, id) : (await findForsendelser(trx, [id]))[0];
    return { letter: found, rows: found ? await listHendelser(trx, id) : [] };
  });
  const byPerson = ctx.actor.kind === 'person';
  if (!letter) {
    await recordRefusals(ctx, 'post.forsendelse.tidslinje_lest', [id]);
    throw PostError.notFound();
  }
  const owner = withCtx(ctx, { tenant: letter.tenantId });
  await withTransaction(owner, (trx) =>
    byPerson ? audit(trx, [shown(letter)]) : auditReads(trx, 'post.forsendelse.tidslinje_lest', [letter]),
  );
  const timeline = toTimeline(letter, rows, await readAttempts(ctx, letter), ctx.actor.kind);
  const printed = !byPerson && rows.some(({ kode }) => kode === 'sendt_print');
  return printed && paperUrl ? { ...timeline, papir: paperUrl(id) } : timeline;
}

/** A person has looked at a letter. */
export function shown(letter: Forsendelse): AuditEntry {
  return {
    operation: 'post.forsendelse.vist',
    object: letter.id,
    informationKind: 'brev',
    outcome: 'ok',
    ...(letter.mottakerId ? { subject: letter.mottakerId } : {}),
  };
}

/** Attempts are rows of the sender's tenant; who may see the letter may see how its delivery went. */
export function readAttempts(ctx: Ctx, letter: Forsendelse): Promise<Attempt[]> {
  return attemptsBySubject(withCtx(ctx, { tenant: letter.tenantId }), letter.id);
}

/** Letter and rows are of one snapshot. */
export function toTimeline(
  letter: Forsendelse,
  rows: readonly HendelseRow[],
  attempts: readonly Attempt[],
  reader: Actor['kind'],
): Timeline {
  const byPerson = reader === 'person';
  // Warnings are about how the sender's system writes letters, which is no matter of the recipient's.
  const shown = byPerson ? rows.filter((row) => !isWarningEntry(row)) : rows;
  return {
    id: letter.id,
    status: letter.status,
    final: isFinal(letter.status),
    // A reader sees that and when it was tried; what a service answered is for the sender.
    entries: toEntries(shown, byPerson ? attempts.map((attempt) => ({ ...attempt, error: null })) : attempts),
    advarsler: shown.flatMap(toWarnings),
    ...next(letter),
  };
}

function toWarnings(row: HendelseRow): Timeline['advarsler'] {
  const warning = warningOf(row);
  return warning ? [{ ...warning, tekst: toHendelse(row).tekst }] : [];
}

/** An attempt belongs to the first entry written when it had ended, i.e. to the step it led to. */
function toEntries(rows: readonly HendelseRow[], attempts: readonly Attempt[]): TimelineEntry[] {
  const left = [...attempts];
  return rows.map((row, index) => {
    const last = index === rows.length - 1;
    const until = rows[index + 1]?.tidspunkt ?? row.tidspunkt;
    const own = left.filter((attempt) => last || attempt.startedAt < until);
    left.splice(0, own.length);
    return {
      ...toHendelse(row),
      ...(row.status ? { status: row.status } : {}),
      ...(row.aktor ? { aktor: row.aktor } : {}),
      attempts: own.map((attempt) => ({
        at: attempt.startedAt,
        outcome: attempt.outcome,
        ms: attempt.finishedAt.getTime() - attempt.startedAt.getTime(),
        ...(attempt.error ? { detail: attempt.error } : {}),
      })),
    };
  });
}

function next(letter: Forsendelse): Pick<Timeline, 'next'> {
  if (letter.printFrist) return { next: { kode: 'print_om_ulest', senest: letter.printFrist } };
  switch (letter.status) {
    case 'AKSEPTERT':
      return { next: { kode: 'leveres' } };
    case 'KLAR_FOR_MOTTAK':
      return { next: { kode: 'hentes_av_mottaker' } };
    case 'SENDT_SDP':
      return { next: { kode: 'kvittering_postkasse' } };
    case 'SENDT_PRINT':
      return { next: { kode: 'kvittering_utskrift' } };
    case 'VARSLET':
    case 'SENDT_DIGITALT':
    case 'LEVERT_SDP':
      return letter.lest ? {} : { next: { kode: 'apnes_av_mottaker' } };
    default:
      return {};
  }
}
