import type { Access } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import type { Kontoer } from '../ports.ts';

export interface QueueDeps {
  readonly db: Database;
  readonly log: Logger;
  /** Payloads that are too large for a row. */
  readonly storage: ObjectStore;
  readonly access: Pick<Access, 'authenticateIntegration'>;
  readonly kontoer: Pick<Kontoer, 'find'>;
  /** For lookups that no caller stands behind. */
  readonly systemCtx: Ctx;
  /** The same after a restart and no other node's: then deliveries of a killed process come back at its restart. */
  readonly nodeName?: string;
  /** A node not seen for this long is dead, and its deliveries come back. Default 20 s. */
  readonly leaseMs?: number;
  /** How often all queues are looked at, for what no nudge told of. Default 2 s. */
  readonly pollMs?: number;
  /** How often deadlines are looked at. Default 400 ms (fiks-io §6.5: on time). */
  readonly expiryMs?: number;
}
