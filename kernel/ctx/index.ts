import type { Database } from '../db/index.ts';
import type { Logger } from '../log/index.ts';

/**
 * Who performs an operation.
 *
 * - `person`: a logged-in human, identified by national identity number (`id`).
 * - `integration`: a machine identity (`id` is its UUID or v1 account name).
 * - `system`: Grunnmur itself (`id` names the job or schedule).
 * - `anonymous`: nobody has been identified yet.
 */
export interface Actor {
  readonly kind: 'person' | 'integration' | 'system' | 'anonymous';
  readonly id: string;
  /** Human-readable name, shown to citizens in "who has used my information". */
  readonly name?: string;
}

/**
 * The acting context of one operation. Every service function takes it first.
 * It carries everything that would otherwise be ambient: who, for which tenant, why, when.
 */
export interface Ctx {
  /** Organisation (UUID) whose rows may be touched; `null` when acting as a person across organisations. */
  readonly tenant: string | null;
  readonly actor: Actor;
  /** Why the data is used, shown to the person it concerns. */
  readonly purpose?: string;
  /** Legal basis of the use, e.g. `forvaltningsloven § 16`. */
  readonly legalBasis?: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly db: Database;
  readonly log: Logger;
  /** Clock; tests fix it. */
  readonly now: () => Date;
  /** Aborted when the client hangs up or the server stops. */
  readonly signal?: AbortSignal;
}

/** Returns `ctx` with some fields replaced; the original is left as it is. */
export function withCtx(ctx: Ctx, change: Partial<Ctx>): Ctx {
  return { ...ctx, ...change };
}
