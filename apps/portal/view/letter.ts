import type { Letter, LetterDocument } from '@grunnmur/post';
import type { PageView } from './page-view.ts';

/** What is in the letter is for a login of a higher level than the reader's. */
export function isLocked(view: PageView, letter: Letter): boolean {
  return letter.krevNiva4 && view.reader?.level !== 4;
}

export function isPdf({ mimeType }: Pick<LetterDocument, 'mimeType'>): boolean {
  return mimeType.split(';', 1)[0]?.trim().toLowerCase() === 'application/pdf';
}

/** The document that the letter's page shows: the one asked for (`asked`, its number), else the first that is a PDF. */
export function documentToShow(view: PageView, letter: Letter, asked: unknown): LetterDocument | undefined {
  if (isLocked(view, letter) || !letter.dokumenterTilgjengelig) return undefined;
  const pdfs = letter.dokumenter.filter(isPdf);
  return pdfs.find(({ nr }) => String(nr) === asked) ?? pdfs[0];
}
