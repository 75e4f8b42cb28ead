import { isoDate } from '@grunnmur/kernel/i18n';
import type { ReactNode } from 'react';
import type { InsightChoices, InsightFault, InsightFilled } from '../view/insight-filter.ts';
import type { PageView } from '../view/page-view.ts';
import { Icon } from './icon.tsx';

export interface InsightFormProps {
  readonly view: PageView;
  readonly filled: InsightFilled;
  readonly fault: InsightFault | undefined;
  readonly choices: InsightChoices;
}

const FAULT_ID = 'innsyn-feil';
/** Fields that a fault is about. */
const FAULTY: Readonly<Record<InsightFault, readonly string[]>> = {
  date: ['fra', 'til'],
  order: ['fra', 'til'],
  choice: ['hvem', 'hva'],
};

/** The filter of the list; folded until it is wanted, and open when it does something. */
export function InsightForm(props: InsightFormProps) {
  const { view, filled, fault, choices } = props;
  const { t } = view;
  const used = fault !== undefined || filled.body !== '' || filled.kind !== '';
  return (
    <details className="gm-details gm-filter" open={used}>
      <summary>{t('portal.insight.filter')}</summary>
      <form method="get" action="/innsyn" className="gm-period">
        {fault && (
          <p id={FAULT_ID} className="gm-field-error">
            <Icon name="alert" />
            {t(`portal.insight.error.${fault}`)}
          </p>
        )}
        <div className="gm-fields">
          <Field label={t('portal.insight.body')} id="hvem">
            <select {...control(props, 'hvem')} defaultValue={filled.body}>
              <option value="">{t('portal.insight.any')}</option>
              {choices.bodies.map(({ orgnr, name }) => (
                <option key={orgnr} value={orgnr}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field label={t('portal.insight.kind')} id="hva">
            <select {...control(props, 'hva')} defaultValue={filled.kind}>
              <option value="">{t('portal.insight.any')}</option>
              {choices.kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {view.lookUp(`information.${kind}`) ?? kind}
                </option>
              ))}
            </select>
          </Field>
          <DateField {...props} id="fra" label={t('portal.insight.from')} value={filled.from} />
          <DateField {...props} id="til" label={t('portal.insight.to')} value={filled.to} />
          <label className="gm-check">
            <input type="checkbox" name="egne" value="1" defaultChecked={filled.own} />
            {t('portal.insight.own')}
          </label>
          <button type="submit" className="ds-button" data-variant="secondary">
            {t('portal.insight.show')}
          </button>
        </div>
      </form>
    </details>
  );
}

function Field({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <div className="gm-field">
      <label className="ds-label" htmlFor={id}>
        {label}
      </label>
      {children}
    </div>
  );
}

/** Attributes that tie a control to what is wrong with it. */
function control({ fault }: InsightFormProps, id: string) {
  const wrong = fault !== undefined && FAULTY[fault].includes(id);
  return {
    className: 'ds-input',
    id,
    name: id,
    'aria-invalid': wrong ? ('true' as const) : undefined,
    'aria-describedby': wrong ? FAULT_ID : undefined,
  };
}

function DateField(props: InsightFormProps & { id: string; label: string; value: string }) {
  const { view, id, label, value } = props;
  return (
    <Field id={id} label={label}>
      <input {...control(props, id)} type="date" defaultValue={value} max={isoDate(view.now)} />
    </Field>
  );
}
