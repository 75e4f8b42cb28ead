import { createHash } from 'node:crypto';
import type { NyForsendelse } from '../types.ts';

/** What of a stored document counts when two letters are compared. */
interface StoredContent {
  readonly filnavn: string;
  readonly sha256: string;
}

/**
 * Equal for two sendings of the same letter: same recipient, title, reply address, reference and content. The window
 * and key of the hosted SvarUt are not published; a content hash avoids refusing two different letters with one
 * title.
 */
export function fingerprint(forsendelse: NyForsendelse, documents: readonly StoredContent[]): Buffer {
  const { mottaker, tittel, svarSendesTil, avgivendeSystem, eksternReferanse, svarPaForsendelse } =
    forsendelse;
  const recipient = mottaker.digitalId ?? [mottaker.navn, mottaker.adresse ?? null];
  const meaning = [
    recipient,
    tittel,
    svarSendesTil?.digitalId ?? svarSendesTil?.navn ?? null,
    avgivendeSystem ?? null,
    eksternReferanse ?? null,
    svarPaForsendelse ?? null,
    documents.map((document) => [document.filnavn, document.sha256]),
    forsendelse.lenker.map((lenke) => lenke.url),
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest();
}

/**
 * Equal for two calls that ask for the very same: every field of the metadata and every document. What an
 * `Idempotency-Key` stands for.
 */
export function requestHash(forsendelse: NyForsendelse, documents: readonly StoredContent[]): Buffer {
  const content = documents.map((document) => [document.filnavn, document.sha256]);
  return createHash('sha256')
    .update(JSON.stringify([forsendelse, content]))
    .digest();
}
