import { hash } from 'node:crypto';
import { LOCALES, type Locale, type Translate } from '@grunnmur/kernel/i18n';
import { type Html, html, trusted } from './html.ts';
import { STYLE, STYLE_SOURCE } from './style.ts';

export interface Page {
  readonly locale: Locale;
  readonly t: Translate;
  readonly title: string;
  readonly body: Html;
  /** Address of this page in another language; absent where the address cannot be visited again. */
  readonly inLocale?: (locale: Locale) => string;
}

const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { nb: 'Bokmål', nn: 'Nynorsk', en: 'English' };

/** A whole page. It works without scripts and loads nothing. */
export function renderPage(page: Page): string {
  const { locale, t, title } = page;
  return html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${t('access.idporten.brand')}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<p class="brand">${t('access.idporten.brand')}</p>
${page.inLocale && languages(page, page.inLocale)}
</header>
<main>
<h1>${title}</h1>
${page.body}
</main>
<footer><p>${t('access.idporten.footer')}</p></footer>
</body>
</html>
`.html;
}

/**
 * Headers of every page. `form-action` also holds for the redirects that follow a form (in some browsers), so the
 * addresses that a login or logout ends at must be in it. `script`: the one script that the page has, if any.
 */
export function pageHeaders(formTargets: readonly string[], script?: string): Record<string, string> {
  const origins = [...new Set(formTargets.map((address) => new URL(address).origin))];
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      `default-src 'none'`,
      `style-src ${STYLE_SOURCE}`,
      ...(script === undefined ? [] : [`script-src 'sha256-${hash('sha256', script, 'base64')}'`]),
      `form-action 'self' ${origins.join(' ')}`.trim(),
      `frame-ancestors 'none'`,
      `base-uri 'none'`,
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

function languages(page: Page, inLocale: (locale: Locale) => string): Html {
  const items = LOCALES.map((locale) =>
    locale === page.locale
      ? html`<li><span aria-current="true" lang="${locale}">${LANGUAGE_NAMES[locale]}</span></li>`
      : html`<li><a href="${inLocale(locale)}" lang="${locale}" hreflang="${locale}">${LANGUAGE_NAMES[locale]}</a></li>`,
  );
  return html`<nav aria-label="${page.t('access.idporten.language')}"><ul class="languages">${items}</ul></nav>`;
}
