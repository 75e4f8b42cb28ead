/** The sample content itself, for tests and commands. */
export { ACCOUNTS, letterhead, organisationPaper } from './accounts.ts';
export { LETTERS } from './letter-content.ts';
export { type LetterText, letterPaper } from './letter-paper.ts';
export { LETTER_PLAN, sentAt } from './letter-plan.ts';
