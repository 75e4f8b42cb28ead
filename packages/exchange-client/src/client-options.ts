import type { AsiceSigner } from './asice/index.ts';

/** How to get access tokens from Maskinporten, or from an installation's own issuer (fiks-io §1.1). */
export interface MaskinportenOptions {
  /** The issuer's identifier; a trailing slash counts. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** RSA, PKCS#8 PEM. */
  readonly privateKeyPem: string;
  /** Business certificate, sent as `x5c`; or `kid`. */
  readonly certificatePem?: string;
  /** Name of a key that is registered for the client. */
  readonly kid?: string;
  /** Default `ks:fiks`. */
  readonly scope?: string;
  /** Delegation: nine digits. */
  readonly consumerOrg?: string;
  /** The wished audience of the token. */
  readonly resource?: string;
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

/** A token source: a function of your own, asked for each call, or Maskinporten. */
export type TokenOptions = MaskinportenOptions | (() => Promise<string>);

export interface ApiOptions {
  /** Default `https`. */
  readonly scheme?: 'http' | 'https';
  readonly host: string;
  readonly port?: number;
  /** PEM of authorities to trust instead of the public ones. */
  readonly ca?: string;
}

export interface AmqpOptions {
  readonly host: string;
  /** Default 5671 with TLS, else 5672. */
  readonly port?: number;
  /** Default true. */
  readonly tls?: boolean;
  /** PEM of authorities to trust instead of the public ones. */
  readonly ca?: string;
  /** Default `/`. */
  readonly vhost?: string;
  /** Shown to the operators. Default `grunnmur exchange-client`. */
  readonly applicationName?: string;
}

/** A private key of the konto. The certificate lets the right one be chosen without trying. */
export type PrivateKeyOption = string | { readonly privateKeyPem: string; readonly certificatePem?: string };

export interface ExchangeClientOptions {
  /** Where the HTTP services are: parts, or `baseUrl`. */
  readonly api?: ApiOptions;
  /** E.g. `https://api.fiks.ks.no`. */
  readonly baseUrl?: string;
  /** Only for {@link ExchangeClient.subscribe}. Default: the API's host, port 5671, TLS. */
  readonly amqp?: AmqpOptions;
  readonly token: TokenOptions;
  readonly integrasjonId: string;
  readonly integrasjonPassord: string;
  readonly kontoId: string;
  /** The konto's RSA keys, newest first; several while a key is being replaced. */
  readonly privateKeys?: readonly PrivateKeyOption[];
  /** Signs what is sent. */
  readonly signer?: AsiceSigner;
  readonly timeouts?: {
    /** Until the answer begins, after all is sent. Default 60 s. */
    readonly answerMs?: number;
    /** Longest pause in a body. Default 60 s (fiks-io §2.6: idle). */
    readonly idleMs?: number;
    /** For connecting and logging in to AMQP. Default 20 s. */
    readonly amqpMs?: number;
  };
  /** Where containers over 4 MiB wait while they are read. Default: the system's folder. */
  readonly temporaryFolder?: string;
}
