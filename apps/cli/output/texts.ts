import { createTranslator, type Locale, loadLocales, type Translator } from '@grunnmur/kernel/i18n';

/** What `send` and `status <id>` say about letters, with the post room's own words for each entry. */
export async function loadTexts(): Promise<Translator> {
  // The room's folder of texts lies beside its contract; loading the room itself would load its PDF engine.
  const post = new URL('locales/', import.meta.resolve('@grunnmur/post'));
  return createTranslator(await loadLocales([new URL('../locales/', import.meta.url), post]));
}

export interface Texts {
  readonly locale: Locale;
  readonly has: (key: string) => boolean;
  readonly t: (key: string, params?: Record<string, string | number | undefined>) => string;
}

export async function textsIn(locale: Locale): Promise<Texts> {
  const translator = await loadTexts();
  return { locale, has: translator.has, t: translator.in(locale) };
}
