import { IntlMessageFormat } from 'intl-messageformat';
import { INTL_LOCALE, type Locale } from './locale.ts';

/** Flat catalogue: key such as `post.not_found` to an ICU message. */
export type Messages = Readonly<Record<string, string>>;
export type LocaleMessages = Readonly<Record<Locale, Messages>>;
export type MessageParams = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

/** Writes one message in one language. */
export type Translate<K extends string = string> = (key: K, params?: MessageParams) => string;

export interface Translator<K extends string = string> {
  /** True when the catalogue has the key; for keys that come from data, such as error codes. */
  has(key: string): key is K;
  in(locale: Locale): Translate<K>;
}

/**
 * Makes a translator on ICU messages. Each message is compiled at its first use and kept, so memory is bounded by the
 * catalogue. A key missing in `locale` is written in bokmål, an unknown key as itself: a page with one odd word is
 * better than no page (the translation test keeps both from happening). `<` in messages is text, not markup.
 */
export function createTranslator<K extends string = string>(locales: LocaleMessages): Translator<K> {
  const compiled = new Map<string, IntlMessageFormat>();

  function format(locale: Locale, key: string): IntlMessageFormat | undefined {
    const cacheKey = `${locale} ${key}`;
    const known = compiled.get(cacheKey);
    if (known) return known;
    const own = ownMessage(locales[locale], key);
    const message = own ?? ownMessage(locales.nb, key);
    if (message === undefined) return undefined;
    const language = own === undefined ? 'nb' : locale;
    const made = new IntlMessageFormat(message, INTL_LOCALE[language], undefined, { ignoreTag: true });
    compiled.set(cacheKey, made);
    return made;
  }

  function write(locale: Locale, key: string, params: MessageParams | undefined): string {
    const message = format(locale, key);
    return message ? String(message.format(params)) : key;
  }

  return {
    has: (key): key is K => ownMessage(locales.nb, key) !== undefined,
    in: (locale) => (key, params) => write(locale, key, params),
  };
}

// Keys may come from data, so `constructor` and its like must not be found on the prototype.
function ownMessage(messages: Messages, key: string): string | undefined {
  return Object.hasOwn(messages, key) ? messages[key] : undefined;
}
