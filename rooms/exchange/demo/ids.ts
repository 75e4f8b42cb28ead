/** A demonstration's kontoer have the same ids everywhere. */
export const demoKontoId = (number: number): string => `33333333-3333-4333-8333-00000000000${number}`;

/** Answers messages with a report of what is right and wrong with them; its key is the platform's own. */
export const DEMO_VALIDATOR = demoKontoId(9);
