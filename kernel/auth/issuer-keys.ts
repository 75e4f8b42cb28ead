import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { DAY_MS, type Elapsed, SECOND_MS } from '../time/index.ts';
import { AuthError } from './errors.ts';

/**
 * Where an issuer's public keys come from:
 *
 * - `jwksUri`: the key set itself;
 * - `metadata`: `jwks_uri` of `{issuer}.well-known/…` (RFC 8414, OpenID Connect Discovery), which must name the same issuer,
 *   and must not be a demonstration's unless `demonstration` says that it may be;
 * - `load`: this process or its database, for an issuer that is built in; it may set its own `cacheMs`.
 */
export type KeySource =
  | { readonly jwksUri: string }
  | { readonly metadata: MetadataKind; readonly demonstration?: boolean }
  | { readonly load: () => Promise<JSONWebKeySet>; readonly cacheMs?: number };

export type MetadataKind = 'oauth-authorization-server' | 'openid-configuration';

/** A demonstration's issuers say so in their metadata: anybody is anybody there, and production must not believe them. */
export const DEMONSTRATION_MARK = 'grunnmur_demonstration';

export interface FetchLimits {
  /** Time for one document, ms. Default 5000. */
  readonly timeoutMs?: number;
  /** Largest document, bytes. Default 256 KiB. */
  readonly maxBytes?: number;
  /** How long keys are used before they are fetched again, ms. Default 24 h, as the Maskinporten documentation advises. */
  readonly cacheMs?: number;
  /** Shortest time between two fetches, ms, however many unknown keys are presented. Default 10 s. */
  readonly cooldownMs?: number;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

export interface IssuerKeys {
  /** The key set to verify with now. `refresh` asks for a newer one, which is given if the cooldown allows. */
  get(refresh: boolean): Promise<JWTVerifyGetKey>;
}

interface State {
  readonly keys: JWTVerifyGetKey;
  readonly fetchedAt: number;
}

/**
 * One issuer's keys, cached and fetched once for all who wait. When the issuer cannot be reached, keys that are
 * known stay in use for another `cacheMs`: an outage there must not stop everything here at once.
 */
export function createIssuerKeys(
  issuer: string,
  source: KeySource,
  limits: FetchLimits,
  elapsed: Elapsed,
): IssuerKeys {
  const cacheMs = ('load' in source ? source.cacheMs : undefined) ?? limits.cacheMs ?? DAY_MS;
  const cooldownMs = limits.cooldownMs ?? 10 * SECOND_MS;
  let state: State | undefined;
  let lastTry = Number.NEGATIVE_INFINITY;
  let pending: Promise<State> | undefined;

  const refetch = (): Promise<State> => {
    pending ??= fetchState().finally(() => {
      pending = undefined;
    });
    return pending;
  };
  const fetchState = async (): Promise<State> => {
    lastTry = elapsed();
    const keys = createLocalJWKSet(await loadKeys(issuer, source, limits));
    state = { keys, fetchedAt: elapsed() };
    return state;
  };

  return {
    get: async (refresh) => {
      const age = state ? elapsed() - state.fetchedAt : Number.POSITIVE_INFINITY;
      if (state && age < cacheMs && !refresh) return state.keys;
      const cooling = elapsed() - lastTry < cooldownMs && !pending;
      if (cooling && state) return state.keys;
      if (cooling) throw AuthError.issuerUnavailable();
      try {
        return (await refetch()).keys;
      } catch (cause) {
        if (state && age < 2 * cacheMs) return state.keys;
        throw AuthError.issuerUnavailable({ cause });
      }
    },
  };
}

async function loadKeys(issuer: string, source: KeySource, limits: FetchLimits): Promise<JSONWebKeySet> {
  if ('load' in source) return source.load();
  if ('jwksUri' in source) return (await fetchJson(source.jwksUri, limits)) as JSONWebKeySet;
  const metadata = await issuerMetadata(issuer, source.metadata, limits);
  if (DEMONSTRATION_MARK in metadata && !source.demonstration)
    throw new Error('The issuer is that of a demonstration');
  // RFC 8414 §3.3: metadata that names another issuer must not be used.
  if (metadata.issuer !== issuer) throw new Error('The metadata names another issuer');
  if (typeof metadata.jwks_uri !== 'string') throw new Error('The metadata has no jwks_uri');
  return (await fetchJson(metadata.jwks_uri, limits)) as JSONWebKeySet;
}

/** What an issuer says of itself. Throws when it does not answer in time, or at too great a length. */
export async function issuerMetadata(
  issuer: string,
  kind: MetadataKind,
  limits: FetchLimits = {},
): Promise<Readonly<Record<string, unknown>>> {
  const base = issuer.endsWith('/') ? issuer : `${issuer}/`;
  return (await fetchJson(`${base}.well-known/${kind}`, limits)) as Record<string, unknown>;
}

async function fetchJson(url: string, limits: FetchLimits): Promise<unknown> {
  const get = limits.fetch ?? fetch;
  const response = await get(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(limits.timeoutMs ?? 5000),
  });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`The issuer answered ${response.status}`);
  }
  const maxBytes = limits.maxBytes ?? 256 * 1024;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('The issuer’s answer is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
