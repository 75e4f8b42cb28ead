import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
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
import { PUBLIC_TASK } from './legal-basis.ts';
import type { StoredDocument } from './receive-documents.ts';
import { type Refusal, Refusals } from './refusals.ts';

/** A letter whose rules hold and whose documents are stored. */
export interface PreparedForsendelse {
  readonly id: string;
  readonly exclusive: readonly string[];
  readonly konto: KontoRef;
  readonly forsendelse: NyForsendelse;
  readonly documents: readonly StoredDocument[];
  readonly fingeravtrykk: Buffer;
  readonly reserved: boolean;
  /** The caller's key, and what it stands for. */
  readonly idempotency: { readonly key: string; readonly requestHash: Buffer } | undefined;
  readonly slettesDato: Date;
}

/**
 * One transaction for letters of one tenant: claims against repeats, rows, events, routing jobs and audit entries.
 * Throws {@link Refusals} (and so rolls back) when any of them must not be stored.
 */
export async function commitAccepted(
  ctx: Ctx,
  letters: readonly PreparedForsendelse[],
  duplicateWindowMs: number,
): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    await refuseRepeats(trx, letters, duplicateWindowMs);
    await insertForsendelser(trx, letters.map(forsendelseRow), letters.flatMap(dokumentRows));
    await insertHendelser(
      trx,
      letters.flatMap(({ id }) => [
        {
          forsendelseId: id,
          kode: 'mottatt',
          status: 'MOTTATT' as const,
          aktor: ctx.actor.name ?? ctx.actor.id,
        },
        { forsendelseId: id, kode: 'akseptert', status: 'AKSEPTERT' as const },
      ]),
    );
    await emit(
      trx,
      letters.map(({ id }) => ({
        room: 'post',
        type: 'post.forsendelse.status',
        subject: id,
        payload: { status: 'AKSEPTERT' },
      })),
    );
    await enqueue(
      trx,
      letters.map(({ id }) => ({ queue: 'post.route', tenant: ctx.tenant, payload: { id }, subject: id })),
    );
    await audit(
      trx,
      letters.map(({ id, forsendelse }) => ({
        operation: 'post.forsendelse.mottatt',
        object: id,
        informationKind: 'brev',
        purpose: 'Sende brev til mottakeren',
        legalBasis: PUBLIC_TASK,
        outcome: 'ok' as const,
        ...(forsendelse.mottaker.digitalId ? { subject: forsendelse.mottaker.digitalId } : {}),
      })),
    );
  });
}

async function refuseRepeats(
  trx: Trx,
  letters: readonly PreparedForsendelse[],
  duplicateWindowMs: number,
): Promise<void> {
  const refusals = new Map<string, Refusal>();
  await refuseKnownKeys(trx, letters, refusals);
  const fresh = letters.filter((letter) => !refusals.has(letter.id));
  await refuseUnknownReserved(trx, fresh, refusals);
  const expires = new Date(trx.ctx.now().getTime() + duplicateWindowMs);
  const claims = fresh.map(({ id, konto, fingeravtrykk }) => ({
    forsendelseId: id,
    kontoId: konto.id,
    fingeravtrykk,
  }));
  const earlier = await claimFingerprints(trx, claims, expires);
  for (const [index, letter] of fresh.entries()) {
    const id = earlier[index];
    // Before "reserved id used": clients that repeat a send call know this answer and take it as success.
    if (id) refusals.set(letter.id, { error: PostError.gjentagendeForsendelse({ params: { id } }) });
  }
  if (refusals.size > 0) throw new Refusals(refusals);
}

async function refuseKnownKeys(
  trx: Trx,
  letters: readonly PreparedForsendelse[],
  refusals: Map<string, Refusal>,
): Promise<void> {
  const keyed = letters.flatMap((letter) => (letter.idempotency ? [{ ...letter.idempotency, letter }] : []));
  const answers = await claimIdempotencyKeys(
    trx,
    keyed.map(({ key, requestHash, letter: { id, konto } }) => ({
      scope: `post:${konto.id}`,
      key,
      requestHash,
      response: { id },
    })),
  );
  for (const [index, { letter, requestHash }] of keyed.entries()) {
    const answer = answers[index];
    if (!answer) continue;
    const same = answer.requestHash.equals(requestHash);
    refusals.set(
      letter.id,
      same ? { repeated: answer.response as { id: string } } : { error: KernelError.idempotencyKeyReused() },
    );
  }
}

async function refuseUnknownReserved(
  trx: Trx,
  letters: readonly PreparedForsendelse[],
  refusals: Map<string, Refusal>,
): Promise<void> {
  const reserved = letters.filter((letter) => letter.reserved);
  if (reserved.length === 0) return;
  const taken = await takeReservedIds(
    trx,
    reserved.map((letter) => letter.id),
    reserved.map((letter) => letter.konto.id),
  );
  for (const { id } of reserved) {
    if (!taken.has(id)) refusals.set(id, { error: PostError.reservedIdUsed({ params: { id } }) });
  }
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
