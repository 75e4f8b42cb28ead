import type { Locale, MessageParams, Translate } from '@grunnmur/kernel/i18n';
import type { PortalOperator } from '../options.ts';
import type { CitizenKey, PortalKey, StaffKey } from './messages.ts';

/** What every page is made from, besides its own data. */
export interface PageView {
  readonly locale: Locale;
  readonly t: Translate<PortalKey>;
  /** Words for citizens by a key made of data; undefined when no catalogue has them. */
  readonly lookUp: (key: CitizenKey, params?: MessageParams) => string | undefined;
  /** The same for the pages of staff. */
  readonly staffText: (key: StaffKey, params?: MessageParams) => string | undefined;
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
