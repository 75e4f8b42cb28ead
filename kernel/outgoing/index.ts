export { OutgoingFailure, type OutgoingFailureKind } from './outgoing-failure.ts';
export {
  createOutgoingHttp,
  DEFAULT_OUTGOING_LIMITS,
  type OutgoingAnswer,
  type OutgoingHttp,
  type OutgoingHttpOptions,
  type OutgoingLimits,
  type OutgoingRequest,
  type TokenSupplier,
} from './outgoing-http.ts';
export { parseJson } from './parse-json.ts';
