import type { ForsendelseStatus, Status } from '../../types.ts';

/** The statuses of REST v1 and v2 (SvarUt: enumerations). Any other value breaks their clients. */
export const LEGACY_STATUSES = [
  'MOTTATT',
  'AKSEPTERT',
  'AVVIST',
  'KLAR_FOR_MOTTAK',
  'VARSLET',
  'LEST',
  'SENDT_DIGITALT',
  'SENDT_SDP',
  'LEVERT_SDP',
  'SENDT_PRINT',
  'PRINTET',
  'MANUELT_HANDTERT',
  'IKKE_LEVERT',
] as const satisfies readonly Status[];
export type LegacyStatus = (typeof LEGACY_STATUSES)[number];

const REPLACED: Readonly<Record<Exclude<Status, LegacyStatus>, LegacyStatus>> = {
  FEILET_UNDER_MOTTAK: 'AVVIST',
  SENDT_NHN_MOTTAKER: 'SENDT_DIGITALT',
  LEVERT_NHN_MOTTAKER: 'SENDT_DIGITALT',
  // Only when the status before deletion is not known: says that it is over, and claims neither reading nor delivery.
  SLETTET: 'MANUELT_HANDTERT',
};

/** Translates a status to those of v1 and v2; SLETTET becomes the last status before the deletion. */
export function legacyStatus(
  current: ForsendelseStatus & { readonly statusForSletting?: Status | undefined },
): LegacyStatus {
  const status =
    current.status === 'SLETTET' ? (current.statusForSletting ?? current.status) : current.status;
  return isLegacy(status) ? status : REPLACED[status];
}

function isLegacy(status: Status): status is LegacyStatus {
  return (LEGACY_STATUSES as readonly Status[]).includes(status);
}
