export {
  type AsiceContainer,
  type AsiceEntry,
  AsiceError,
  type AsiceErrorCode,
  type AsiceFile,
  type AsiceSigner,
  type ContainerSigner,
} from './asice/index.ts';
export { ExchangeClientError, type ExchangeClientErrorCode, isTemporary } from './client-error.ts';
export type {
  AmqpOptions,
  ApiOptions,
  ExchangeClientOptions,
  MaskinportenOptions,
  PrivateKeyOption,
  TokenOptions,
} from './client-options.ts';
export { createExchangeClient, type ExchangeClient } from './create-exchange-client.ts';
export type {
  DocumentMetadata,
  Dokumentlager,
  EksponertFor,
  UploadedDocument,
  UploadWish,
} from './dokumentlager.ts';
export type { Katalog, KatalogKonto, KontoStatus, LookupWish, OffentligNokkel } from './katalog.ts';
export type { PayloadOptions, ReceivedMessage, ReplyWish } from './received-message.ts';
export type { SendWish, SentMessage } from './send-message.ts';
export type { MessageHandler, SubscribeOptions, Subscription, SubscriptionState } from './subscribe.ts';
