import type { AppError } from '@grunnmur/kernel/errors';

/**
 * Codes that SvarUt's clients see. `GJENTAGENDE_FORSENDELSE` is published; the others are ours and as stable as
 * that one, because integrators match on them.
 */
const CODES: Readonly<Record<string, string>> = {
  'post.gjentagende_forsendelse': 'GJENTAGENDE_FORSENDELSE',
  'post.invalid': 'UGYLDIG_INNHOLD',
  'kernel.validation': 'UGYLDIG_INNHOLD',
  'post.reserved_id_used': 'UGYLDIG_INNHOLD',
  'multipart.not_multipart': 'UGYLDIG_MULTIPART',
  'multipart.malformed': 'UGYLDIG_MULTIPART',
  'multipart.too_many_parts': 'UGYLDIG_MULTIPART',
  'multipart.aborted': 'OVERFORING_AVBRUTT',
  'post.upload_aborted': 'OVERFORING_AVBRUTT',
  'post.upload_timeout': 'TIDSAVBRUDD',
  'kernel.timeout': 'TIDSAVBRUDD',
  'post.empty_document': 'TOMT_DOKUMENT',
  'post.unreadable_document': 'ULESELIG_DOKUMENT',
  'post.protected_document': 'BESKYTTET_DOKUMENT',
  'post.undecryptable': 'KAN_IKKE_DEKRYPTERES',
  'post.too_large': 'FOR_STOR',
  'kernel.too_large': 'FOR_STOR',
  'post.too_many_sheets': 'FOR_MANGE_ARK',
  'post.document_unavailable': 'DOKUMENT_UTILGJENGELIG',
  'post.not_found': 'FORSENDELSE_IKKE_FUNNET',
  'post.konto_not_found': 'KONTO_IKKE_FUNNET',
};

const CODES_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'UGYLDIG_INNHOLD',
  401: 'IKKE_AUTENTISERT',
  403: 'IKKE_TILGANG',
  404: 'IKKE_FUNNET',
  415: 'UGYLDIG_INNHOLD',
  422: 'IDEMPOTENCY_KEY_GJENBRUKT',
  429: 'FOR_MANGE_KALL',
  503: 'IKKE_TILGJENGELIG',
  507: 'LAGERET_ER_FULLT',
};

/** The code SvarUt's faces answer; an error without one of its own gets that of its status. */
export function errorCode(error: AppError): string {
  return CODES[error.code] ?? CODES_BY_STATUS[error.status] ?? (error.status < 500 ? 'FEIL' : 'INTERN_FEIL');
}

/** How to log in. */
export function errorHeaders(error: AppError, challenge: string): Record<string, string> {
  if (error.status === 401) return { 'www-authenticate': challenge };
  return {};
}
