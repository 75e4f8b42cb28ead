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

/**
 * Texts are written for one audience: citizens, staff, or machines (docs/glossary.md). A key that is made from data
 * names whose it is, so that no page can show one reader the words of another.
 */
export type CitizenKey = `${'citizen' | 'audit' | 'information' | 'purpose' | 'basis'}.${string}`;
export type StaffKey = `${'staff' | 'exchange'}.${string}`;

export interface PortalMessages {
  in(locale: Locale): Translate<PortalKey>;
  /** For keys that come from data (event codes): the text, or undefined when no catalogue has the key. */
  lookUp(locale: Locale, key: CitizenKey | StaffKey, params?: Parameters<Translate>[1]): string | undefined;
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
