import { audit } from '@grunnmur/kernel/audit';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { decodeCursor, encodeCursor } from '@grunnmur/kernel/http';
import { isUuid } from '@grunnmur/kernel/ids';
import type { InboxLetter, Letter, LoginLevel, Post } from '../contract.ts';
import { PostError } from '../errors.ts';
import { type Dokument, type Forsendelse, findDokumenter } from '../store/forsendelse-store.ts';
import { findForReader, findNedlastinger, listInbox } from '../store/reader-store.ts';
import type { PostDeps } from './deps.ts';
import { downloadAll, downloadOne } from './download.ts';
import { NEUTRAL_TITLE } from './neutral-title.ts';
import { findTimeline } from './timeline.ts';

const PAGE = 25;
const MAX_PAGE = 100;

/** What readers of letters (the portal) may ask. `ctx.actor` is the person; the tenant is null. */
export function createReader(deps: PostDeps): Post {
  return {
    inbox: (ctx, page, level) => inbox(ctx, deps, page, level),
    letter: (ctx, id, level) => letter(ctx, deps, id, level),
    openDocument: async (ctx, id, nr, level) => {
      const { found, documents } = await openFor(ctx, id, level, nr);
      const document = documents.find((candidate) => candidate.nr === nr && candidate.objekt !== null);
      if (!document) throw PostError.notFound();
      return downloadOne(asOwner(ctx, found), deps, found, document, documents.length);
    },
    openAll: async (ctx, id, level) => {
      const { found, documents } = await openFor(ctx, id, level);
      if (documents.length === 0 || documents.some((document) => document.objekt === null))
        throw PostError.notFound();
      const [only] = documents;
      const owner = asOwner(ctx, found);
      return documents.length === 1
        ? downloadOne(owner, deps, found, only!, 1)
        : downloadAll(owner, deps, found, documents);
    },
    timeline: (ctx, id) => findTimeline(ctx, id),
  };
}

async function inbox(ctx: Ctx, deps: PostDeps, page: { cursor?: string; limit?: number }, level: LoginLevel) {
  const limit = Math.min(Math.max(page.limit ?? PAGE, 1), MAX_PAGE);
  const before = page.cursor ? String(decodeCursor(page.cursor, 1)[0]) : undefined;
  if (before !== undefined && !isUuid(before)) throw PostError.notFound();
  const rows = await withTransaction(ctx, (trx) => listInbox(trx, before, limit + 1));
  const letters = await Promise.all(rows.slice(0, limit).map((row) => toInboxLetter(deps, row, level)));
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { letters, ...(last ? { next: encodeCursor([last.id]) } : {}) };
}

async function toInboxLetter(deps: PostDeps, row: Forsendelse, level: LoginLevel): Promise<InboxLetter> {
  const sender = await deps.tenant(row.tenantId);
  return {
    id: row.id,
    tittel: isConcealed(row, level) ? NEUTRAL_TITLE[sender.language] : row.tittel,
    avsender: { orgnr: sender.orgnr, navn: sender.name },
    mottattDato: row.mottatt,
    status: row.status,
    kanal: row.kanal ?? undefined,
    lestDato: row.lest ?? undefined,
    krevNiva4: row.niva4,
    antallDokumenter: row.antallDokumenter,
    printFrist: row.printFrist ?? undefined,
  };
}

async function letter(ctx: Ctx, deps: PostDeps, id: string, level: LoginLevel): Promise<Letter> {
  const { found, documents, downloads } = await withTransaction(ctx, async (trx) => {
    const row = await readable(trx, id);
    const rows = await findDokumenter(trx, [id]);
    return { found: row, documents: rows, downloads: await findNedlastinger(trx, id, ctx.actor.id) };
  });
  await withTransaction(asOwner(ctx, found), (trx) => audit(trx, [opened(found, 'post.forsendelse.vist')]));
  const { innhold } = found;
  const concealed = isConcealed(found, level);
  return {
    ...(await toInboxLetter(deps, found, level)),
    dokumenter: (concealed ? [] : documents).map((document) => ({
      nr: document.nr,
      filnavn: document.filnavn,
      mimeType: document.mimeType,
      storrelse: document.storrelse,
      antallSider: document.sider ?? undefined,
      lastetNed: downloads.get(document.nr),
    })),
    lenker: concealed ? [] : innhold.lenker,
    eksternReferanse: concealed ? undefined : (found.eksternReferanse ?? undefined),
    kontakt: contact(found),
    dokumenterTilgjengelig: found.dokumenterSlettet === null,
    slettesDato: found.dokumenterSlettet === null ? found.slettesDato : undefined,
  };
}

/** What a level-4 letter is about is for those who have logged in at that level, in the list as in the notice. */
function isConcealed(row: Forsendelse, level: LoginLevel): boolean {
  return row.niva4 && level < 4;
}

function contact({ innhold }: Forsendelse): Letter['kontakt'] {
  const reply = innhold.svarSendesTil;
  if (!reply) return undefined;
  const { adresselinje1, adresselinje2, adresselinje3, postnummer, poststed } = reply.adresse ?? {};
  const place = [postnummer, poststed].filter(Boolean).join(' ');
  const adresse = [adresselinje1, adresselinje2, adresselinje3, place].filter(Boolean).join(', ');
  return { navn: reply.navn, ...(adresse ? { adresse } : {}) };
}

async function openFor(
  ctx: Ctx,
  id: string,
  level: LoginLevel,
  nr?: number,
): Promise<{ found: Forsendelse; documents: Dokument[] }> {
  const result = await withTransaction(ctx, async (trx) => ({
    found: await readable(trx, id),
    documents: await findDokumenter(trx, [id]),
  }));
  const owner = asOwner(ctx, result.found);
  const refused = result.found.niva4 && level < 4;
  // The trace comes before the first byte: what was handed out is never untraced.
  await withTransaction(owner, (trx) =>
    audit(trx, [
      {
        ...opened(result.found, 'post.dokument.apnet'),
        outcome: refused ? 'refused' : 'ok',
        detail: nr === undefined ? { alle: true } : { nr },
      },
    ]),
  );
  if (refused) throw PostError.levelTooLow();
  return result;
}

function opened(found: Forsendelse, operation: string) {
  return {
    operation,
    object: found.id,
    informationKind: 'brev',
    outcome: 'ok' as const,
    ...(found.mottakerId ? { subject: found.mottakerId } : {}),
  };
}

async function readable(trx: Trx, id: string): Promise<Forsendelse> {
  const found = isUuid(id) ? await findForReader(trx, id) : undefined;
  if (!found) throw PostError.notFound();
  return found;
}

/** The same person, in the tenant whose letter it is: reading leaves rows there. */
function asOwner(ctx: Ctx, found: Forsendelse): Ctx {
  return withCtx(ctx, { tenant: found.tenantId });
}
