/** Milliseconds of a clock that only goes forward. */
export type Elapsed = () => number;

/**
 * The clock for durations: caches, windows, patience. The wall clock is set, back or forth, by people and by NTP; what
 * is measured with it lasts as long as the jump. When something happened is for the wall clock (`ctx.now`).
 */
export const elapsedMs: Elapsed = () => performance.now();
