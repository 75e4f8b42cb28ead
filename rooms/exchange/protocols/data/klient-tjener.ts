import type { PartBeskrivelse } from '../build-protokoll.ts';

/** Direction of the exchanges in protocols where one kind of system asks and the other answers. */
export const KLIENT_TIL_TJENER = { fra: 'klient', til: 'tjener' } as const;

/** Parts named `klient` and `tjener`. KS does not publish the names of its parts (fiks-io §9), so these are ours. */
export function klientOgTjener(klient: string, tjener: string): readonly PartBeskrivelse[] {
  return [
    { navn: 'klient', beskrivelse: klient, rolle: 'klient', stottedeParter: ['tjener'] },
    { navn: 'tjener', beskrivelse: tjener, rolle: 'tjener', stottedeParter: ['klient'] },
  ];
}
