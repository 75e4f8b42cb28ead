export {
  type AltinnClient,
  type AltinnClientOptions,
  type AltinnPurge,
  type AltinnState,
  createAltinnClient,
} from './altinn-client.ts';
export {
  ALTINN_LIMITS,
  ALTINN_STATUSES,
  type AltinnLanguage,
  type AltinnMessage,
  type AltinnRecipient,
  type AltinnStatus,
} from './altinn-messages.ts';
export { DEFAULT_HTTP_LIMITS, type HttpLimits, type TokenSupplier } from './channel-http.ts';
export {
  ChannelUnavailable,
  type ExternalChannel,
  isChannelUnavailable,
  type RefusalReason,
  type SendOutcome,
  type UnavailableKind,
} from './channel-outcome.ts';
