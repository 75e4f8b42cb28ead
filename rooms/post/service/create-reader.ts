import { audit } from '@grunnmur/kernel/audit';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, together, withSnapshot, withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import type { Letter, LoginLevel, Post } from '../contract.ts';
import { PostError } from '../errors.ts';
import { type Dokument, type Forsendelse, findDokumenter } from '../store/forsendelse-store.ts';
import { listHendelser } from '../store/hendelse-store.ts';
import { findApninger, findForReader, findNedlastinger } from '../store/reader-store.ts';
import type { PostDeps } from './deps.ts';
import { downloadAll, downloadOne } from './download.ts';
import { inbox, isConcealed, openedAt, toInboxLetter } from './inbox.ts';
import { recordOpened } from './opening.ts';
import { findTimeline, readAttempts, toTimeline } from './timeline.ts';

/** What readers of letters (the portal) may ask. `ctx.actor` is the person; the tenant is null. */
export function createReader(deps: PostDeps): Post {
  return {
    inbox: (ctx, query, level) => inbox(ctx, deps, query, level),
    letter: (ctx, id, level) => letter(ctx, deps, id, level),
    openDocument: async (ctx, id, nr, level) => {
      const { found, documents } = await openFor(ctx, id, level, nr);
      const document = documents.find((candidate) => candidate.nr === nr)!;
      return downloadOne(asOwner(ctx, found), deps, found, document, documents.length);
    },
    openAll: async (ctx, id, level) => {
      const { found, documents } = await openFor(ctx, id, level);
      const [only] = documents;
      const owner = asOwner(ctx, found);
      return documents.length === 1
        ? downloadOne(owner, deps, found, only!, 1)
        : downloadAll(owner, deps, found, documents);
    },
    timeline: (ctx, id) => findTimeline(ctx, id),
  };
}

async function letter(ctx: Ctx, deps: PostDeps, id: string, level: LoginLevel): Promise<Letter> {
  // One snapshot: state, documents and history of a page never contradict each other.
  const seen = await withSnapshot(ctx, async (trx) => {
    const row = await readable(trx, id);
    const [documents, downloads, hendelser, apninger] = await together([
      findDokumenter(trx, [id]),
      findNedlastinger(trx, id, ctx.actor.id),
      listHendelser(trx, id),
      findApninger(trx, [id], ctx.actor.id),
    ]);
    return { found: row, documents, downloads, hendelser, apninger };
  });
  const { found, documents, downloads } = seen;
  const owner = asOwner(ctx, found);
  await withTransaction(owner, (trx) => audit(trx, [opened(found, 'post.forsendelse.vist')]));
  const { innhold } = found;
  const concealed = isConcealed(found, level);
  return {
    ...(await toInboxLetter(deps, found, openedAt(ctx, found, seen.apninger), level)),
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
    tidslinje: toTimeline(found, seen.hendelser, await readAttempts(ctx, found), ctx.actor.kind),
    completed: async () => {
      // A letter without documents is all on its page.
      if (found.antallDokumenter === 0 && !concealed)
        await withTransaction(owner, (trx) => recordOpened(trx, found));
    },
  };
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
  const asked = result.documents.filter((document) => nr === undefined || document.nr === nr);
  const there = asked.length > 0 && asked.every((document) => document.objekt !== null);
  // The trace comes before the first byte: what was handed out is never untraced.
  await withTransaction(owner, (trx) =>
    audit(trx, [
      {
        ...opened(result.found, 'post.dokument.apnet'),
        outcome: refused ? 'refused' : there ? 'ok' : 'failed',
        detail: nr === undefined ? { alle: true } : { nr },
      },
    ]),
  );
  if (refused) throw PostError.levelTooLow();
  if (!there) throw PostError.notFound();
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
