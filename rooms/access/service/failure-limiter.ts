import { createWindowCounter } from '@grunnmur/kernel/auth';
import { type Elapsed, MINUTE_MS } from '@grunnmur/kernel/time';

const MAX_FAILURES = 10;
/** Pairs remembered; whoever invents more only pushes out the oldest. */
const MAX_PAIRS = 20_000;

export interface FailureLimiter {
  /** Counts a failure; the seconds to wait when the pair has failed more than ten times within a minute, else 0. */
  count(credential: string, address: string): number;
}

/**
 * Counts failed logins per credential and address. It only ever changes the answer to a failure: who comes with the right
 * credential is let in whatever others have tried in its name or from its address (one for all behind a TCP proxy). The
 * passwords are random and cannot be guessed (decision 0008), so nothing is gained by turning the right one away.
 */
export function createFailureLimiter(elapsed: Elapsed): FailureLimiter {
  const failures = createWindowCounter(MINUTE_MS, MAX_PAIRS, elapsed);
  return {
    count: (credential, address) => {
      const { count, leftMs } = failures.count(pairKey(credential, address));
      return count > MAX_FAILURES ? Math.ceil(leftMs / 1000) : 0;
    },
  };
}

/** Cut to a length that keeps the whole table small whatever is sent. */
function pairKey(credential: string, address: string): string {
  return `${credential.slice(0, 100)}|${address.slice(0, 64)}`;
}
