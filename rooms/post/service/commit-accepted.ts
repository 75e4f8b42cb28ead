import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { PartlyRefused, type Trx, together, withTransaction } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import { emit } from '@grunnmur/kernel/events';
import { claimIdempotencyKeys } from '@grunnmur/kernel/http';
import { enqueue } from '@grunnmur/kernel/jobs';
import { PostError } from '../errors.ts';
import {
  claimFingerprints,
  type DokumentRow,
  type ForsendelseRow,
  insertForsendelser,
  takeReservedIds,
} from '../store/accept-store.ts';
import { insertHendelser } from '../store/hendelse-store.ts';
import type { KontoRef, NyForsendelse } from '../types.ts';
import { PUBLIC_TASK, PURPOSE } from './legal-basis.ts';
import type { Accepted } from './post-service.ts';
import type { StoredDocument } from './receive-documents.ts';
import type { Refusal } from './refusals.ts';
import { type Advarsel, warningEntries } from './warnings.ts';

/** A letter whose rules hold and whose documents are stored. */
export interface PreparedForsendelse {
  readonly id: string;
  /** Two letters that share one of these never share a commit. */
  readonly exclusive: readonly string[];
  readonly konto: KontoRef;
  readonly forsendelse: NyForsendelse;
  readonly documents: readonly StoredDocument[];
  readonly fingeravtrykk: Buffer;
  readonly reserved: boolean;
  /** The caller's key, and what it stands for. */
  readonly idempotency: { readonly key: string; readonly requestHash: Buffer } | undefined;
  readonly slettesDato: Date;
  readonly advarsler: readonly Advarsel[];
}

/** What became of a letter in a commit. */
export type AcceptAnswer = Refusal | Accepted;

/**
 * One transaction for letters of one tenant: claims against repeats, rows, events, routing jobs and audit entries.
 * Throws {@link PartlyRefused} (and so rolls back) when any of them must not be stored.
 */
export async function commitAccepted(
  ctx: Ctx,
  letters: readonly PreparedForsendelse[],
  duplicateWindowMs: number,
): Promise<AcceptAnswer[]> {
  await withTransaction(ctx, async (trx) => {
    const claimed = refuseRepeats(trx, letters, duplicateWindowMs);
    // A reserved id that has been used must be refused as such, and not fail as the second row of its id.
    if (letters.some((letter) => letter.reserved)) await claimed;
    // All in one round trip; a refusal takes everything back.
    await together([claimed, ...insertAll(trx, letters)]);
  });
  return letters.map(({ id, advarsler }) => ({ id, advarsler }));
}

function insertAll(trx: Trx, letters: readonly PreparedForsendelse[]): Promise<void>[] {
  const { actor, tenant } = trx.ctx;
  return [
    insertForsendelser(trx, letters.map(forsendelseRow), letters.flatMap(dokumentRows)),
    insertHendelser(
      trx,
      letters.flatMap(({ id, advarsler }) => [
        { forsendelseId: id, kode: 'mottatt', status: 'MOTTATT' as const, aktor: actor.name ?? actor.id },
        ...warningEntries(id, advarsler),
        { forsendelseId: id, kode: 'akseptert', status: 'AKSEPTERT' as const },
      ]),
    ),
    emit(
      trx,
      letters.map(({ id }) => ({
        room: 'post',
        type: 'post.forsendelse.status',
        subject: id,
        payload: { status: 'AKSEPTERT' },
      })),
    ),
    enqueue(
      trx,
      letters.map(({ id }) => ({ queue: 'post.route', tenant, payload: { id }, subject: id })),
    ),
    audit(
      trx,
      letters.map(({ id, forsendelse }) => ({
        operation: 'post.forsendelse.mottatt',
        object: id,
        informationKind: 'brev',
        purpose: PURPOSE.send,
        legalBasis: PUBLIC_TASK,
        outcome: 'ok' as const,
        ...(forsendelse.mottaker.digitalId ? { subject: forsendelse.mottaker.digitalId } : {}),
      })),
    ),
  ];
}

/** Claims everything at once, which is undone with the rest of the transaction when one letter is refused. */
async function refuseRepeats(
  trx: Trx,
  letters: readonly PreparedForsendelse[],
  duplicateWindowMs: number,
): Promise<void> {
  const expires = new Date(trx.ctx.now().getTime() + duplicateWindowMs);
  const claims = letters.map(({ id, konto, fingeravtrykk }) => ({
    forsendelseId: id,
    kontoId: konto.id,
    fingeravtrykk,
  }));
  const [byKey, byId, earlier] = await together([
    knownKeys(trx, letters),
    unknownReserved(trx, letters),
    claimFingerprints(trx, claims, expires),
  ]);
  const refusals = new Map<PreparedForsendelse, Refusal>(byId);
  for (const [index, letter] of letters.entries()) {
    const id = earlier[index];
    // Before "reserved id used": clients that repeat a send call know this answer and take it as success.
    if (id) refusals.set(letter, { error: PostError.gjentagendeForsendelse({ params: { id } }) });
  }
  // The caller's own key says most.
  for (const [letter, refusal] of byKey) refusals.set(letter, refusal);
  if (refusals.size > 0) throw new PartlyRefused(refusals);
}

async function knownKeys(
  trx: Trx,
  letters: readonly PreparedForsendelse[],
): Promise<ReadonlyMap<PreparedForsendelse, Refusal>> {
  const keyed = letters.flatMap((letter) => (letter.idempotency ? [{ ...letter.idempotency, letter }] : []));
  const answers = await claimIdempotencyKeys(
    trx,
    keyed.map(({ key, requestHash, letter: { id, konto, advarsler } }) => ({
      scope: `post:${konto.id}`,
      key,
      requestHash,
      response: { id, advarsler },
    })),
  );
  const refusals = new Map<PreparedForsendelse, Refusal>();
  for (const [index, { letter, requestHash }] of keyed.entries()) {
    const answer = answers[index];
    if (!answer) continue;
    const same = answer.requestHash.equals(requestHash);
    refusals.set(
      letter,
      same ? { repeated: earlierAnswer(answer.response) } : { error: KernelError.idempotencyKeyReused() },
    );
  }
  return refusals;
}

/** Answers kept from before there were warnings have none. */
function earlierAnswer(response: unknown): Accepted {
  return { advarsler: [], ...(response as { id: string }) };
}

async function unknownReserved(
  trx: Trx,
  letters: readonly PreparedForsendelse[],
): Promise<ReadonlyMap<PreparedForsendelse, Refusal>> {
  const reserved = letters.filter((letter) => letter.reserved);
  if (reserved.length === 0) return new Map();
  const taken = await takeReservedIds(
    trx,
    reserved.map((letter) => letter.id),
    reserved.map((letter) => letter.konto.id),
  );
  const unknown = reserved.filter(({ id }) => !taken.has(id));
  return new Map(
    unknown.map((letter) => [letter, { error: PostError.reservedIdUsed({ params: { id: letter.id } }) }]),
  );
}

function forsendelseRow(letter: PreparedForsendelse): ForsendelseRow {
  const { forsendelse, documents } = letter;
  const {
    tittel,
    eksponertFor,
    kunDigitalLevering,
    krevNiva4Innlogging,
    dokumenter: _,
    ...innhold
  } = forsendelse;
  return {
    id: letter.id,
    konto_id: letter.konto.id,
    tittel,
    mottaker_id: forsendelse.mottaker.digitalId ?? null,
    mottaker_navn: forsendelse.mottaker.navn,
    eksponert_for: eksponertFor,
    kun_digital: kunDigitalLevering,
    niva4: krevNiva4Innlogging,
    forsendelsestype: forsendelse.forsendelsestype ?? null,
    ekstern_referanse: forsendelse.eksternReferanse ?? null,
    korrelasjonsid: forsendelse.korrelasjonsid ?? null,
    avgivende_system: forsendelse.avgivendeSystem ?? null,
    innhold,
    antall_dokumenter: documents.length,
    antall_sider: documents.some((document) => document.sider)
      ? documents.reduce((sum, { sider }) => sum + (sider ?? 0), 0)
      : null,
    slettes_dato: letter.slettesDato,
  };
}

function dokumentRows(letter: PreparedForsendelse): DokumentRow[] {
  return letter.documents.map(({ dokument, objekt, storrelse, sha256, sider }, nr) => ({
    forsendelse_id: letter.id,
    nr,
    filnavn: dokument.filnavn,
    mime_type: dokument.mimeType,
    dokument_type: dokument.dokumentType ?? null,
    storrelse,
    sha256,
    objekt,
    sider: sider ?? null,
    skal_signeres: dokument.skalSigneres,
    giroark_sider: dokument.giroarkSider,
    ekskluderes_fra_utskrift: dokument.ekskluderesFraUtskrift,
    sensitiv: dokument.inneholderPersonsensitivInformasjon,
    ekstra_metadata: dokument.ekstraMetadata,
  }));
}
