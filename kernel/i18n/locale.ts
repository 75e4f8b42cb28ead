/** Written forms and languages that every text exists in: bokmål, nynorsk, English. */
export const LOCALES = ['nb', 'nn', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/** BCP 47 tag for `Intl`: Norwegian formats for the Norwegian forms, British ones for English. */
export const INTL_LOCALE: Readonly<Record<Locale, string>> = { nb: 'nb-NO', nn: 'nn-NO', en: 'en-GB' };

/** Variables that name a terminal's language, strongest first (POSIX.1-2024, section 8.2; the first is our own). */
const LANGUAGE_VARIABLES = ['GRUNNMUR_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG'] as const;

/** Language of somebody at a terminal: Norwegian where the environment says so, else English. */
export function terminalLocale(env: Readonly<Record<string, string | undefined>>): Locale {
  const named = LANGUAGE_VARIABLES.map((name) => env[name]).find(Boolean) ?? '';
  const code = named.toLowerCase().split(/[_.@-]/)[0]!;
  if (isLocale(code)) return code;
  return code === 'no' ? 'nb' : 'en';
}
