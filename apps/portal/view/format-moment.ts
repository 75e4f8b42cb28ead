import { formatDate, INTL_LOCALE, type Locale, TIME_ZONE } from '@grunnmur/kernel/i18n';

/** With seconds, for those who follow systems: "14. mars 2026 kl. 12.05.09", "14 March 2026 at 12:05:09". */
export function formatMoment(date: Date, locale: Locale): string {
  const time = new Intl.DateTimeFormat(INTL_LOCALE[locale], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: TIME_ZONE,
  }).format(date);
  return locale === 'en'
    ? `${formatDate(date, locale)} at ${time}`
    : `${formatDate(date, locale)} kl.\u00a0${time.replaceAll(':', '.')}`;
}
