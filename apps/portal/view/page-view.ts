import type { Locale, Translate } from '@grunnmur/kernel/i18n';
import type { PortalOperator } from '../options.ts';
import type { PortalKey, PortalMessages } from './messages.ts';

/** What every page is made from, besides its own data. */
export interface PageView {
  readonly locale: Locale;
  readonly t: Translate<PortalKey>;
  readonly lookUp: (key: string, params?: Parameters<PortalMessages['lookUp']>[2]) => string | undefined;
  /** Path and query of this page: where the language choice comes back to. */
  readonly path: string;
  readonly reader: PageReader | undefined;
  readonly demonstration: boolean;
  readonly operator: PortalOperator;
  readonly assets: { readonly css: string; readonly icon: string; readonly font: string };
  readonly now: Date;
}

export interface PageReader {
  readonly name: string | undefined;
  readonly level: 3 | 4;
  /** For the forms of this page. */
  readonly csrfToken: string;
  /** May look at an organisation's messages. */
  readonly staff: boolean;
}
