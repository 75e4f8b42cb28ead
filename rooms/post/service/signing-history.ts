import { formatDate } from '@grunnmur/kernel/i18n';
import type { Dokument, Forsendelse } from '../store/forsendelse-store.ts';
import type { SigneringHendelse } from '../types.ts';

/**
 * What is known of a letter's signing assignment: registered when it was received, run out at its expiry. No signing
 * service is connected yet, so nobody can sign or refuse; the letter itself is delivered and read as any other.
 */
export function signingHistory(
  letter: Forsendelse,
  documents: readonly Dokument[],
  now: Date,
): SigneringHendelse[] {
  const { signeringUtloper, signaturType } = letter.innhold;
  if (signeringUtloper === undefined || !documents.some((document) => document.skalSigneres)) return [];
  // Stored as JSON.
  const expires = new Date(signeringUtloper);
  const registered: SigneringHendelse = {
    tidspunkt: letter.mottatt,
    status: 'VENTER_SIGNERING',
    tekst: `Signeringsoppdrag av type ${signaturType ?? 'ukjent'} registrert og utløper ${formatDate(expires, 'nb')}`,
  };
  if (expires > now) return [registered];
  return [registered, { tidspunkt: expires, status: 'UTLOPT', tekst: 'Signeringsoppdraget er utløpt' }];
}
