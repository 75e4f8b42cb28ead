import { type AppError, KernelError } from '@grunnmur/kernel/errors';
import type { Elapsed } from '@grunnmur/kernel/time';
import { createFailureLimiter } from './failure-limiter.ts';
import { createRefusalCounter, type RefusalCounter } from './refusal-counter.ts';

/** One login attempt as the guard knows it. */
export interface Attempt {
  /** What the caller claims to be: integration id or user name. */
  readonly credential: string;
  readonly address: string | undefined;
}

interface Refused {
  readonly reason: string;
  /** The credential's id when it exists. */
  readonly known?: string | undefined;
}

export interface LoginGuard {
  /**
   * Counts a failure, and gives the error to answer it with: `error` itself, or `kernel.rate_limited` when this pair of
   * credential and address has failed too often.
   */
  refuse(attempt: Attempt, refused: Refused, error: AppError): AppError;
  readonly refusals: RefusalCounter;
}

export function createLoginGuard(now: () => Date, elapsed: Elapsed): LoginGuard {
  const limiter = createFailureLimiter(elapsed);
  const refusals = createRefusalCounter(now);
  return {
    refuse: ({ credential, address }, { reason, known }, error) => {
      refusals.count(known ?? 'unknown', reason);
      const seconds = limiter.count(credential, address ?? '');
      return seconds > 0 ? KernelError.rateLimited({ params: { seconds } }) : error;
    },
    refusals,
  };
}
