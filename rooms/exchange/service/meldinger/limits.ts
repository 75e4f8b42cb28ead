import { DAY_MS } from '@grunnmur/kernel/time';

export interface MeldingLimits {
  /** Payloads up to this size are kept in a row, larger ones as an object. */
  readonly inlineMaxBytes: number;
  /** Payloads over this size go to Dokumentlager; what is delivered in one piece must stay below 64 MiB (fiks-io §3.2). */
  readonly dokumentlagerOverBytes: number;
  /** Larger payloads are refused (413). */
  readonly maxPayloadBytes: number;
  readonly maxMetadataBytes: number;
  /** Longest pause of a sender in the middle of a call. */
  readonly uploadIdleMs: number;
  /** Longest time for the whole of a call. */
  readonly uploadTimeoutMs: number;
}

export const DEFAULT_MELDING_LIMITS: MeldingLimits = {
  inlineMaxBytes: 32_768,
  dokumentlagerOverBytes: 5 * 1024 ** 2,
  maxPayloadBytes: 5 * 1024 ** 3,
  maxMetadataBytes: 262_144,
  uploadIdleMs: 60_000,
  uploadTimeoutMs: 16 * 60_000,
};

/** Time to live of a message (fiks-io §2.2): seven days unless the sender says otherwise, at least a second. */
export const DEFAULT_TTL_MS = 7 * DAY_MS;
export const MIN_TTL_MS = 1000;
/** Ours: longer than a year is a mistake in units. */
export const MAX_TTL_MS = 366 * DAY_MS;
/** What lies in Dokumentlager outlives its message by a day (§3.5). */
export const DOKUMENT_GRACE_MS = DAY_MS;
