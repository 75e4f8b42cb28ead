export { type BasicCredentials, parseBasic, parseBearer } from './authorization-header.ts';
export { AuthError } from './errors.ts';
export {
  DEMONSTRATION_MARK,
  type FetchLimits,
  issuerMetadata,
  type KeySource,
  type MetadataKind,
} from './issuer-keys.ts';
export { createLogoutTokenVerifier, type LoggedOut } from './logout-token.ts';
export { createLruMap, type LruMap } from './lru-map.ts';
export {
  createMaskinportenClient,
  type MaskinportenClient,
  type MaskinportenClientOptions,
} from './maskinporten-client.ts';
export { type ActorId, orgnrOf, type VerifiedToken } from './token-claims.ts';
export { type TokenFault, tokenFault } from './token-faults.ts';
export {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
  type TrustedIssuer,
} from './token-verifier.ts';
export { createWindowCounter, type WindowCount, type WindowCounter } from './window-counter.ts';
