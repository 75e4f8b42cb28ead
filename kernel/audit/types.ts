/** One use of information, to be written to the access log. */
export interface AuditEntry {
  /** Stable name of the operation, e.g. `post.letter.read`. */
  readonly operation: string;
  /** The person or organisation it concerns: fnr or orgnr. That person can read the entry. */
  readonly subject?: string;
  /** What was used, e.g. a letter. */
  readonly object?: string;
  /** Default: `ctx.purpose`. */
  readonly purpose?: string;
  /** Default: `ctx.legalBasis`. */
  readonly legalBasis?: string;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** JSON, at most 16 kB. */
  readonly detail?: unknown;
  /** What kind of information was used, in a word a page can translate, e.g. `letter`, `contact-details`. */
  readonly informationKind?: string;
}

/** An entry as it is stored and shown. */
export interface AuditEntryForPerson {
  /** The organisation that used the information; `null` when it was nobody in particular (the platform). */
  readonly tenant: string | null;
  readonly chain: number;
  readonly seq: number;
  readonly at: Date;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string | null;
  readonly requestId: string;
  readonly operation: string;
  readonly subject: string | null;
  readonly object: string | null;
  readonly purpose: string | null;
  readonly legalBasis: string | null;
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly informationKind: string | null;
  readonly detail: unknown;
}

/** Holds what was done for no tenant (RFC 9562 §5.9). */
export const NIL_TENANT = '00000000-0000-0000-0000-000000000000';
