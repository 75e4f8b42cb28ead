import { createPrivateKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { unwrapSecret, wrapSecret } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { HOUR_MS, MINUTE_MS } from '@grunnmur/kernel/time';
import { exportJWK, type JSONWebKeySet } from 'jose';
import {
  findSigningKeys,
  insertSigningKey,
  type KeyPurpose,
  lockSigningKeys,
  type SigningKeyRow,
  withdrawSigningKeys,
} from '../store/signing-key-store.ts';
import { type AccessDeps, anonymousCtx } from './access-deps.ts';
import { recordChange } from './record-change.ts';

/** Verifiers are advised to cache keys for 24 h: a new key is published that long, and an hour, before it is used. */
const PUBLISH_AHEAD_MS = 25 * HOUR_MS;
/** How long a replaced key stays published: longer than anything it signed, and than logins that hand it back. */
const KEEP_MS = 25 * HOUR_MS;
/** How soon another process's rotation is noticed. */
const RELOAD_MS = MINUTE_MS;
const MODULUS_BITS = 2048;
export const SIGNING_ALGORITHM = 'RS256';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

interface Loaded {
  readonly keys: readonly (SigningKey & { row: SigningKeyRow })[];
  readonly loadedAt: number;
}

export interface SigningKeys {
  /** The key that signs now. */
  current(): Promise<SigningKey>;
  /** Private keys that may still be needed, the one that signs first. */
  usable(): Promise<readonly SigningKey[]>;
  /** Public keys that verifiers should know: the next, the present and the one before. */
  published(): Promise<JSONWebKeySet>;
  /** Was the newest key, published ahead or in use, made more than `ms` ago? */
  newestOlderThan(ms: number): Promise<boolean>;
  rotate(ctx: Ctx, options?: { immediately?: boolean }): Promise<{ kid: string; activeFrom: Date }>;
}

/** Keys of one purpose. The first is made when it is first needed; all processes share what is in the database. */
export function createSigningKeys(
  deps: Pick<AccessDeps, 'db' | 'log' | 'now' | 'elapsedMs' | 'masterKey'>,
  purpose: KeyPurpose,
): SigningKeys {
  let loaded: Promise<Loaded> | undefined;
  let loadedAt = 0;

  const load = async (): Promise<Loaded> => {
    const rows = await withTransaction(anonymousCtx(deps), async (trx) => {
      const found = await findSigningKeys(trx, purpose);
      return found.length > 0 ? found : firstKey(trx, purpose, deps.masterKey);
    });
    return { keys: rows.map((row) => openKey(row, deps.masterKey)), loadedAt };
  };
  const get = (): Promise<Loaded> => {
    if (loaded && deps.elapsedMs() - loadedAt < RELOAD_MS) return loaded;
    loadedAt = deps.elapsedMs();
    const fresh = load();
    fresh.catch(() => {
      if (loaded === fresh) loaded = undefined;
    });
    loaded = fresh;
    return fresh;
  };
  const live = async () => liveKeys((await get()).keys, deps.now().getTime());

  return {
    current: async () => (await live()).signing,
    usable: async () => {
      const { signing, former } = await live();
      return [signing, ...former];
    },
    published: async () => {
      const { next, signing, former } = await live();
      return { keys: [...next, signing, ...former].map((key) => key.row.public_jwk) };
    },
    newestOlderThan: async (ms) => {
      const newest = (await get()).keys[0]!.row.created_at.getTime();
      return deps.now().getTime() - newest > ms;
    },
    rotate: async (ctx, options = {}) => {
      const row = await withTransaction(ctx, async (trx) => {
        await lockSigningKeys(trx, purpose);
        if (options.immediately) await withdrawSigningKeys(trx, purpose);
        const ahead = options.immediately ? 0 : PUBLISH_AHEAD_MS;
        return makeKey(trx, purpose, deps.masterKey, ahead);
      });
      loaded = undefined;
      return { kid: row.kid, activeFrom: row.active_from };
    },
  };
}

/** Sorts keys, newest first, by what they are for at `now`. */
function liveKeys<K extends { row: SigningKeyRow }>(keys: readonly K[], now: number) {
  const next = keys.filter((key) => key.row.active_from.getTime() > now);
  const started = keys.filter((key) => key.row.active_from.getTime() <= now);
  const signing = started[0];
  if (!signing) throw new Error('No signing key is active');
  const former = started
    .slice(1)
    .filter((_, index) => started[index]!.row.active_from.getTime() + KEEP_MS > now);
  return { next, signing, former };
}

async function firstKey(trx: Trx, purpose: KeyPurpose, masterKey: Uint8Array): Promise<SigningKeyRow[]> {
  await lockSigningKeys(trx, purpose);
  const found = await findSigningKeys(trx, purpose);
  return found.length > 0 ? found : [await makeKey(trx, purpose, masterKey, 0)];
}

async function makeKey(
  trx: Trx,
  purpose: KeyPurpose,
  masterKey: Uint8Array,
  aheadMs: number,
): Promise<SigningKeyRow> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const kid = randomUUID();
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const row: SigningKeyRow = {
    kid,
    purpose,
    private_wrapped: wrapSecret(masterKey, pkcs8, sealedFor(kid)),
    public_jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: SIGNING_ALGORITHM },
    created_at: trx.ctx.now(),
    active_from: new Date(trx.ctx.now().getTime() + aheadMs),
  };
  await insertSigningKey(trx, row);
  await recordChange(trx, `signing-key.create.${purpose}`, kid);
  return row;
}

function openKey(row: SigningKeyRow, masterKey: Uint8Array): SigningKey & { row: SigningKeyRow } {
  const der = unwrapSecret(masterKey, row.private_wrapped, sealedFor(row.kid));
  return { kid: row.kid, privateKey: createPrivateKey({ key: der, type: 'pkcs8', format: 'der' }), row };
}

function sealedFor(kid: string): string {
  return `access.signing_key:${kid}`;
}
