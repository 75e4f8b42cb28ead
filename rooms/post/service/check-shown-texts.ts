import { turnsDirection } from '@grunnmur/kernel/text';
import type { Mottaker, NyForsendelse } from '../types.ts';
import type { Report } from './invalid-content.ts';

/** Texts of a letter that people read, in the portal, on paper or in an archive, must read as they were written. */
export function checkShownTexts(f: NyForsendelse, report: Report): void {
  const check = (field: string, text: string | undefined) => {
    if (text !== undefined && turnsDirection(text)) {
      report(
        field,
        'directionControls',
        'har skjulte tegn som snur leseretningen (U+202A–202E, U+2066–2069)',
      );
    }
  };
  const all = (at: string, texts: object | undefined) => {
    for (const [name, text] of Object.entries(texts ?? {})) {
      if (typeof text === 'string') check(`${at}/${name}`, text);
    }
  };
  const party = (at: string, { navn, adresse }: Mottaker) => {
    check(`${at}/navn`, navn);
    all(`${at}/adresse`, adresse);
  };
  const { tittel, avgivendeSystem, avgivendeSystemAktor, eksternReferanse, korrelasjonsid } = f;
  all('', { tittel, avgivendeSystem, avgivendeSystemAktor, eksternReferanse, korrelasjonsid });
  party('/mottaker', f.mottaker);
  if (f.svarSendesTil) party('/svarSendesTil', f.svarSendesTil);
  for (const [index, lenke] of f.lenker.entries()) all(`/lenker/${index}`, lenke);
  for (const [index, { dokumentType }] of f.dokumenter.entries()) {
    check(`/dokumenter/${index}/dokumentType`, dokumentType);
  }
  all('/metadataFraAvleverendeSystem', f.metadataFraAvleverendeSystem);
  all('/metadataForImport', f.metadataForImport);
}
