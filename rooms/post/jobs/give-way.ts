import type { GiveWay } from '@grunnmur/kernel/jobs';

/** So many letters at once are more than the machine accepts without making their senders wait. */
const MANY = 12;
/** The number falls to nothing each time a batch is committed. */
const LULL_MS = 200;
const AT_MOST_MS = 5000;

export interface AcceptancePressure {
  /** To be told of each letter more. */
  readonly onUnderWay: (letters: number) => void;
  readonly giveWay: GiveWay;
}

/**
 * Delivery gives way to acceptance: a sender waits for the answer, and a letter that is safe can be a few seconds late. It
 * is routed at most five seconds later, and handed to its channel at most another five.
 */
export function createAcceptancePressure(): AcceptancePressure {
  let lastMany = Number.NEGATIVE_INFINITY;
  return {
    onUnderWay: (letters) => {
      if (letters >= MANY) lastMany = performance.now();
    },
    giveWay: { when: () => performance.now() - lastMany < LULL_MS, atMostMs: AT_MOST_MS },
  };
}
