import { createLruMap } from '@grunnmur/kernel/auth';
import { KernelError } from '@grunnmur/kernel/errors';
import { MINUTE_MS } from '@grunnmur/kernel/time';

const MAX_FAILURES = 10;
const WINDOW_MS = MINUTE_MS;
/** Pairs remembered; whoever invents more only pushes out the oldest. */
const MAX_PAIRS = 20_000;

interface Window {
  failures: number;
  readonly endsAt: number;
}

export interface FailureLimiter {
  /** Throws `kernel.rate_limited` when the pair has failed ten times within the last minute. */
  check(credential: string, address: string): void;
  count(credential: string, address: string): void;
}

/**
 * Counts failed logins per credential and address. The generated passwords cannot be guessed; this keeps a
 * misconfigured client from spending our time, and it hits nobody else, since the address is part of the key.
 */
export function createFailureLimiter(now: () => Date): FailureLimiter {
  const windows = createLruMap<string, Window>(MAX_PAIRS);
  const current = (key: string): Window | undefined => {
    const window = windows.get(key);
    return window && window.endsAt > now().getTime() ? window : undefined;
  };
  return {
    check: (credential, address) => {
      const window = current(pairKey(credential, address));
      if (!window || window.failures < MAX_FAILURES) return;
      const seconds = Math.ceil((window.endsAt - now().getTime()) / 1000);
      throw KernelError.rateLimited({ params: { seconds } });
    },
    count: (credential, address) => {
      const key = pairKey(credential, address);
      const window = current(key);
      if (window) window.failures++;
      else windows.set(key, { failures: 1, endsAt: now().getTime() + WINDOW_MS });
    },
  };
}

/** Cut to a length that keeps the whole table small whatever is sent. */
function pairKey(credential: string, address: string): string {
  return `${credential.slice(0, 100)}|${address.slice(0, 64)}`;
}
