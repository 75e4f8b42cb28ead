/** What the figures mean, written by hand: profile again before changing it. */
export const NOTE = '';
