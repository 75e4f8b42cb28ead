import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import { createWindowCounter } from '../auth/window-counter.ts';

const CALLERS = 20_000;

/** Counts of `@fastify/rate-limit` by a clock that is never set back: the library's own store goes by the wall clock. */
export function rateStore(windowMs: number): new () => FastifyRateLimitStore {
  return class RateStore implements FastifyRateLimitStore {
    readonly #counter = createWindowCounter(windowMs, CALLERS);

    incr(key: string, done: (error: Error | null, result?: { current: number; ttl: number }) => void): void {
      const { count, leftMs } = this.#counter.count(key);
      done(null, { current: count, ttl: Math.ceil(leftMs) });
    }

    child(): FastifyRateLimitStore {
      return new RateStore();
    }
  };
}
