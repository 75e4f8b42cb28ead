import { ARKIV_V1, ARKIV_V2 } from './data/arkiv.ts';
import { DIGISOS_FAGSYSTEM_V1 } from './data/digisos.ts';
import { FRIE_MELDINGSTYPER } from './data/frie-typer.ts';
import { LINK_V1 } from './data/link.ts';
import { MATRIKKELFOERING_V2 } from './data/matrikkelfoering.ts';
import { PLAN_V2 } from './data/plan.ts';
import { POLITISK_BEHANDLING_V1 } from './data/politisk-behandling.ts';
import { SAKSFASER_V1 } from './data/saksfaser.ts';
import { SVARUT_FORSENDELSE_V1 } from './data/svarut-forsendelse.ts';
import type { Meldingstype, ProtokollDefinisjon } from './types.ts';

export type { Meldingstype, PayloadKriterie, ProtokollDefinisjon, ProtokollPart } from './types.ts';

/** Every protocol that the platform knows (fiks-io §5). */
export const PROTOKOLLER: readonly ProtokollDefinisjon[] = [
  ARKIV_V1,
  ARKIV_V2,
  PLAN_V2,
  POLITISK_BEHANDLING_V1,
  SAKSFASER_V1,
  MATRIKKELFOERING_V2,
  LINK_V1,
  DIGISOS_FAGSYSTEM_V1,
  SVARUT_FORSENDELSE_V1,
];

const BY_NAME = new Map(
  PROTOKOLLER.map((protokoll) => [`${protokoll.navn} ${protokoll.versjon}`, protokoll]),
);

export function findProtokoll(navn: string, versjon: string): ProtokollDefinisjon | undefined {
  return BY_NAME.get(`${navn} ${versjon}`);
}

export interface KjentMeldingstype {
  readonly type: Meldingstype;
  /** Undefined for the types outside every protocol. */
  readonly protokoll: ProtokollDefinisjon | undefined;
}

const BY_TYPE = new Map<string, KjentMeldingstype>([
  ...FRIE_MELDINGSTYPER.map((type) => [type.navn, { type, protokoll: undefined }] as const),
  ...PROTOKOLLER.flatMap((protokoll) =>
    protokoll.meldingstyper.map((type) => [type.navn, { type, protokoll }] as const),
  ),
]);

/** A message type by its full name, whichever protocol it is of. */
export function findMeldingstype(navn: string): KjentMeldingstype | undefined {
  return BY_TYPE.get(navn);
}
