import type { KontoStatus } from '@grunnmur/exchange';
import { isoDate } from '@grunnmur/kernel/i18n';
import type { ReactNode } from 'react';
import {
  addressOf,
  FILTER_FIELDS,
  type FilledFilter,
  type FilterFault,
  type FilterField,
  STATUSES,
} from '../view/message-filter.ts';
import { exchangeText } from '../view/message-states.ts';
import type { PageView } from '../view/page-view.ts';
import { Icon } from './icon.tsx';

export interface MessageFilterFormProps {
  readonly view: PageView;
  readonly kontoer: readonly KontoStatus[];
  readonly filled: FilledFilter;
  readonly faults: ReadonlyMap<FilterField, FilterFault>;
  readonly org: string | undefined;
}

/** The one search: what is found stands in the address. */
export function MessageFilterForm(props: MessageFilterFormProps) {
  const { view, kontoer, faults, org } = props;
  const { t } = view;
  return (
    <section aria-labelledby="sok" className="gm-section">
      <h2 id="sok">{t('portal.messages.search')}</h2>
      {faults.size > 0 && <Faults view={view} faults={faults} />}
      <form method="get" action="/meldinger#treff" className="gm-period gm-message-filter">
        {org && <input type="hidden" name="org" value={org} />}
        <div className="gm-fields">
          <Text {...props} field="id" hint={t('portal.messages.id_hint')} />
          <Text {...props} field="type" hint={t('portal.messages.type_hint')} />
          <Choice {...props} field="konto" options={kontoer.map(({ id, navn }) => [id, navn])} />
          <Choice
            {...props}
            field="status"
            options={STATUSES.map((status) => [status, exchangeText(view, 'status', status)])}
          />
          <Text {...props} field="fra" type="date" />
          <Text {...props} field="til" type="date" />
          <button type="submit" className="ds-button" data-variant="primary">
            {t('portal.messages.find')}
          </button>
        </div>
      </form>
      <ActiveFilters {...props} />
    </section>
  );
}

/** What is wrong, with links to the fields; focus is moved here when the page arrives. */
function Faults({ view, faults }: Pick<MessageFilterFormProps, 'view' | 'faults'>) {
  const { t } = view;
  return (
    // biome-ignore lint/a11y/noAutofocus: what is wrong must be found before the form is tried again (WCAG 3.3.1)
    <div className="gm-faults" role="alert" tabIndex={-1} autoFocus>
      <p>
        <strong>{t('portal.messages.faults')}</strong>
      </p>
      <ul>
        {[...faults].map(([field, fault]) => (
          <li key={field}>
            <a className="ds-link" href={`#${field}`}>
              {t(`portal.messages.field.${field}`)}: {t(`portal.messages.fault.${fault}`)}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface FieldProps extends MessageFilterFormProps {
  readonly field: FilterField;
  readonly hint?: string;
}

function Field(props: FieldProps & { children: ReactNode }) {
  const { view, field, faults, hint, children } = props;
  const fault = faults.get(field);
  return (
    <div className="gm-field" data-field={field}>
      <label className="ds-label" htmlFor={field}>
        {view.t(`portal.messages.field.${field}`)}
      </label>
      {hint && (
        <span id={`${field}-hjelp`} className="gm-meta">
          {hint}
        </span>
      )}
      {fault && (
        <span id={`${field}-feil`} className="gm-field-error">
          <Icon name="alert" />
          {view.t(`portal.messages.fault.${fault}`)}
        </span>
      )}
      {children}
    </div>
  );
}

/** Attributes that tie a control to its label, its hint and what is wrong with it. */
function control({ field, faults, hint }: FieldProps) {
  const fault = faults.get(field);
  const described = [hint && `${field}-hjelp`, fault && `${field}-feil`].filter(Boolean).join(' ');
  return {
    className: 'ds-input',
    id: field,
    name: field,
    'aria-invalid': fault ? ('true' as const) : undefined,
    'aria-describedby': described || undefined,
  };
}

function Text({ type = 'text', ...props }: FieldProps & { type?: 'text' | 'date' }) {
  const { view, field, filled } = props;
  return (
    <Field {...props}>
      <input
        {...control(props)}
        type={type}
        defaultValue={filled[field]}
        max={type === 'date' ? isoDate(view.now) : undefined}
        autoComplete="off"
        spellCheck={type === 'text' ? false : undefined}
      />
    </Field>
  );
}

function Choice({ options, ...props }: FieldProps & { options: readonly (readonly [string, string])[] }) {
  const { view, field, filled } = props;
  return (
    <Field {...props}>
      <select {...control(props)} defaultValue={filled[field]}>
        <option value="">{view.t('portal.messages.any')}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** The filters in use, each with a link to the search without it. */
function ActiveFilters({ view, kontoer, filled, faults, org }: MessageFilterFormProps) {
  const { t } = view;
  const active = FILTER_FIELDS.filter((field) => filled[field] !== '' && !faults.has(field));
  if (active.length === 0) return null;
  const shown = (field: FilterField): string => {
    if (field === 'konto') return kontoer.find(({ id }) => id === filled.konto)?.navn ?? filled.konto;
    return field === 'status' ? exchangeText(view, 'status', filled.status) : filled[field];
  };
  return (
    <ul className="gm-filters" aria-label={t('portal.messages.active_filters')}>
      {active.map((field) => (
        <li key={field}>
          <a href={addressOf('/meldinger', { org, ...filled, [field]: '' })}>
            <span className="ds-sr-only">{t('portal.messages.remove_filter')} </span>
            <span>
              {t(`portal.messages.field.${field}`)}: {shown(field)}
            </span>
            <Icon name="close" />
          </a>
        </li>
      ))}
      {active.length > 1 && (
        <li>
          <a href={addressOf('/meldinger', { org })}>{t('portal.messages.remove_all')}</a>
        </li>
      )}
    </ul>
  );
}
