import { findMeldingstype, type KjentMeldingstype } from './catalogue.ts';
import { checkConduct } from './check-conduct.ts';
import { checkPayload, type EgneSkjemaer, type Fil } from './check-payload.ts';
import type { Funn, Rapport } from './definitions/validator-rapport.ts';
import { advarsel, feil } from './funn.ts';

export { type EgneSkjemaer, type Fil, mustBeRead } from './check-payload.ts';

/** What a message carries besides its payload, as far as it is known. */
export interface MeldingMetadata {
  readonly meldingstype: string;
  readonly svarPaMelding?: string;
  readonly headere?: Readonly<Record<string, string>>;
  /** The message that this one answers. */
  readonly original?: { readonly meldingstype: string; readonly headere?: Readonly<Record<string, string>> };
  /** The parts of the two kontoer, to check who may send what to whom. */
  readonly parter?: { readonly avsender: string; readonly mottaker: string };
  /**
   * False when nothing is known about the call around the payload: then a reply is not asked for its `svarPaMelding`.
   * Default true.
   */
  readonly harKall?: boolean;
}

export interface Melding extends MeldingMetadata {
  /** Undefined: no payload. `ulest`: there is one that could not be read. */
  readonly filer: readonly Fil[] | 'ulest' | undefined;
}

/**
 * Checks a message against its protocol (fiks-io §5): a known type, payload or not, names of the documents, their
 * content, and how messages are answered (§5.2). It never throws for what a message holds.
 */
export async function validateMessage(melding: Melding, skjemaer?: EgneSkjemaer): Promise<Rapport> {
  const kjent = findMeldingstype(melding.meldingstype) ?? onlyLoaded(melding.meldingstype, skjemaer);
  const funn = kjent
    ? [
        ...checkType(kjent),
        ...(await checkPayload(kjent, melding, skjemaer)),
        ...checkConduct(kjent, melding),
      ]
    : [unknownType(melding.meldingstype)];
  return toRapport(melding, kjent, funn);
}

function toRapport(melding: Melding, kjent: KjentMeldingstype | undefined, funn: readonly Funn[]): Rapport {
  return {
    gyldig: !funn.some(({ alvor }) => alvor === 'feil'),
    meldingstype: melding.meldingstype,
    ...(kjent?.protokoll && {
      protokoll: { navn: kjent.protokoll.navn, versjon: kjent.protokoll.versjon },
    }),
    funn: [...funn],
    filer: readFiler(melding).map(({ navn, storrelse }) => ({ navn, storrelse })),
  };
}

function readFiler({ filer }: Melding): readonly Fil[] {
  return filer === undefined || filer === 'ulest' ? [] : filer;
}

/** A type that is newer than our catalogue, but that the operator has a schema of. Nothing else is known of it. */
function onlyLoaded(navn: string, skjemaer?: EgneSkjemaer): KjentMeldingstype | undefined {
  if (!skjemaer?.find(navn)) return undefined;
  return {
    type: { navn, payload: 'OPTIONAL', erFeilmelding: false, svar: [], filer: [] },
    protokoll: undefined,
  };
}

function unknownType(meldingstype: string): Funn {
  // The list of Fiks Arkiv has this slip, and nobody sends it (fiks-io §5.1).
  const ment = meldingstype.replace(/^no\.ks\.fik\./, 'no.ks.fiks.');
  const forslag = ment !== meldingstype && findMeldingstype(ment) ? `; mente du ${ment}?` : '';
  return feil('meldingstype', 'ukjent-type', `Meldingstypen finnes ikke i noen protokoll${forslag}`);
}

function checkType({ type, protokoll }: KjentMeldingstype): Funn[] {
  const funn: Funn[] = [];
  if (!findMeldingstype(type.navn)) {
    funn.push(advarsel('meldingstype', 'utenfor-katalogen', 'Meldingstypen er bare kjent fra et skjema'));
  }
  if (type.variantAv) {
    funn.push(advarsel('meldingstype', 'skrivemaate', `Meldingstypen skrives ellers ${type.variantAv}`));
  }
  if (protokoll?.utkast) {
    funn.push(advarsel('meldingstype', 'utkast', `${protokoll.navn} ${protokoll.versjon} er et utkast`));
  }
  return funn;
}
