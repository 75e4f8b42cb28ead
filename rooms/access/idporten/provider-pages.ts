import { isLocale, type Locale, type Translator } from '@grunnmur/kernel/i18n';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { html, trusted } from './html.ts';
import { pageHeaders, renderPage } from './page.ts';

/** Pages that the provider library shows by itself. */
export interface ProviderPages {
  readonly logout: (ctx: KoaContextWithOIDC, form: string) => void;
  readonly loggedOut: (ctx: KoaContextWithOIDC) => void;
  /** Puts our page in the place of the library's own, which sends a form on by itself and is in English. */
  readonly continued: (ctx: KoaContextWithOIDC) => void;
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
    continued: (ctx) => {
      const form = typeof ctx.body === 'string' ? OWN_FORM.exec(ctx.body)?.[1] : undefined;
      if (form === undefined) return;
      const locale = localeOf(ctx);
      const t = translator.in(locale);
      const body = html`<p>${t('access.idporten.continue.intro')}</p>
${trusted(form)}<p><button class="primary">${t('access.idporten.continue.submit')}</button></p></form>
<script>${trusted(SUBMIT)}</script>`;
      const { status } = ctx;
      ctx.body = renderPage({ locale, t, title: t('access.idporten.continue.title'), body });
      ctx.status = status;
      ctx.set(pageHeaders(formTargets(), SUBMIT));
    },
    error: (ctx, out) => {
      const t = translator.in(localeOf(ctx));
      const body = html`<p>${t('access.idporten.failed.intro')}</p>
<p lang="en"><code>${out.error}</code> ${out.error_description}</p>`;
      show(ctx, 'access.idporten.failed.title', body);
    },
  };
}

/** The form of a page that the library sends on with a script (its response mode `form_post`), without its end. */
const OWN_FORM = /<title>Submitting Callback<\/title>[\s\S]*?(<form method="post"[\s\S]*?)<noscript>/;
/** Whose browser runs no scripts presses the button. */
const SUBMIT = 'document.forms[0].submit();';

/** The first of `ui_locales` (OpenID Connect Core §3.1.2.1) that we write; bokmål otherwise. */
function localeOf(ctx: KoaContextWithOIDC): Locale {
  return chooseLocale(
    ctx.query.ui_locales ?? ctx.oidc?.params?.ui_locales ?? ctx.oidc?.entities.Interaction?.params.ui_locales,
  );
}

export function chooseLocale(uiLocales: unknown): Locale {
  const wanted = typeof uiLocales === 'string' ? uiLocales.split(' ') : [];
  return wanted.map((tag) => (tag === 'no' ? 'nb' : tag.slice(0, 2))).find(isLocale) ?? 'nb';
}
