export {
  formatDate,
  formatDateTime,
  formatDay,
  formatDeadline,
  formatRelativeDay,
  formatTime,
  formatWeekday,
  isoDate,
  startOfDate,
  TIME_ZONE,
} from './dates.ts';
export { loadLocales, readMessages } from './load-locales.ts';
export { INTL_LOCALE, isLocale, LOCALES, type Locale, terminalLocale } from './locale.ts';
export { messagePlaceholders } from './placeholders.ts';
export {
  createTranslator,
  type LocaleMessages,
  type MessageParams,
  type Messages,
  type Translate,
  type Translator,
} from './translator.ts';
