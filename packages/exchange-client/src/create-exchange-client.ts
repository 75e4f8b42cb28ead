import type { DecryptionKey } from '@grunnmur/cms';
import type { Agent } from 'undici';
import { prepareSigner } from './asice/index.ts';
import { ExchangeClientError } from './client-error.ts';
import type { AmqpOptions, ExchangeClientOptions } from './client-options.ts';
import { createDokumentlager, type Dokumentlager } from './dokumentlager.ts';
import { createDispatcher, createHttpApi } from './http-api.ts';
import { createKatalog, type Katalog, type OffentligNokkel } from './katalog.ts';
import { createPublicKeys } from './public-keys.ts';
import { type SendWish, type SentMessage, sendMessage } from './send-message.ts';
import { type MessageHandler, type SubscribeOptions, type Subscription, subscribe } from './subscribe.ts';
import { createTokenSource } from './token-source.ts';

/** How long {@link ExchangeClient.close} waits for HTTP calls. */
const CLOSE_MS = 10_000;

export interface ExchangeClient {
  /** Signs, encrypts to the receiver's public key and sends. Resolves when the service has accepted the message. */
  send(wish: SendWish): Promise<SentMessage>;
  /** Receives the konto's messages until it is closed; see {@link subscribe}. */
  subscribe(handler: MessageHandler, options?: SubscribeOptions): Promise<Subscription>;
  readonly katalog: Katalog;
  readonly dokumentlager: Dokumentlager;
  /** Puts the konto's certificate into the catalogue when another, or none, is there. */
  ensurePublicKey(certificatePem: string): Promise<OffentligNokkel>;
  /** A valid access token, for calls of your own. */
  token(): Promise<string>;
  /** Closes subscriptions, waiting for their handlers, and all connections. */
  close(): Promise<void>;
}

/**
 * A client of Fiks IO for one konto, for the hosted platform and for an installation of one's own alike. Opens nothing before it
 * is used. A bad signer is told at once. Failures are {@link ExchangeClientError}s; what is wrong with a file to send, its
 * name or its own stream, is passed on as it is.
 */
export function createExchangeClient(options: ExchangeClientOptions): ExchangeClient {
  const baseUrl = baseUrlOf(options);
  const signer = options.signer && prepareSigner(options.signer);
  const { answerMs = 60_000, idleMs = 60_000, amqpMs = 20_000 } = options.timeouts ?? {};
  const ca = options.api?.ca;
  const dispatcher = createDispatcher({ answerMs, idleMs, ...(ca ? { ca } : {}) });
  const tokens = createTokenSource(options.token);
  const { integrasjonId, kontoId } = options;
  const integrasjonPassord = options.integrasjonPassord.trim();
  const api = createHttpApi({ baseUrl, tokens, dispatcher, integrasjonId, integrasjonPassord });
  const katalog = createKatalog(api);
  const dokumentlager = createDokumentlager(api);
  const publicKeys = createPublicKeys(katalog);
  const subscriptions = new Set<Subscription>();
  const closing = new AbortController();
  let state: 'open' | 'closing' | 'closed' = 'open';

  const refuseWhen = (...states: (typeof state)[]) => {
    if (states.includes(state)) throw new ExchangeClientError('closed', 'The client is closed');
  };
  const send = async (wish: SendWish) => {
    // Handlers that are waited for may still reply.
    refuseWhen('closed');
    return sendMessage({ api, publicKeys, kontoId, signer }, wish);
  };
  const temporaryFolder = options.temporaryFolder;
  const deps = {
    keys: (options.privateKeys ?? []).map(decryptionKey),
    dokumentlager,
    send,
    ...(temporaryFolder === undefined ? {} : { temporaryFolder }),
    amqp: amqpOf(options, baseUrl),
    tokens,
    integrasjonId: integrasjonId.toLowerCase(),
    integrasjonPassord,
    kontoId: kontoId.toLowerCase(),
    timeoutMs: amqpMs,
  };
  return {
    send,
    subscribe: async (handler, wish) => {
      refuseWhen('closing', 'closed');
      // One that is still connecting ends with the client as well.
      const signal = wish?.signal ? AbortSignal.any([closing.signal, wish.signal]) : closing.signal;
      const subscription = await subscribe(deps, handler, { ...wish, signal });
      subscriptions.add(subscription);
      void subscription.closed.finally(() => subscriptions.delete(subscription));
      return subscription;
    },
    katalog,
    dokumentlager,
    ensurePublicKey: async (certificatePem) => {
      refuseWhen('closed');
      const known = await katalog.offentligNokkel(kontoId);
      if (known && sameCertificate(known.nokkel, certificatePem)) return known;
      publicKeys.forget(kontoId);
      return katalog.settOffentligNokkel(kontoId, certificatePem);
    },
    token: () => tokens.token(),
    close: async () => {
      state = 'closing';
      closing.abort();
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      state = 'closed';
      await closeConnections(dispatcher);
    },
  };
}

/** Calls in flight may end; a download that nobody reads may not hold us for ever. */
async function closeConnections(dispatcher: Agent): Promise<void> {
  const timer = setTimeout(() => void dispatcher.destroy(), CLOSE_MS);
  await dispatcher.close().finally(() => clearTimeout(timer));
}

function baseUrlOf({ api, baseUrl }: ExchangeClientOptions): string {
  if (baseUrl !== undefined && URL.canParse(baseUrl)) return baseUrl.replace(/\/+$/, '');
  if (!api) throw new ExchangeClientError('bad_options', 'Either api or baseUrl is needed');
  const { scheme = 'https', host, port } = api;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`;
}

function amqpOf({ amqp }: ExchangeClientOptions, baseUrl: string): AmqpOptions {
  return amqp ?? { host: new URL(baseUrl).hostname.replace(/^\[|\]$/g, '') };
}

function decryptionKey(key: NonNullable<ExchangeClientOptions['privateKeys']>[number]): DecryptionKey {
  return typeof key === 'string' ? { privateKeyPem: key } : key;
}

function sameCertificate(a: string, b: string): boolean {
  const body = (pem: string) =>
    /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/.exec(pem)?.[1]?.replace(/\s/g, '');
  return body(a) !== undefined && body(a) === body(b);
}
