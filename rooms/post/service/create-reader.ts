import { audit } from '@grunnmur/kernel/audit';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, together, withSnapshot, withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import type { Letter, LoginLevel, Post, SenderContact, SenderProfile } from '../contract.ts';
import { PostError } from '../errors.ts';
import { type Dokument, type Forsendelse, findDokumenter } from '../store/forsendelse-store.ts';
import { listHendelser } from '../store/hendelse-store.ts';
import { findProfiler } from '../store/profil-store.ts';
import { findApninger, findForReader, findNedlastinger } from '../store/reader-store.ts';
import type { PostDeps } from './deps.ts';
import { downloadAll, downloadOne } from './download.ts';
import { inbox, isConcealed, toInboxLetter } from './inbox.ts';
import { letterNames } from './letter-names.ts';
import { recordOpened } from './opening.ts';
import { senderProfiles } from './sender-profile.ts';
import { findTimeline, readAttempts, shown, toTimeline } from './timeline.ts';
import { traceRefusal } from './traces.ts';

/** What readers of letters (the portal) may ask. `ctx.actor` is the person; the tenant is null. */
export function createReader(deps: PostDeps): Post {
  return {
    inbox: (ctx, query, level) => inbox(ctx, deps, query, level),
    letter: (ctx, id, level) =>
      traceRefusal(ctx, 'post.forsendelse.vist', [id], () => letter(ctx, deps, id, level)),
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
    timeline: (ctx, id) => findTimeline(ctx, id, deps.paperUrl),
    letterNames: (ctx, ids, level) => letterNames(ctx, deps, ids, level),
    senderProfiles: (ctx, tenants) => senderProfiles(ctx, tenants),
  };
}

async function letter(ctx: Ctx, deps: PostDeps, id: string, level: LoginLevel): Promise<Letter> {
  // One snapshot: state, documents and history of a page never contradict each other.
  const seen = await withSnapshot(ctx, async (trx) => {
    const row = await readable(trx, id);
    const [documents, downloads, hendelser, apninger, profiler] = await together([
      findDokumenter(trx, [id]),
      findNedlastinger(trx, id, ctx.actor.id),
      listHendelser(trx, id),
      findApninger(trx, [id], ctx.actor.id),
      findProfiler(trx, [row.tenantId]),
    ]);
    const profile = profiler.get(row.tenantId);
    return { found: row, documents, downloads, hendelser, apninger, profile };
  });
  const { found, documents, downloads, profile } = seen;
  const owner = asOwner(ctx, found);
  await withTransaction(owner, (trx) => audit(trx, [shown(found)]));
  const { innhold } = found;
  const concealed = isConcealed(found, level);
  const inboxLetter = await toInboxLetter(ctx, deps, found, seen, level);
  return {
    ...inboxLetter,
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
    saksnummer: concealed ? undefined : caseNumber(found),
    kontakt: contact(found, inboxLetter.avsender.navn, profile),
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

/** Who answers for the letter by its own word, else its sender by its profile: there is always somebody to ask. */
function contact(
  { innhold }: Forsendelse,
  sender: string,
  profile: SenderProfile | undefined,
): SenderContact {
  const reply = innhold.svarSendesTil;
  const { adresselinje1, adresselinje2, adresselinje3, postnummer, poststed } = reply?.adresse ?? {};
  const place = [postnummer, poststed].filter(Boolean).join(' ');
  const adresse = [adresselinje1, adresselinje2, adresselinje3, place].filter(Boolean).join(', ');
  const { epost, telefon, nettsted } = profile ?? {};
  return { navn: reply?.navn ?? sender, adresse: adresse || profile?.adresse, epost, telefon, nettsted };
}

/** The sender's case number as it writes it itself, or by Noark's year and sequence. */
function caseNumber({ innhold }: Forsendelse): string | undefined {
  const { saksaar, sakssekvensnummer } = innhold.metadataFraAvleverendeSystem ?? {};
  return saksaar && sakssekvensnummer ? `${saksaar}/${sakssekvensnummer}` : undefined;
}

async function openFor(
  ctx: Ctx,
  id: string,
  level: LoginLevel,
  nr?: number,
): Promise<{ found: Forsendelse; documents: Dokument[] }> {
  const result = await traceRefusal(ctx, 'post.dokument.apnet', [id], () =>
    withTransaction(ctx, async (trx) => ({
      found: await readable(trx, id),
      documents: await findDokumenter(trx, [id]),
    })),
  );
  const owner = asOwner(ctx, result.found);
  const refused = result.found.niva4 && level < 4;
  const asked = result.documents.filter((document) => nr === undefined || document.nr === nr);
  const there = asked.length > 0 && asked.every((document) => document.objekt !== null);
  // The trace comes before the first byte: what was handed out is never untraced.
  await withTransaction(owner, (trx) =>
    audit(trx, [
      {
        ...shown(result.found),
        operation: 'post.dokument.apnet',
        outcome: refused ? 'refused' : there ? 'ok' : 'failed',
        detail: nr === undefined ? { alle: true } : { nr },
      },
    ]),
  );
  if (refused) throw PostError.levelTooLow();
  if (!there) throw PostError.notFound();
  return result;
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
