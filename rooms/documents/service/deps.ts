import { type Accounts, LONGEST_UPLOAD_MS } from '@grunnmur/exchange';
import type { DecryptionKey } from '@grunnmur/kernel/crypto';
import type { ObjectStore } from '@grunnmur/kernel/storage';

export interface DokumentlagerLimits {
  /** Largest document, as it is given out (fiks-io §4.3: 5 GB). */
  readonly maxBytes: number;
  /** Largest `metadata` part and JSON body. */
  readonly maxJsonBytes: number;
  /** Longest pause of an uploader. */
  readonly uploadIdleMs: number;
  /** Longest upload. The Java client waits for one hour (§2.6). */
  readonly uploadTimeoutMs: number;
  /** Longest time that a reader takes nothing of what is sent. */
  readonly downloadIdleMs: number;
}

export const DEFAULT_DOKUMENTLAGER_LIMITS: DokumentlagerLimits = {
  maxBytes: 5 * 1024 ** 3,
  maxJsonBytes: 262_144,
  uploadIdleMs: 60_000,
  uploadTimeoutMs: LONGEST_UPLOAD_MS,
  downloadIdleMs: 120_000,
};

/** What Dokumentlager works with; made once by the room. */
export interface DokumentlagerDeps {
  /** The room's own store: shared with exchange, whose sweeper asks this room (`findKnown`). */
  readonly storage: ObjectStore;
  readonly kontoer: Accounts;
  /** The platform's keys (`public-key`), newest first. */
  readonly decryptionKeys: readonly DecryptionKey[];
  readonly limits: DokumentlagerLimits;
  /** Why a person's number is not taken, in Norwegian; which series are taken is the installation's choice. */
  readonly fnrFault: (value: string) => string | undefined;
  readonly isValidOrgnr: (value: string) => boolean;
}
