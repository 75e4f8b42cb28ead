import { createHash } from 'node:crypto';
import type { IntegrationPrincipal } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { commitError, createGroupCommit, nothingCommitted, withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import type { StoredPayload } from '../../contract.ts';
import { ExchangeError } from '../../errors.ts';
import { type Mottatt, type NyMelding, taImotMeldinger } from '../../store/meldinger/melding-store.ts';
import type { Konto } from '../../types.ts';
import type { Kontoer } from '../ports.ts';
import { DOKUMENT_GRACE_MS } from './limits.ts';
import type { SendMetadata } from './read-metadata.ts';
import {
  discardPayload,
  openPayload,
  type Payload,
  type PayloadDeps,
  receivePayload,
} from './receive-payload.ts';

export interface SenderDeps extends PayloadDeps {
  readonly kontoer: Pick<Kontoer, 'checkSend'>;
  /** The committing context: messages of many senders share a commit. */
  readonly systemCtx: Ctx;
  /** Called after the commit. */
  readonly arrived: (places: readonly { readonly kontoId: string; readonly seq: number }[]) => void;
}

interface SendCall {
  readonly metadata: SendMetadata;
  /** The `data` part, if there is one. */
  readonly body: AsyncIterable<Uint8Array> | undefined;
  /** Reads the call to its end: one that is cut off must not be accepted. */
  readonly finish: () => Promise<void>;
  /** Bytes of the whole call, when it says so. */
  readonly announcedBytes: number | undefined;
}

interface SentMelding {
  readonly meldingId: string;
  readonly dokumentlagerId: string | undefined;
  /** `svarPaMelding` names a message that the sender neither sent nor received. The receiver gets it all the same. */
  readonly fremmedSvar: boolean;
}

/** Payloads travel inside the statement: what one may hold. */
const MOST_BYTES_TOGETHER = 2 * 1024 ** 2;

export type Sender = (ctx: Ctx, principal: IntegrationPrincipal, call: SendCall) => Promise<SentMelding>;

/**
 * Accepts messages (fiks-io §2.2): the rules first, then the payload to where it belongs, then the commit. When it resolves
 * the message is on its queue, on disk.
 */
export function createSender(deps: SenderDeps): Sender {
  // One statement, so it needs no transaction around it: three round trips become one.
  const shared = createGroupCommit<NyMelding, Mottatt>(
    (_, meldinger) => announced(deps, taImotMeldinger({ pg: deps.systemCtx.db.pool }, meldinger)),
    {
      weight: { of: ({ innhold }) => innhold?.length ?? 0, max: MOST_BYTES_TOGETHER },
      // Of two that are equal the second must find the first.
      exclusive: ({ fingeravtrykk }) => (fingeravtrykk === null ? [] : [fingeravtrykk]),
    },
  );

  return async (ctx, principal, { metadata, body, finish, announcedBytes }) => {
    const open = body && (await openPayload(body));
    const { avsender, mottaker } = await deps.kontoer.checkSend(ctx, principal, {
      avsenderKontoId: metadata.avsenderKontoId,
      mottakerKontoId: metadata.mottakerKontoId,
      meldingType: metadata.meldingType,
      harPayload: open !== undefined,
    });
    const payload: Payload = open
      ? await receivePayload(ctx, deps, mottaker, open, announcedBytes)
      : { kind: 'none' };
    await finish().catch((error) => discardAndThrow(deps, mottaker, payload, error));
    const melding = describe(avsender, mottaker, metadata, payload);
    const work =
      payload.kind === 'document'
        ? commitDocument(deps, mottaker, melding, payload.stored)
        : shared.add(deps.systemCtx, melding);
    const { id, seq, fremmedSvar } = await work.catch((error) =>
      // When nobody knows whether the commit happened, the object may be a message's own: the sweeper finds out.
      nothingCommitted(error) ? discardAndThrow(deps, mottaker, payload, error) : Promise.reject(error),
    );
    if (seq === undefined) await discardPayload(deps, mottaker, payload);
    if (id === undefined) throw ExchangeError.mottakerNotFound();
    return {
      meldingId: id,
      dokumentlagerId: payload.kind === 'document' ? payload.stored.dokumentId : undefined,
      fremmedSvar,
    };
  };
}

async function discardAndThrow(
  deps: PayloadDeps,
  mottaker: Konto,
  payload: Payload,
  error: unknown,
): Promise<never> {
  await discardPayload(deps, mottaker, payload);
  throw error;
}

/** The row of the document and the message in one transaction, in the receiver's organisation, which owns both (§2.6). */
async function commitDocument(
  deps: SenderDeps,
  { tenant }: Konto,
  melding: NyMelding,
  stored: StoredPayload,
): Promise<Mottatt> {
  const committed = withTransaction(withCtx(deps.systemCtx, { tenant }), async (trx) => {
    const svar = await taImotMeldinger(trx, [melding]);
    const until = deps.systemCtx.now().getTime() + melding.ttl_ms + DOKUMENT_GRACE_MS;
    if (svar[0]!.seq !== undefined && !(await stored.commit(trx, new Date(until))))
      throw ExchangeError.mottakerNotFound();
    return svar;
  });
  const [mottatt] = await announced(deps, committed).catch((error) => Promise.reject(commitError(error)));
  return mottatt!;
}

/** After the commit. */
async function announced(deps: SenderDeps, committed: Promise<Mottatt[]>): Promise<Mottatt[]> {
  const mottatt = await committed;
  deps.arrived(mottatt.flatMap(({ kontoId, seq }) => (seq === undefined ? [] : [{ kontoId, seq }])));
  return mottatt;
}

/** Longer ones are delivered all the same, but cannot be searched for: an index entry has its limit. */
const MAX_SEARCHABLE = 200;

function describe(avsender: Konto, mottaker: Konto, metadata: SendMetadata, payload: Payload): NyMelding {
  const { headere } = metadata;
  const klientId = searchable(headere.klientMeldingId);
  return {
    id: newId(),
    tenant_id: mottaker.tenant,
    konto_id: mottaker.id,
    avsender_tenant_id: avsender.tenant,
    avsender_konto_id: avsender.id,
    avsender_navn: avsender.navn,
    type: metadata.meldingType,
    svar_til: metadata.svarPaMelding ?? null,
    headere,
    klient_melding_id: klientId,
    klient_korrelasjons_id: searchable(headere.klientKorrelasjonsId ?? headere.klientKorrelasjonId),
    storrelse: sizeOf(payload),
    sha256: 'sha256' in payload ? payload.sha256 : null,
    objekt: payload.kind === 'object' ? payload.objekt : null,
    dokument_id: payload.kind === 'document' ? payload.stored.dokumentId : null,
    fingeravtrykk: klientId === null ? null : fingerprint(mottaker, metadata, payload),
    ttl_ms: metadata.ttl,
    innhold: payload.kind === 'inline' ? payload.bytes : null,
  };
}

function searchable(value: string | undefined): string | null {
  return value !== undefined && value !== '' && value.length <= MAX_SEARCHABLE ? value : null;
}

function sizeOf(payload: Payload): number {
  switch (payload.kind) {
    case 'none':
      return 0;
    case 'inline':
      return payload.bytes.length;
    case 'object':
      return payload.size;
    case 'document':
      return payload.stored.storrelse;
  }
}

/**
 * What a repeated call has in common with its first: receiver, type, headers and the very same bytes. A sender that encrypts
 * anew sends another message, and so does one that sends again because the first expired or failed (fiks-io §6.10).
 * Not for what lies in Dokumentlager, where the answer would name another document.
 */
function fingerprint(mottaker: Konto, metadata: SendMetadata, payload: Payload): string | null {
  if (payload.kind === 'document') return null;
  const headere = Object.entries(metadata.headere).sort(([a], [b]) => (a < b ? -1 : 1));
  const content = 'sha256' in payload ? payload.sha256 : null;
  const facts = [
    metadata.avsenderKontoId,
    mottaker.id,
    metadata.meldingType,
    metadata.svarPaMelding ?? null,
    headere,
    content,
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
