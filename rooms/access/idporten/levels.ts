/** Security levels as ID-porten names them in `acr`, and as the law's regulation numbers them. */
export const ACR = { 3: 'idporten-loa-substantial', 4: 'idporten-loa-high' } as const;

export type Level = keyof typeof ACR;

export const ACR_VALUES = Object.values(ACR);

/** The lowest level that satisfies `acr_values` (space separated, any of them is good enough); 3 when it says nothing. */
export function requestedLevel(acrValues: unknown): Level {
  const wanted = typeof acrValues === 'string' ? acrValues.split(' ') : [];
  return wanted.includes(ACR[4]) && !wanted.includes(ACR[3]) ? 4 : 3;
}

/** Values of `acr_values` that name no level of ours, when none of the others does. */
export function unknownLevels(acrValues: unknown): string[] {
  const wanted = typeof acrValues === 'string' ? acrValues.split(' ').filter(Boolean) : [];
  return wanted.some((acr) => levelOf(acr) > 0) ? [] : wanted;
}

/** 0 for anything that is not one of ours. */
export function levelOf(acr: unknown): Level | 0 {
  if (acr === ACR[4]) return 4;
  return acr === ACR[3] ? 3 : 0;
}
