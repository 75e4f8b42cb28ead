import {
  createTranslator,
  isLocale,
  type Locale,
  loadLocales,
  type MessageParams,
  type Translator,
  terminalLocale,
} from '@grunnmur/kernel/i18n';

/** What the commands say, with the post room's own words for each entry of a timeline. */
async function loadTexts(): Promise<Translator> {
  // The room's folder of texts lies beside its contract; loading the room itself would load its PDF engine.
  const post = new URL('locales/', import.meta.resolve('@grunnmur/post'));
  return createTranslator(await loadLocales([new URL('../locales/', import.meta.url), post]));
}

export interface Texts {
  readonly locale: Locale;
  readonly has: (key: string) => boolean;
  readonly t: (key: string, params?: MessageParams) => string;
}

export async function textsIn(locale: Locale): Promise<Texts> {
  const translator = await loadTexts();
  return { locale, has: translator.has, t: translator.in(locale) };
}

/** `--lang`, else the terminal's language: each command speaks one, its errors too. */
export function languageOf(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Locale {
  const given = args.flatMap((each, index) =>
    each === '--lang' ? [args[index + 1]] : each.startsWith('--lang=') ? [each.slice('--lang='.length)] : [],
  );
  return given.filter(isLocale).at(-1) ?? terminalLocale(env);
}
