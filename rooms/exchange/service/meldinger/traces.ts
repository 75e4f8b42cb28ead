import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { isAppError } from '@grunnmur/kernel/errors';
import { decodeCursor, encodeCursor } from '@grunnmur/kernel/http';
import { firstIdAt, isUuid } from '@grunnmur/kernel/ids';
import { MINUTE_MS } from '@grunnmur/kernel/time';
import type { MeldingPage, MeldingSearch, MeldingView, Timeline, TimelineEntry } from '../../contract.ts';
import { ExchangeError } from '../../errors.ts';
import {
  findAnswers,
  findConversation,
  findDelivery,
  findHendelser,
  findMelding,
  type HendelseRow,
  type MeldingRow,
  searchByAnyId,
  searchByClientId,
  searchByKonto,
  typePattern,
} from '../../store/meldinger/trace-store.ts';
import type { HendelseKode } from '../../types.ts';

export type { MeldingPage, MeldingSearch, MeldingView, Timeline } from '../../contract.ts';

/** Whose messages: those of one integration, or with `null` all of the acting organisation. */
export type Scope = string | null;

const PAGE = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Everything that happened to a message. Throws `exchange.melding_not_found`, also for other parties' messages. */
export function readTimeline(ctx: Ctx, integrasjonId: string, id: string): Promise<Timeline> {
  return looked(ctx, id, 'tidslinje', (trx) => timelineOf(trx, integrasjonId, id));
}

/**
 * A look at a message leaves its trace with the reading, or neither happens; a refused one leaves one too, the same for a
 * message that is another's and for one that is not there.
 */
export async function looked<T>(
  ctx: Ctx,
  id: string,
  del: 'tidslinje' | 'samtale',
  read: (trx: Trx) => Promise<T>,
): Promise<T> {
  const entry = {
    operation: 'exchange.melding.vist',
    ...(isUuid(id) ? { object: id.toLowerCase() } : {}),
    informationKind: 'melding',
  };
  try {
    return await withTransaction(ctx, async (trx) => {
      const answer = await read(trx);
      // A conversation is of several messages.
      const more = Array.isArray(answer) ? { meldinger: answer.map((each: MeldingView) => each.id) } : {};
      await audit(trx, [{ ...entry, outcome: 'ok', detail: { del, ...more } }]);
      return answer;
    });
  } catch (error) {
    if (isAppError(error) && error.code === ExchangeError.meldingNotFound().code)
      await withTransaction(ctx, (trx) => audit(trx, [{ ...entry, outcome: 'refused', detail: { del } }]));
    throw error;
  }
}

/** A search leaves its trace: what was asked for, and how much was found. */
export function searched(ctx: Ctx, scope: Scope, search: MeldingSearch): Promise<MeldingPage> {
  return withTransaction(ctx, async (trx) => {
    const found = await searchIn(trx, scope, search);
    const detail = { ...search, treff: found.meldinger.length };
    await audit(trx, [{ operation: 'exchange.melding.sok', outcome: 'ok', detail }]);
    return found;
  });
}

/** {@link readTimeline} in the caller's transaction. */
export async function timelineOf(trx: Trx, scope: Scope, id: string): Promise<Timeline> {
  const melding = isUuid(id) ? await findMelding(trx, scope, id) : undefined;
  if (!melding) throw ExchangeError.meldingNotFound();
  const hendelser = await findHendelser(trx, melding.id);
  const out = melding.status === 'PAA_KO' ? await findDelivery(trx, melding) : undefined;
  const answers = (await findAnswers(trx, scope, melding.id, PAGE)).filter(({ plattform }) => !plattform);
  const entries = [
    entry(melding.mottatt, 'MOTTATT'),
    ...hendelser.flatMap(entriesOf),
    ...(out ? [entry(out.levert, 'UTLEVERT', { forbindelse: out.forbindelse })] : []),
    ...answers.map((answer) =>
      entry(answer.mottatt, 'BESVART', { meldingId: answer.id, meldingType: answer.type }),
    ),
  ];
  return {
    ...view(melding),
    entries: entries.sort((a, b) => (a.tidspunkt < b.tidspunkt ? -1 : a.tidspunkt > b.tidspunkt ? 1 : 0)),
  };
}

/** All messages that hang together with one by `svar-til`, both ways, the oldest first; at most 100. */
export function readConversation(ctx: Ctx, integrasjonId: string, id: string): Promise<MeldingView[]> {
  return looked(ctx, id, 'samtale', (trx) => conversationOf(trx, integrasjonId, id));
}

/** {@link readConversation} in the caller's transaction. */
export async function conversationOf(trx: Trx, scope: Scope, id: string): Promise<MeldingView[]> {
  if (!isUuid(id) || !(await findMelding(trx, scope, id))) throw ExchangeError.meldingNotFound();
  return (await findConversation(trx, scope, id, PAGE)).map(view);
}

/** Messages to and from the integration's kontoer, the newest first. */
export function searchMeldinger(
  ctx: Ctx,
  integrasjonId: string,
  search: MeldingSearch,
): Promise<MeldingPage> {
  return searched(ctx, integrasjonId, search);
}

/** {@link searchMeldinger} in the caller's transaction. */
async function searchIn(trx: Trx, scope: Scope, search: MeldingSearch): Promise<MeldingPage> {
  const { kontoId, status, klientMeldingId, korrelasjonsId, antall = PAGE } = search;
  const type = typePattern(search.type, search.typeDel);
  const fra = search.fra ? new Date(search.fra) : undefined;
  const til = search.til ? new Date(search.til) : undefined;
  const filter = {
    ...{ kontoId, type, status, klientMeldingId, korrelasjonsId, fra, til },
    before: search.cursor ? cursorId(search.cursor) : til ? firstIdAt(til.getTime() + MINUTE_MS) : LAST_ID,
    // An id is made moments before its message is accepted.
    from: fra ? firstIdAt(fra.getTime() - MINUTE_MS) : FIRST_ID,
    limit: Math.min(antall, PAGE),
  };
  const byClientId = klientMeldingId !== undefined || korrelasjonsId !== undefined;
  const { rows, frontier } =
    search.id !== undefined
      ? { rows: await searchByAnyId(trx, scope, filter, readId(search.id)), frontier: undefined }
      : byClientId
        ? { rows: await searchByClientId(trx, scope, filter), frontier: undefined }
        : await searchByKonto(trx, scope, filter);
  const next = rows.length === filter.limit ? rows.at(-1)!.id : frontier;
  return { meldinger: rows.map(view), ...(next ? { cursor: encodeCursor([next]) } : {}) };
}

/**
 * What somebody who writes down or copies an id may mean: a UUID however it is spaced, hyphenated and bracketed, and the
 * sender's own ids, which are any text, as written and without spaces.
 */
function readId(written: string): { readonly uuid: string | undefined; readonly texts: readonly string[] } {
  const trimmed = written.trim();
  const hex = trimmed.replaceAll(/[\s{}\-\u2010-\u2015]/g, '').toLowerCase();
  const uuid = /^[0-9a-f]{32}$/.test(hex)
    ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : undefined;
  const texts = [trimmed, trimmed.replaceAll(/\s/g, '')];
  if (uuid) texts.push(uuid, uuid.toUpperCase(), hex);
  return { uuid, texts: [...new Set(texts)] };
}

function cursorId(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  // Any UUID is a place in the order, and nobody sees more by it.
  return isUuid(id) ? id : FIRST_ID;
}

/** A row tells how a delivery ended, and so when it began. */
function entriesOf(row: HendelseRow): TimelineEntry[] {
  const forbindelse = row.forbindelse ? { forbindelse: row.forbindelse } : {};
  const ended = entry(row.tidspunkt, row.kode, {
    ...forbindelse,
    ...(row.varsel_id ? { meldingId: row.varsel_id } : {}),
  });
  return row.levert ? [entry(row.levert, 'UTLEVERT', forbindelse), ended] : [ended];
}

function entry(at: Date, kode: HendelseKode, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return { tidspunkt: at.toISOString(), kode, ...more };
}

function view(row: MeldingRow): MeldingView {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    avsenderKontoId: row.avsender_konto_id,
    mottakerKontoId: row.konto_id,
    ...(row.svar_til ? { svarTil: row.svar_til } : {}),
    ...(row.klient_melding_id ? { klientMeldingId: row.klient_melding_id } : {}),
    ...(row.klient_korrelasjons_id ? { klientKorrelasjonsId: row.klient_korrelasjons_id } : {}),
    storrelse: row.storrelse,
    ...(row.dokument_id ? { dokumentlagerId: row.dokument_id } : {}),
    mottatt: row.mottatt.toISOString(),
    utloper: row.utlop.toISOString(),
    ...(row.avsluttet ? { avsluttet: row.avsluttet.toISOString() } : {}),
  };
}
