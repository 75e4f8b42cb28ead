import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { FieldError } from '@grunnmur/kernel/errors';
import { enqueue } from '@grunnmur/kernel/jobs';
import { MINUTE_MS } from '@grunnmur/kernel/time';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { insertHendelseOnce } from '../store/hendelse-store.ts';
import { findLeveringer, stopWaiting } from '../store/levering-store.ts';
import { insertApning, setLest } from '../store/reader-store.ts';
import type { KontoRef } from '../types.ts';
import { changeStatus } from './apply-outcomes.ts';
import { invalidContent } from './invalid-content.ts';
import { FOLLOW_UP, PUBLIC_TASK } from './legal-basis.ts';
import { ownLetter } from './own-letter.ts';

/** What a system outside says of a reading; `fields` are the names that the caller's face has for these. */
export interface ReadReport {
  readonly fnr: string;
  readonly tidspunkt: Date;
  readonly system?: string;
  readonly fields?: { readonly fnr: string; readonly tidspunkt: string };
}

/** How far the clock of a system outside may differ from ours. */
const CLOCK_LEEWAY_MS = 5 * MINUTE_MS;

/**
 * A system outside reports that somebody has read the letter (v1 settLest, v2 lest). Once for each reader: a repeat adds
 * nothing. LEST when the state table allows it; a letter already closed is opened all the same. Paper not yet printed is
 * stopped. Throws `post.invalid` for a reader whom the letter does not concern, and for a time that cannot be.
 */
export async function markReadExternally(
  ctx: Ctx,
  konto: KontoRef,
  id: string,
  read: ReadReport,
): Promise<void> {
  const wrong = await withTransaction(ctx, async (trx) => {
    const letter = await ownLetter(trx, konto, id);
    const faults = checkReport(letter, read, ctx.now());
    if (faults.length === 0) await recordExternal(trx, letter, read);
    await audit(trx, [
      {
        operation: 'post.forsendelse.lest_eksternt',
        ...subjectOf(letter, read, faults),
        object: id,
        informationKind: 'brev',
        purpose: FOLLOW_UP,
        legalBasis: PUBLIC_TASK,
        outcome: faults.length === 0 ? 'ok' : 'refused',
        detail: { system: read.system ?? null },
      },
    ]);
    return faults;
  });
  if (wrong.length > 0) throw invalidContent(wrong);
}

async function recordExternal(trx: Trx, letter: Forsendelse, read: ReadReport): Promise<void> {
  const at = new Date(Math.min(read.tidspunkt.getTime(), trx.ctx.now().getTime()));
  if (!(await insertApning(trx, letter.id, read.fnr, 'ekstern', at))) return;
  await markRead(trx, letter.id, 'lest_eksternt', at, {
    system: read.system ?? 'ukjent',
    lest: read.tidspunkt.toISOString(),
  });
}

/** A refused report concerns the one whose letter it is; the number in it may be anybody's. */
function subjectOf(letter: Forsendelse, read: ReadReport, faults: readonly FieldError[]) {
  if (faults.length === 0) return { subject: read.fnr };
  return letter.mottakerId ? { subject: letter.mottakerId } : {};
}

function checkReport(letter: Forsendelse, read: ReadReport, now: Date): FieldError[] {
  const faults: FieldError[] = [];
  const { fnr, tidspunkt } = read.fields ?? { fnr: '/fnr', tidspunkt: '/tidspunkt' };
  if (!mayHaveRead(letter, read.fnr)) {
    const message = 'må være mottakeren av forsendelsen eller stå i eksponertFor';
    faults.push({ field: fnr, rule: 'leser', message });
  }
  const at = read.tidspunkt.getTime();
  if (at < letter.mottatt.getTime() - CLOCK_LEEWAY_MS) {
    const message = 'kan ikke være før forsendelsen ble sendt';
    faults.push({ field: tidspunkt, rule: 'for_tidlig', message });
  } else if (at > now.getTime() + CLOCK_LEEWAY_MS) {
    faults.push({ field: tidspunkt, rule: 'fram_i_tid', message: 'kan ikke være fram i tid' });
  }
  return faults;
}

/**
 * A letter to a person is read by her or by one whom the sender let in. Who reads for an organisation, or behind a postal
 * address without a number, only the sender knows.
 */
function mayHaveRead(letter: Forsendelse, fnr: string): boolean {
  if (letter.mottakerId?.length !== PERSON_DIGITS) return true;
  return letter.mottakerId === fnr || letter.eksponertFor.includes(fnr);
}

const PERSON_DIGITS = 11;

/**
 * Notes when the letter was opened, sets LEST where the state table allows it, plans nothing more, and asks the print
 * supplier to stop a job under way.
 */
export async function markRead(
  trx: Trx,
  id: string,
  kode: string,
  at: Date,
  params: Record<string, string> = {},
): Promise<void> {
  // The deliveries first, the letter after: the order in which the delivery jobs lock them too.
  await stopWaiting(trx, [id]);
  await setLest(trx, id, at);
  const moved = await changeStatus(trx, 'LEST', [{ id, kode, params }]);
  if (!moved.has(id)) {
    await insertHendelseOnce(trx, { forsendelseId: id, kode, params });
    return;
  }
  const leveringer = await findLeveringer(trx, [id]);
  if (leveringer.some(({ kanal, tilstand }) => kanal === 'print' && tilstand === 'sendt'))
    await cancelPrint(trx, [id]);
}

/** Has the print supplier asked to stop the jobs of letters that were read meanwhile. */
export async function cancelPrint(trx: Trx, ids: readonly string[]): Promise<void> {
  await enqueue(
    trx,
    ids.map((id) => ({
      queue: 'post.cancel_print',
      tenant: trx.ctx.tenant,
      payload: { id },
      subject: id,
      uniqueKey: id,
    })),
  );
}
