import { createFailureLimiter } from './failure-limiter.ts';
import { createRefusalCounter, type RefusalCounter } from './refusal-counter.ts';

/** One login attempt as the guard knows it. */
export interface Attempt {
  /** What the caller claims to be: integration id or user name. */
  readonly credential: string;
  readonly address: string | undefined;
}

export interface LoginGuard {
  /** Throws `kernel.rate_limited` when this pair of credential and address has failed too often. */
  check(attempt: Attempt): void;
  /** Counts a failure. `known` is the credential's id when it exists. */
  refuse(attempt: Attempt, reason: string, known?: string): void;
  readonly refusals: RefusalCounter;
}

export function createLoginGuard(now: () => Date): LoginGuard {
  const limiter = createFailureLimiter(now);
  const refusals = createRefusalCounter(now);
  return {
    check: ({ credential, address }) => limiter.check(credential, address ?? ''),
    refuse: ({ credential, address }, reason, known) => {
      limiter.count(credential, address ?? '');
      refusals.count(known ?? 'unknown', reason);
    },
    refusals,
  };
}
