import type { DecryptionKey } from '@grunnmur/kernel/crypto';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import type { ContactRegister, OrganisationRegister, PopulationRegister } from '@grunnmur/registers';
import type { AltinnClient, DpiClient, PrintClient } from '../external/index.ts';
import type { PdfPool } from '../pdf/index.ts';
import type { CaptureBudget } from './capture-small.ts';

export interface PostLimits {
  /** Total size when the letter may be printed. SvarUt: 350 MB. */
  readonly maxPrintableBytes: number;
  /** Total size otherwise. SvarUt has no fixed cap; ours keeps a disk from filling. */
  readonly maxDigitalBytes: number;
  readonly maxDocuments: number;
  readonly maxPages: number;
  /** How long an upload may take and how long it may pause. */
  readonly uploadTimeoutMs: number;
  readonly uploadIdleMs: number;
  /** How long an equal letter counts as a repeat. */
  readonly duplicateWindowMs: number;
  readonly retentionMonths: number;
}

export const DEFAULT_LIMITS: PostLimits = {
  maxPrintableBytes: 350_000_000,
  maxDigitalBytes: 5_000_000_000,
  maxDocuments: 500,
  maxPages: 20_000,
  uploadTimeoutMs: 15 * 60_000,
  uploadIdleMs: 60_000,
  duplicateWindowMs: 24 * 3_600_000,
  retentionMonths: 3,
};

export interface Tenant {
  readonly orgnr: string;
  readonly name: string;
  readonly language: 'nb' | 'nn';
}

export interface Channels {
  readonly altinn: AltinnClient;
  readonly sdp: DpiClient;
  readonly print: PrintClient;
}

/** Everything the post room works with; made once by the composition root. */
export interface PostDeps {
  readonly storage: ObjectStore;
  readonly pdf: PdfPool;
  readonly contacts: ContactRegister;
  readonly organisations: OrganisationRegister;
  readonly population: Pick<PopulationRegister, 'find'>;
  readonly channels: Channels;
  /** The platform's keys for encrypted submissions (`/forsendelse/publickey/hent`), newest first. */
  readonly decryptionKeys: readonly DecryptionKey[];
  readonly limits: PostLimits;
  /** The organisation behind a tenant id. */
  readonly tenant: (id: string) => Promise<Tenant>;
  /** The senders' resources in Altinn's resource registry. */
  readonly altinnResources: { readonly ordinary: string; readonly confidential: string };
  /** A demonstration takes synthetic persons only, production none. */
  readonly synthetic: boolean;
  /** Where citizens read their letters; download addresses begin with it. */
  readonly publicUrl: string;
  /** Where a demonstration shows the print file of a letter. */
  readonly paperUrl?: (forsendelseId: string) => string;
}

/** What taking letters needs beside. */
export interface AcceptDeps extends PostDeps {
  readonly captureBudget: CaptureBudget;
}
