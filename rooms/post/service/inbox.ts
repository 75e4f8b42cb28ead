import type { Ctx } from '@grunnmur/kernel/ctx';
import { together, withSnapshot, withTransaction } from '@grunnmur/kernel/db';
import { decodeCursor, encodeCursor } from '@grunnmur/kernel/http';
import { isUuid } from '@grunnmur/kernel/ids';
import type { Inbox, InboxLetter, InboxQuery, LoginLevel, SenderProfile } from '../contract.ts';
import { PostError } from '../errors.ts';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { findProfiler } from '../store/profil-store.ts';
import { countUnopened, findApninger, listInbox, listSenders } from '../store/reader-store.ts';
import type { PostDeps } from './deps.ts';
import { NEUTRAL_TITLE } from './neutral-title.ts';

const PAGE = 25;
const MAX_PAGE = 100;
/** The count stops here: nobody reads a larger one, and the call stays cheap. */
const MOST_COUNTED = 999;
const MAX_SEARCH = 100;

/** A page of the acting person's letters, and how many of them all wait to be opened. */
export async function inbox(ctx: Ctx, deps: PostDeps, query: InboxQuery, level: LoginLevel): Promise<Inbox> {
  const limit = Math.min(Math.max(query.limit ?? PAGE, 1), MAX_PAGE);
  const before = query.cursor ? String(decodeCursor(query.cursor, 1)[0]) : undefined;
  if (before !== undefined && !isUuid(before)) throw PostError.notFound();
  const filter = { level, ...(await searched(ctx, deps, query)) };
  const { rows, apninger, profiler, ulest } = await withSnapshot(ctx, async (trx) => {
    const [found, count] = await together([
      listInbox(trx, before, limit + 1, filter),
      countUnopened(trx, MOST_COUNTED),
    ]);
    const ids = found.filter((row) => row.mottakerId !== ctx.actor.id).map((row) => row.id);
    const own = ids.length > 0 ? await findApninger(trx, ids, ctx.actor.id) : new Map<string, Date>();
    const senders = [...new Set(found.map((row) => row.tenantId))];
    return { rows: found, apninger: own, profiler: await findProfiler(trx, senders), ulest: count };
  });
  const letters = await Promise.all(
    rows
      .slice(0, limit)
      .map((row) => toInboxLetter(ctx, deps, row, { apninger, profile: profiler.get(row.tenantId) }, level)),
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { letters, ulest, ...(last ? { next: encodeCursor([last.id]) } : {}) };
}

/** A text is looked for in titles, and in the names of the organisations that the person has letters from. */
async function searched(ctx: Ctx, deps: PostDeps, query: InboxQuery) {
  const unopened = query.ulest === undefined ? {} : { unopened: query.ulest };
  const text = query.sok?.trim().slice(0, MAX_SEARCH).replaceAll('\0', '').toWellFormed();
  if (!text) return unopened;
  const senders = await withTransaction(ctx, listSenders);
  const named = await Promise.all(
    senders.map(async (id) => ({ id, name: (await deps.tenant(id)).name.toLowerCase() })),
  );
  const matching = named.filter(({ name }) => name.includes(text.toLowerCase())).map(({ id }) => id);
  return { ...unopened, text, senders: matching };
}

/** What is known of a letter beside its row: its readers' openings, and its sender's profile. */
export interface Beside {
  readonly apninger: ReadonlyMap<string, Date>;
  readonly profile: SenderProfile | undefined;
}

export async function toInboxLetter(
  ctx: Ctx,
  deps: PostDeps,
  row: Forsendelse,
  { apninger, profile }: Beside,
  level: LoginLevel,
): Promise<InboxLetter> {
  const tilDeg = row.mottakerId === ctx.actor.id;
  // The recipient's own opening, or that of one who was let in.
  const opened = tilDeg ? (row.lest ?? undefined) : apninger.get(row.id);
  const sender = await deps.tenant(row.tenantId);
  const { svarPaForsendelseLink, signeringUtloper } = row.innhold;
  return {
    id: row.id,
    tittel: isConcealed(row, level) ? NEUTRAL_TITLE[sender.language] : row.tittel,
    avsender: {
      orgnr: sender.orgnr,
      navn: sender.name,
      ...(profile?.farge ? { farge: profile.farge } : {}),
    },
    tilDeg,
    mottattDato: row.mottatt,
    status: row.status,
    kanal: row.kanal ?? undefined,
    lestDato: opened,
    ulest: opened === undefined && row.dokumenterSlettet === null,
    krevNiva4: row.niva4,
    antallDokumenter: row.antallDokumenter,
    printFrist: row.printFrist ?? undefined,
    svarOnskes: svarPaForsendelseLink,
    signeringsfrist: signeringUtloper ? new Date(signeringUtloper) : undefined,
  };
}

/** What a level-4 letter is about is for those who have logged in at that level, in the list as in the notice. */
export function isConcealed(row: Pick<Forsendelse, 'niva4'>, level: LoginLevel): boolean {
  return row.niva4 && level < 4;
}
