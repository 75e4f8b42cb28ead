/** Stands for the title of a level-4 letter wherever one may look without a login of that level. */
export const NEUTRAL_TITLE = { nb: 'Du har fått et brev', nn: 'Du har fått eit brev' } as const;
