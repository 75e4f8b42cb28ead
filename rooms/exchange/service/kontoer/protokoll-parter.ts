import { findProtokoll, PROTOKOLLER, type ProtokollDefinisjon } from '../../protocols/catalogue.ts';
import type { PartKey } from '../../store/kontoer/directory-store.ts';
import type { PartRef } from '../../store/kontoer/facts-store.ts';

/** A party with what it sends and receives (fiks-io §2.5 `PartResponse`). */
export interface Part {
  readonly navn: string;
  readonly beskrivelse: string;
  readonly protokollnavn: string;
  readonly protokollversjon: string;
  readonly avsenderMeldingstyper: readonly string[];
  readonly mottakerMeldingstyper: readonly string[];
  readonly stottedeParter: readonly string[];
}

export function partsOf(definisjon: ProtokollDefinisjon): Part[] {
  return definisjon.parter.map((part) => ({
    navn: part.navn,
    beskrivelse: part.beskrivelse,
    protokollnavn: definisjon.navn,
    protokollversjon: definisjon.versjon,
    avsenderMeldingstyper: part.avsender,
    mottakerMeldingstyper: part.mottaker,
    stottedeParter: part.stottedeParter,
  }));
}

/** A konto's parties as the catalogue describes them; one that has left the catalogue keeps its name. */
export function describeParts(protokoll: string | null | undefined, refs: readonly PartRef[]): Part[] {
  if (!protokoll) return [];
  return refs.map(({ part, versjon }) => {
    const definisjon = findProtokoll(protokoll, versjon);
    const known = definisjon && partsOf(definisjon).find(({ navn }) => navn === part);
    return known ?? unknownPart(protokoll, versjon, part);
  });
}

/** The parties that may send to one of these. */
export function supportedBy(protokoll: string, refs: readonly PartRef[]): PartKey[] {
  return describeParts(protokoll, refs).flatMap((part) =>
    part.stottedeParter.map((name) => ({ protokoll, versjon: part.protokollversjon, part: name })),
  );
}

/** Every version of a protocol. */
export function versionsOf(navn: string): ProtokollDefinisjon[] {
  return PROTOKOLLER.filter((each) => each.navn === navn);
}

function unknownPart(protokoll: string, versjon: string, navn: string): Part {
  return {
    navn,
    beskrivelse: '',
    protokollnavn: protokoll,
    protokollversjon: versjon,
    avsenderMeldingstyper: [],
    mottakerMeldingstyper: [],
    stottedeParter: [],
  };
}
