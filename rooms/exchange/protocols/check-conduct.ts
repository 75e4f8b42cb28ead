import { findMeldingstype, type KjentMeldingstype, type ProtokollPart } from './catalogue.ts';
import type { Funn } from './definitions/validator-rapport.ts';
import { feil } from './funn.ts';
import type { MeldingMetadata } from './validate-message.ts';

/** How messages follow each other, and who sends them (fiks-io §2.5 "Sending rule", §5.2). */
export function checkConduct(kjent: KjentMeldingstype, melding: MeldingMetadata): Funn[] {
  return [
    ...checkReply(kjent, melding),
    ...checkOriginal(melding),
    ...checkKorrelasjon(melding),
    ...checkParter(kjent, melding),
  ];
}

/** A type that only answers others says which message it answers. */
function checkReply({ type, protokoll }: KjentMeldingstype, melding: MeldingMetadata): Funn[] {
  if (melding.harKall === false || melding.svarPaMelding !== undefined) return [];
  const bareSvar =
    protokoll?.meldingstyper.some(({ svar }) => svar.includes(type.navn)) && type.svar.length === 0;
  return bareSvar
    ? [
        feil(
          'svarPaMelding',
          'svar-uten-original',
          'Et svar skal ha svarPaMelding med id-en til meldingen det svarer på',
        ),
      ]
    : [];
}

function checkOriginal({ meldingstype, original }: MeldingMetadata): Funn[] {
  if (!original) return [];
  const spurt = findMeldingstype(original.meldingstype);
  if (!spurt || spurt.type.svar.includes(meldingstype)) return [];
  const ventet =
    spurt.type.svar.length > 0 ? `ventet ${spurt.type.svar.join(', ')}` : 'den skal ikke besvares';
  return [
    feil('svarPaMelding', 'uventet-svar', `Meldingstypen svarer ikke på ${original.meldingstype}: ${ventet}`),
  ];
}

const KORRELASJON = 'klientKorrelasjonsId';
/** The spelling of older Java clients (fiks-io §6.4). */
const GAMMEL_KORRELASJON = 'klientKorrelasjonId';

function checkKorrelasjon({ original, headere }: MeldingMetadata): Funn[] {
  const ventet = korrelasjonOf(original?.headere);
  if (ventet === undefined || korrelasjonOf(headere) === ventet) return [];
  return [
    feil(
      `headere.${KORRELASJON}`,
      'korrelasjon',
      `Et svar skal ha samme ${KORRELASJON} som meldingen det svarer på`,
    ),
  ];
}

function korrelasjonOf(headere: Readonly<Record<string, string>> = {}): string | undefined {
  return headere[KORRELASJON] ?? headere[GAMMEL_KORRELASJON];
}

function checkParter({ type, protokoll }: KjentMeldingstype, { parter }: MeldingMetadata): Funn[] {
  if (!parter || !protokoll) return [];
  const find = (navn: string) => protokoll.parter.find((part) => part.navn === navn);
  const avsender = find(parter.avsender);
  const mottaker = find(parter.mottaker);
  const ukjent = (felt: string) =>
    feil(`parter.${felt}`, 'ukjent-part', `Parten finnes ikke i ${protokoll.navn}`);
  if (!avsender || !mottaker) {
    return [...(avsender ? [] : [ukjent('avsender')]), ...(mottaker ? [] : [ukjent('mottaker')])];
  }
  return checkPair(type.navn, avsender, mottaker);
}

function checkPair(type: string, avsender: ProtokollPart, mottaker: ProtokollPart): Funn[] {
  const funn: Funn[] = [];
  if (!mottaker.stottedeParter.includes(avsender.navn)) {
    funn.push(
      feil('parter', 'part-ikke-stottet', `${mottaker.navn} utveksler ikke meldinger med ${avsender.navn}`),
    );
  }
  if (!avsender.avsender.includes(type)) {
    funn.push(feil('parter.avsender', 'sender-ikke-typen', `${avsender.navn} sender ikke meldingstypen`));
  }
  if (!mottaker.mottaker.includes(type)) {
    funn.push(feil('parter.mottaker', 'mottar-ikke-typen', `${mottaker.navn} mottar ikke meldingstypen`));
  }
  return funn;
}
