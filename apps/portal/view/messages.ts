import {
  createTranslator,
  type Locale,
  loadLocales,
  type Translate,
  type Translator,
} from '@grunnmur/kernel/i18n';
import type nb from '../locales/nb.json';

/** Keys of the portal's own texts; bokmål is the type. */
export type PortalKey = keyof typeof nb;

export interface PortalMessages {
  in(locale: Locale): Translate<PortalKey>;
  /** For keys that come from data (event codes): the text, or undefined when no catalogue has the key. */
  lookUp(locale: Locale, key: string, params?: Parameters<Translate>[1]): string | undefined;
}

/** The portal's texts and those of the rooms whose events it shows. */
export async function loadPortalMessages(roomLocales: readonly URL[]): Promise<PortalMessages> {
  const folders = [new URL('../locales/', import.meta.url), ...roomLocales];
  const translator: Translator = createTranslator(await loadLocales(folders));
  return {
    in: (locale) => translator.in(locale),
    lookUp: (locale, key, params) => {
      if (!translator.has(key)) return undefined;
      try {
        return translator.in(locale)(key, params);
      } catch {
        // Stored data may be older than the message and lack a parameter of it: one text less, not one page less.
        return undefined;
      }
    },
  };
}
