import type { Locale, Translate } from '@grunnmur/kernel/i18n';
import type { DemoPerson } from '../access-options.ts';
import { type Html, html } from './html.ts';
import type { Level } from './levels.ts';
import { renderPage } from './page.ts';

export interface LoginPage {
  readonly locale: Locale;
  readonly t: Translate;
  readonly hasText: (key: string) => boolean;
  /** Address of the page, which is also where the form is sent. */
  readonly path: string;
  readonly persons: readonly DemoPerson[];
  /** The lowest level the login may have. */
  readonly required: Level;
  readonly chosen: Level;
  /** What was typed, when it was refused, and why (a message key). */
  readonly typed?: string;
  readonly error?: string;
}

/** The page where one chooses who to be. Works without JavaScript; the whole choice is one form. */
export function renderLoginPage(page: LoginPage): string {
  const { t, locale } = page;
  const body = html`
${page.error && errorSummary(t, page.error)}
<p>${t('access.idporten.login.intro')}</p>
<p class="notice">${t('access.idporten.login.notice')}</p>
<form method="post" action="${page.path}?lang=${locale}">
${levels(page)}
${numberField(page)}
${groups(page)}
</form>
<form method="post" action="${page.path}/avbryt"><p class="end"><button class="secondary">${t('access.idporten.login.cancel')}</button></p></form>`;
  const title = t('access.idporten.login.title');
  return renderPage({
    locale,
    t,
    title: page.error ? `${t('access.idporten.error.prefix')} ${title}` : title,
    body,
    inLocale: (other) => `${page.path}?lang=${other}`,
  });
}

function errorSummary(t: Translate, error: string): Html {
  return html`<div class="errors" role="alert" tabindex="-1">
<h2>${t('access.idporten.error.summary')}</h2>
<a href="#nummer">${t(error)}</a>
</div>`;
}

function levels({ t, required, chosen }: LoginPage): Html {
  const offered: Level[] = required === 4 ? [4] : [3, 4];
  const choices = offered.map(
    (level) => html`<div class="choice">
<input type="radio" name="level" id="level-${level}" value="${level}" ${level === chosen ? html`checked` : undefined}>
<label for="level-${level}">${t(`access.idporten.level.${level}`)}</label>
</div>`,
  );
  return html`<fieldset><legend>${t('access.idporten.level.legend')}</legend>
${required === 4 && html`<p class="hint">${t('access.idporten.level.required')}</p>`}
${choices}</fieldset>`;
}

/** Before the list: the Enter key presses the first button of a form, which must be the one beside the field. */
function numberField({ t, typed, error }: LoginPage): Html {
  const describedBy = error ? 'nummer-feil nummer-hjelp' : 'nummer-hjelp';
  return html`<h2><label for="nummer">${t('access.idporten.number.label')}</label></h2>
<p class="hint" id="nummer-hjelp">${t('access.idporten.number.hint')}</p>
${error && html`<p class="error" id="nummer-feil">${t(error)}</p>`}
<div class="row">
<input id="nummer" name="number" inputmode="numeric" autocomplete="off" maxlength="20" value="${typed ?? ''}" aria-describedby="${describedBy}" ${error ? html`aria-invalid="true"` : undefined}>
<button class="primary">${t('access.idporten.number.submit')}</button>
</div>`;
}

function groups(page: LoginPage): Html[] {
  const situations = [...new Set(page.persons.map((person) => person.situation))];
  return situations.map((situation) => {
    const key = `access.idporten.situation.${situation}`;
    const heading = page.hasText(key) ? page.t(key) : situation;
    const persons = page.persons.filter((person) => person.situation === situation);
    return html`<h2>${heading}</h2>
<ul class="persons">${persons.map(personButton)}</ul>`;
  });
}

function personButton({ fnr, name }: DemoPerson): Html {
  return html`<li><button class="secondary" name="person" value="${fnr}"><span class="name">${name}</span><span class="number">${fnr.slice(0, 6)} ${fnr.slice(6)}</span></button></li>`;
}
