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
export type { HttpLimits, TokenSupplier } from './channel-http.ts';
export {
  ChannelUnavailable,
  type ExternalChannel,
  isChannelUnavailable,
  type RefusalReason,
  type SendOutcome,
  type UnavailableKind,
} from './channel-outcome.ts';
export {
  createDpiClient,
  type DpiClient,
  type DpiClientOptions,
  type DpiSendOptions,
  type DpiTokenSupplier,
  type DpiTransport,
  type UnreadableReceipt,
} from './dpi-client.ts';
export { DocumentChanged } from './dpi-container.ts';
export {
  DPI_LIMITS,
  DPI_MIME_TYPES,
  type DpiDocument,
  type DpiLetter,
  type DpiNotice,
  type DpiReceiptType,
} from './dpi-messages.ts';
export type { DpiReceipt } from './dpi-sbd.ts';
export type { DpiCredentials } from './dpi-signer.ts';
export {
  createPrintClient,
  type PrintCancel,
  type PrintClient,
  type PrintClientOptions,
  type PrintJob,
  type PrintState,
} from './print-client.ts';
export {
  type JobTicket,
  MAX_PRINT_RECEIPTS,
  PRINT_STATUSES,
  type PrintReceipt,
  type PrintStatus,
} from './print-messages.ts';
