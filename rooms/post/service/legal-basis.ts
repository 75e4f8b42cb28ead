/** Why a public body may handle a letter to somebody: it performs its task (GDPR article 6.1 e). */
export const PUBLIC_TASK = 'personvernforordningen artikkel 6 nr. 1 bokstav e';

/** Purpose of a sender's own reading of where a letter stands, and of what it reports about it. */
export const FOLLOW_UP = 'Følge opp om brevet er kommet fram og lest';
