import type { TokenVerifier } from '@grunnmur/kernel/auth';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Database } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import type { Logger } from '@grunnmur/kernel/log';
import type { Elapsed } from '@grunnmur/kernel/time';
import type { LoginCaches } from './login-caches.ts';
import type { LoginGuard } from './login-guard.ts';

/** What the room's services are built on. */
export interface AccessDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => Date;
  /** For durations. */
  readonly elapsedMs: Elapsed;
  readonly masterKey: Uint8Array;
  /** Built when first needed: the address of the built-in issuer is known when the server listens. */
  readonly verifier: () => TokenVerifier;
  /** What a token's `aud` may name, with what is below each: the address of the installation, and those of its settings. */
  readonly audiences: () => readonly string[];
  readonly caches: LoginCaches;
  readonly guard: LoginGuard;
}

/** The context of work that nobody has logged in for yet: no tenant, so no row of any tenant is visible. */
export function anonymousCtx(deps: Pick<AccessDeps, 'db' | 'log' | 'now'>): Ctx {
  return {
    tenant: null,
    actor: { kind: 'anonymous', id: 'login' },
    requestId: newId(),
    db: deps.db,
    log: deps.log,
    now: deps.now,
  };
}
