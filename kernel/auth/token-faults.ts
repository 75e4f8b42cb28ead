/** What is wrong with a token and what its owner does about it, by reason: Norwegian, as all texts of the interfaces. */
const WHY = {
  missing: 'headeren Authorization mangler, eller er ikke «Bearer <token>»',
  too_long: 'det er for langt til å være et access token',
  malformed: 'det er ikke et JWT med de påkrevde feltene. Send det uendret, slik utstederen ga det',
  unknown_issuer: 'det er fra en utsteder som ikke brukes her. Kontroller at miljøet er det samme',
  algorithm: 'det er signert med en algoritme som ikke brukes her',
  unknown_key: 'det er signert med en nøkkel som utstederen ikke har. Hent et nytt',
  signature: 'signaturen stemmer ikke. Send det uendret, slik utstederen ga det',
  expired: 'det er utløpt. Hent et nytt, og kontroller klokken',
  not_yet_valid: 'det gjelder ikke ennå. Kontroller klokken',
  claims: 'et påkrevd felt mangler eller er feil. Hent et nytt',
  audience: 'det er utstedt for en annen tjeneste (aud). Hent et for denne adressen',
  scope: 'det har ikke scope «ks:fiks». Hent et nytt med det',
  person: 'det gjelder en person. Hent et for virksomheten',
  consumer: 'det sier ikke hvilken virksomhet det gjelder (consumer)',
  // Of logout tokens alone.
  signature_or_claims: 'signaturen stemmer ikke, eller et påkrevd felt mangler eller er feil',
  nonce: 'det har «nonce», som et logout token ikke skal ha',
  events: 'det sier ikke at det gjelder en utlogging (events)',
  nobody: 'det sier ikke hvem som er logget ut (sid, sub)',
  repeated: 'det er brukt før',
} as const;

export type TokenFault = keyof typeof WHY;

/** Parameters of `token_invalid`: the rule that was broken, for programs, and in words. Neither holds a value from the token. */
export function tokenFault(reason: TokenFault): { readonly reason: TokenFault; readonly why: string } {
  return { reason, why: WHY[reason] };
}
