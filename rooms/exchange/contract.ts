import type { Organisation } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Trx } from '@grunnmur/kernel/db';
import { contractOf } from '@grunnmur/kernel/room';
import type { FindKnownObjects } from '@grunnmur/kernel/storage';
import { HOUR_MS } from '@grunnmur/kernel/time';
import type { HendelseKode, Konto, MeldingStatus } from './types.ts';

export type { HendelseKode, Konto, MeldingStatus } from './types.ts';

/** A message as its sender's and its receiver's integration may see it. */
export interface MeldingView {
  readonly id: string;
  readonly type: string;
  readonly status: MeldingStatus;
  readonly avsenderKontoId: string;
  readonly mottakerKontoId: string;
  readonly svarTil?: string;
  readonly klientMeldingId?: string;
  readonly klientKorrelasjonsId?: string;
  /** Bytes of the payload, which the platform cannot read. */
  readonly storrelse: number;
  readonly dokumentlagerId?: string;
  readonly mottatt: string;
  readonly utloper: string;
  readonly avsluttet?: string;
}

export interface TimelineEntry {
  readonly tidspunkt: string;
  readonly kode: HendelseKode;
  /** The client's name for its connection. */
  readonly forbindelse?: string;
  /** The answer, or the platform message that told the sender. */
  readonly meldingId?: string;
  readonly meldingType?: string;
}

export interface Timeline extends MeldingView {
  readonly entries: readonly TimelineEntry[];
}

export interface MeldingSearch {
  /** Any of a message's ids: its own, the sender's own, or that of the dialogue; upper case, spaces and hyphens count for nothing in a UUID. */
  readonly id?: string | undefined;
  readonly kontoId?: string | undefined;
  /** The whole name of the type. */
  readonly type?: string | undefined;
  /** Any part of the type's name, whatever the case. */
  readonly typeDel?: string | undefined;
  readonly status?: string | undefined;
  readonly klientMeldingId?: string | undefined;
  readonly korrelasjonsId?: string | undefined;
  readonly fra?: string | undefined;
  readonly til?: string | undefined;
  readonly cursor?: string | undefined;
  /** Default and most: 100. */
  readonly antall?: number | undefined;
}

export interface MeldingPage {
  readonly meldinger: readonly MeldingView[];
  /** Gives the next page; a page may be short, or empty, and still have a next one. */
  readonly cursor?: string;
}

/** A konto that a message names, of whichever organisation. */
export interface KontoNavn {
  readonly id: string;
  readonly navn: string;
  /** Name of the organisation that owns it. */
  readonly organisasjon: string | undefined;
  /** Owned by the organisation that is acted for. */
  readonly egen: boolean;
}

/** One of the organisation's kontoer, with what its queue is like now. */
export interface KontoStatus {
  readonly id: string;
  readonly navn: string;
  readonly protokoll: string | undefined;
  readonly aktiv: boolean;
  readonly antallKonsumenter: number;
  /** Counting stops at 100,000. */
  readonly antallUavhentedeMeldinger: number;
}

/** What people of an organisation see: the message, and the names of the kontoer in it. Never its payload. */
export type Lest<T> = T & { readonly kontoer: readonly KontoNavn[] };

/**
 * What the portal and other rooms may ask about messages on behalf of a person. `ctx.actor` is the person and `ctx.tenant`
 * the organisation acted for, in which the person must be organisasjonsadministrator, kontoadministrator or loggleser; else
 * everything is `kernel.not_found`. Shown are the messages to and from the organisation's kontoer. Each look and each search
 * is in the organisation's audit log, written with the reading.
 */
export interface Exchange {
  /** Organisations with Fiks IO-kontoer in which the person who is `ctx.actor` may look at messages. `ctx.tenant` is not used. */
  organisasjoner(ctx: Ctx): Promise<Organisation[]>;
  /** In order of name; at most 1000. */
  kontoer(ctx: Ctx): Promise<KontoStatus[]>;
  /** The newest first. Throws `kernel.validation` for a cursor that is none. */
  search(ctx: Ctx, search: MeldingSearch): Promise<Lest<MeldingPage>>;
  /** Throws `exchange.melding_not_found`, also for other organisations' messages. */
  timeline(ctx: Ctx, id: string): Promise<Lest<Timeline>>;
  /** All messages that hang together with one by `svar-til`, the oldest first; at most 100. Throws as `timeline` does. */
  conversation(ctx: Ctx, id: string): Promise<Lest<{ readonly meldinger: readonly MeldingView[] }>>;
}

export const EXCHANGE = contractOf<Exchange>('exchange');

/* ---- for the room that keeps documents ---- */

export interface NewPayloadDocument {
  /** The CMS bytes of the sender, given out again unchanged (fiks-io §2.6 "Download by Fiks IO clients"). */
  readonly source: AsyncIterable<Uint8Array>;
  /** Bytes at most; more is `kernel.too_large`. */
  readonly maxBytes: number;
  readonly mottaker: Konto;
  readonly signal?: AbortSignal;
}

export interface StoredPayload {
  readonly dokumentId: string;
  readonly storrelse: number;
  /**
   * Writes the row, in the transaction that accepts the message, in the receiver's organisation. Available until
   * `tilgjengeligTil` (TTL + 24 h). False when there is no such receiver.
   */
  commit(trx: Trx, tilgjengeligTil: Date): Promise<boolean>;
}

/** Longest upload into the part of the store that documents share with payloads: younger objects may have no row yet. */
export const LONGEST_UPLOAD_MS: number = HOUR_MS;

/** A place for payloads over the threshold. */
export interface Documents {
  /** Streams a payload into storage. Without `commit` it is an orphan that the sweeper removes. */
  store(ctx: Ctx, document: NewPayloadDocument): Promise<StoredPayload>;
  /** A document as its receiver's integration gets it. Throws `exchange.dokument_not_found` and the like. */
  open(
    ctx: Ctx,
    integrasjonId: string,
    id: string,
  ): Promise<{ readonly storrelse: number; open(): Promise<AsyncIterable<Uint8Array>> }>;
  /** Which objects in the shared part of the store are its own. */
  readonly findKnown: FindKnownObjects;
}

/** Who owns what: documents are kontoer's. */
export interface Accounts {
  /** Any konto by id, whoever owns it; undefined when unknown. Deleted ones are given too (`slettet`). At most 5 s old. */
  find(ctx: Ctx, kontoId: string): Promise<Konto | undefined>;
}

/** What the room that keeps documents gets, and gives. */
export interface ExchangeParts {
  readonly accounts: Accounts;
  /** Where payloads over the threshold go from now on; once, while the rooms are built. */
  useDocuments(documents: Documents): void;
}

export const EXCHANGE_PARTS = contractOf<ExchangeParts>('exchange');

export { ErrorMessage, errorMessage, fiksDescription } from './routes/shared/error-message.ts';
