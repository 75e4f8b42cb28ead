import type { Ctx } from '@grunnmur/kernel/ctx';
import type { FieldError } from '@grunnmur/kernel/errors';
import type {
  DokumentMetadata,
  FilePart,
  ForsendelseStatus,
  Hendelse,
  KontoRef,
  Mottakersystem,
  NyForsendelse,
  SigneringHendelse,
} from '../types.ts';
import type { ReadReport } from './mark-read.ts';
import type { ReadOperation } from './traces.ts';
import type { Advarsel } from './warnings.ts';

/** What a face made of its message. */
export interface TranslatedForsendelse {
  readonly forsendelse: NyForsendelse;
  /** What is wrong with the message's form, under the face's own names; `forsendelse` then has stand-ins. */
  readonly faults: readonly FieldError[];
}

export interface AcceptInput {
  readonly konto: KontoRef;
  readonly forsendelse: NyForsendelse;
  /** Found by the face already; a letter with any is refused, together with what the rules find. */
  readonly faults?: readonly FieldError[];
  /** Pulled one after the other while streaming to storage. */
  readonly files: AsyncIterable<FilePart>;
  /** Id from `reserveId` (v1 startNyForsendelse). */
  readonly reservedId?: string;
  /** The `Idempotency-Key` header: the same key and content answers with the first id again. */
  readonly idempotencyKey?: string;
  readonly face: 'v1' | 'v2' | 'v3' | 'api';
  /** What the face noticed in the message that is no fault. */
  readonly advarsler?: readonly Advarsel[];
}

/** A letter that is stored, and what its sender should know about it. */
export interface Accepted {
  readonly id: string;
  readonly advarsler: readonly Advarsel[];
}

/**
 * What the faces call. `ctx.tenant` is the account's organisation. A forsendelse that the account does not own is
 * `PostError.notFound`. Every function checks its input's meaning; faces check its form.
 */
export interface PostService {
  /** Durable when it resolves: rows and documents are committed and fsynced. */
  accept(ctx: Ctx, input: AcceptInput): Promise<Accepted>;
  reserveId(ctx: Ctx, konto: KontoRef): Promise<{ id: string }>;
  /**
   * The account among `kontoer` that owns the forsendelse. Throws notFound when none does, with a trace of what was
   * `wanted`: the same as when one account asks by itself.
   */
  locate(
    ctx: Ctx,
    kontoer: readonly KontoRef[],
    forsendelseId: string,
    wanted: ReadOperation,
  ): Promise<KontoRef>;
  /** Unknown ids are left out (contract trap 16). At most 10 000 ids. */
  statuses(ctx: Ctx, konto: KontoRef, ids: readonly string[]): Promise<ForsendelseStatus[]>;
  history(ctx: Ctx, konto: KontoRef, id: string): Promise<Hendelse[]>;
  signingHistory(ctx: Ctx, konto: KontoRef, id: string): Promise<SigneringHendelse[]>;
  metadata(ctx: Ctx, konto: KontoRef, id: string): Promise<DokumentMetadata[]>;
  /** An external system reports that the recipient, or one in `eksponertFor`, has read it; stops print. Once. */
  markRead(ctx: Ctx, konto: KontoRef, id: string, read: ReadReport): Promise<void>;
  deleteDocuments(
    ctx: Ctx,
    konto: KontoRef,
    ids: readonly string[],
    kind: 'ORIGINALDOKUMENTER' | 'ALLE',
  ): Promise<void>;
  forsendelsestyper(ctx: Ctx): Promise<string[]>;
  mottakersystemer(
    ctx: Ctx,
    filter: { orgnr?: string; forsendelsestype?: string; niva?: number },
  ): Promise<Mottakersystem[]>;
  findByEksternReferanse(
    ctx: Ctx,
    konto: KontoRef,
    reference: string,
  ): Promise<{ id: string; dato: Date; avgivendeSystem?: string }[]>;
}
