import type { InboxLetter } from '@grunnmur/post';

export interface InboxGroups {
  /** Something is wanted of the reader, by a time or at all. */
  readonly act: readonly InboxLetter[];
  /** Not opened, for information. */
  readonly new: readonly InboxLetter[];
  readonly earlier: readonly InboxLetter[];
}

/** What is wanted of the reader, in the order it matters. */
export type Want =
  | { readonly kind: 'open_by' | 'sign_by'; readonly by: Date }
  | { readonly kind: 'answer'; readonly by?: undefined };

/**
 * What a letter wants of its reader now: to be opened before it goes on paper, to be signed, to be answered. Whether
 * the answer was sent is the sender's knowledge, so an opened letter is taken for answered.
 */
export function wants(letter: InboxLetter, now: Date): readonly Want[] {
  const { ulest, printFrist, signeringsfrist, svarOnskes } = letter;
  return [
    ...(ulest && printFrist && printFrist > now ? [{ kind: 'open_by', by: printFrist } as const] : []),
    ...(signeringsfrist && signeringsfrist > now ? [{ kind: 'sign_by', by: signeringsfrist } as const] : []),
    ...(ulest && svarOnskes ? [{ kind: 'answer' } as const] : []),
  ];
}

/** Letters by what the reader has to do with them; those with a deadline come in its order, the others as they were. */
export function groupLetters(letters: readonly InboxLetter[], now: Date): InboxGroups {
  const wanted = letters.map((letter) => ({ letter, wants: wants(letter, now) }));
  const act = wanted.filter((each) => each.wants.length > 0);
  const due = (each: (typeof act)[number]): number =>
    Math.min(...each.wants.map(({ by }) => by?.getTime() ?? Number.POSITIVE_INFINITY));
  // Equal deadlines, none among them, keep the order they came in.
  act.sort((a, b) => (due(a) === due(b) ? 0 : due(a) - due(b)));
  const rest = wanted.filter((each) => each.wants.length === 0).map(({ letter }) => letter);
  return {
    act: act.map(({ letter }) => letter),
    new: rest.filter(({ ulest }) => ulest),
    earlier: rest.filter(({ ulest }) => !ulest),
  };
}
