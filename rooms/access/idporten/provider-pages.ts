import { isLocale, type Locale, type Translator } from '@grunnmur/kernel/i18n';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { html, trusted } from './html.ts';
import { pageHeaders, renderPage } from './page.ts';

/** Pages that the provider library shows by itself. */
export interface ProviderPages {
  readonly logout: (ctx: KoaContextWithOIDC, form: string) => void;
  readonly loggedOut: (ctx: KoaContextWithOIDC) => void;
  readonly error: (ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }) => void;
}

/** `formTargets`: addresses that a logout may end at. */
export function createProviderPages(
  translator: Translator,
  formTargets: () => readonly string[],
): ProviderPages {
  const show = (ctx: KoaContextWithOIDC, title: string, body: ReturnType<typeof html>): void => {
    const locale = localeOf(ctx);
    const t = translator.in(locale);
    ctx.body = renderPage({ locale, t, title: t(title), body });
    ctx.set(pageHeaders(formTargets()));
  };
  return {
    // The library's own form carries what protects it against requests from elsewhere.
    logout: (ctx, form) => {
      const t = translator.in(localeOf(ctx));
      const body = html`<p>${t('access.idporten.logout.intro')}</p>
${trusted(form)}
<div class="row">
<button class="primary" form="op.logoutForm" name="logout" value="yes">${t('access.idporten.logout.yes')}</button>
<button class="secondary" form="op.logoutForm">${t('access.idporten.logout.no')}</button>
</div>`;
      show(ctx, 'access.idporten.logout.title', body);
    },
    loggedOut: (ctx) => {
      const t = translator.in(localeOf(ctx));
      show(ctx, 'access.idporten.logged-out.title', html`<p>${t('access.idporten.logged-out.intro')}</p>`);
    },
    error: (ctx, out) => {
      const t = translator.in(localeOf(ctx));
      const body = html`<p>${t('access.idporten.failed.intro')}</p>
<p lang="en"><code>${out.error}</code> ${out.error_description}</p>`;
      show(ctx, 'access.idporten.failed.title', body);
    },
  };
}

/** The first of `ui_locales` (OpenID Connect Core §3.1.2.1) that we write; bokmål otherwise. */
export function localeOf(ctx: Pick<KoaContextWithOIDC, 'query'>): Locale {
  return chooseLocale(ctx.query.ui_locales);
}

export function chooseLocale(uiLocales: unknown): Locale {
  const wanted = typeof uiLocales === 'string' ? uiLocales.split(' ') : [];
  return wanted.map((tag) => (tag === 'no' ? 'nb' : tag.slice(0, 2))).find(isLocale) ?? 'nb';
}
