export interface Deadline {
  readonly signal: AbortSignal;
  /** Was it the time that ended it, and not the caller? */
  readonly expired: () => boolean;
  readonly clear: () => void;
}

/** A timer that is cleared: `AbortSignal.timeout` would keep one per call alive long after the answer. */
export function startDeadline(ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, ms);
  const forward = () => controller.abort();
  if (outer?.aborted) controller.abort();
  else outer?.addEventListener('abort', forward, { once: true });
  return {
    signal: controller.signal,
    expired: () => expired,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', forward);
    },
  };
}
