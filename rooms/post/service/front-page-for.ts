import type { FrontPageInput } from '../pdf/index.ts';
import type { Dokument, Forsendelse } from '../store/forsendelse-store.ts';
import type { Postadresse } from '../types.ts';
import { printedCountry } from './countries.ts';
import type { Tenant } from './deps.ts';
import type { KontoSettings } from './konto-settings.ts';

export interface FrontPageFacts {
  readonly letter: Forsendelse;
  readonly tenant: Tenant;
  readonly settings: KontoSettings;
  /** Those that are printed, in order. */
  readonly documents: readonly Dokument[];
  readonly now: Date;
}

/** The generated front page: svarSendesTil overrides the account's own address (SvarUt v1: svarSendesTil). */
export function frontPageInput({ letter, tenant, settings, documents, now }: FrontPageFacts): FrontPageInput {
  const { mottaker, svarSendesTil } = letter.innhold;
  const country = printedCountry(mottaker.adresse?.land);
  return {
    language: tenant.language,
    sender: {
      name: svarSendesTil?.navn ?? settings.forside.navn ?? tenant.name,
      addressLines: addressLines(svarSendesTil?.adresse ?? settings.forside),
      orgnr: tenant.orgnr,
      ...(settings.forside.tekst ? { text: settings.forside.tekst } : {}),
    },
    recipient: {
      name: mottaker.navn,
      addressLines: addressLines(mottaker.adresse ?? {}),
      ...(country ? { country } : {}),
    },
    title: letter.tittel,
    date: now,
    ...(letter.eksternReferanse ? { reference: letter.eksternReferanse } : {}),
    documents: documents.map((document) => ({ name: document.filnavn, pages: document.sider ?? 0 })),
  };
}

function addressLines(adresse: Postadresse): string[] {
  const { adresselinje1, adresselinje2, adresselinje3, postnummer, poststed } = adresse;
  const place = [postnummer, poststed].filter(Boolean).join(' ');
  return [adresselinje1, adresselinje2, adresselinje3, place].filter((line): line is string => Boolean(line));
}
