/** Why a public body may handle a letter to somebody: it performs its task (GDPR article 6.1 e). */
export const PUBLIC_TASK = 'personvernforordningen artikkel 6 nr. 1 bokstav e';
