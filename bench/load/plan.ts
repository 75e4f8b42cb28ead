/** Letters as SvarUt REST v2 sends them: metadata and one PDF. */
export interface LetterPlan {
  readonly kind: 'letters';
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly recipients: readonly Recipient[];
  readonly pdfBytes: number;
  /** Begins every title; together with a number it makes each letter different from all others. */
  readonly tag: string;
  readonly kunDigitalLevering: boolean;
  readonly connections: number;
  readonly durationMs: number;
  /** Answers in this first part are not counted. */
  readonly warmupMs: number;
  /** Offered load; without it every connection sends as fast as it is answered. */
  readonly perSecond?: number;
}

/** JSON messages, sent in turn. */
export interface JsonPlan {
  readonly kind: 'json';
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly durationMs: number;
  readonly warmupMs: number;
}

/** Fiks IO messages (fiks-io §2.2): the first 8 bytes of each payload are the time of sending, ms since 1970 (IEEE 754, big-endian). */
export interface MessagePlan {
  readonly kind: 'messages';
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The part `metadata`, the same for all. */
  readonly metadata: object;
  readonly payloadBytes: number;
  readonly connections: number;
  readonly durationMs: number;
  readonly warmupMs: number;
  /** As in {@link LetterPlan}. */
  readonly perSecond?: number;
}

export type LoadPlan = LetterPlan | JsonPlan | MessagePlan;

export interface Recipient {
  readonly navn: string;
  readonly digitalId: string;
  readonly adresselinje1: string;
  readonly postnummer: string;
  readonly poststed: string;
}

export interface LoadResult {
  /** Answers with 2xx after the warm-up. */
  readonly ok: number;
  /** Answers after the warm-up per second. */
  readonly perSecond: number;
  /** One per answer counted in `ok`, ms. */
  readonly latencies: Float64Array;
  /** What went wrong, with counts. */
  readonly errors: Readonly<Record<string, number>>;
  /** Letters answered 2xx, warm-up included, and when (ms since 1970). */
  readonly ids: readonly string[];
  readonly acceptedAt: Float64Array;
}
