import { createTranslator } from '@grunnmur/kernel/i18n';
import en from '../locales/en.json' with { type: 'json' };
import nb from '../locales/nb.json' with { type: 'json' };
import nn from '../locales/nn.json' with { type: 'json' };
import type { HendelseRow } from '../store/hendelse-store.ts';
import type { Hendelse } from '../types.ts';

const translate = createTranslator({ nb, nn, en }).in('nb');

/** An entry of the event log with its Norwegian text, as the published protocols show it. */
export function toHendelse(row: HendelseRow): Hendelse {
  const params = shownParams(row);
  return {
    tidspunkt: row.tidspunkt,
    kode: row.kode,
    params,
    tekst: translate(`post.hendelse.${row.kode}`, params),
  };
}

/** Documents are numbered from 0 in addresses and from 1 for people. */
function shownParams({ params }: HendelseRow): Record<string, string | number> {
  return typeof params.nr === 'number' ? { ...params, nr: params.nr + 1 } : params;
}
