import { INTL_LOCALE, type Locale } from '@grunnmur/kernel/i18n';

/** Size of a file for people: "214 kB", "1,4 MB" (decimal units, as browsers and phones show them). */
export function formatSize(bytes: number, locale: Locale): string {
  const number = (value: number, digits: number): string =>
    new Intl.NumberFormat(INTL_LOCALE[locale], { maximumFractionDigits: digits }).format(value);
  if (bytes < 1000) return `${number(bytes, 0)} B`;
  if (bytes < 999_500) return `${number(bytes / 1000, 0)} kB`;
  if (bytes < 999_500_000) return `${number(bytes / 1_000_000, 1)} MB`;
  return `${number(bytes / 1_000_000_000, 1)} GB`;
}

const TYPES: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/xml': 'XML',
  'text/xml': 'XML',
  'text/plain': 'TXT',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'application/zip': 'ZIP',
};

/** Short name of a document's type: "PDF"; the file's ending for types without a common name. */
export function fileType(mimeType: string, filename: string): string {
  const known = TYPES[mimeType.split(';', 1)[0]?.trim().toLowerCase() ?? ''];
  const ending = /\.([a-z0-9]{1,5})$/i.exec(filename)?.[1];
  return known ?? ending?.toUpperCase() ?? mimeType;
}
