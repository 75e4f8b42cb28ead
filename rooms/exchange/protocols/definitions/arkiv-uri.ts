const ARKIV = 'https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv';

/** A namespace of Fiks Arkiv v1. */
export function arkivUri(del: string): string {
  return `${ARKIV}/${del}/v1`;
}
