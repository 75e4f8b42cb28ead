import { createPublicKey } from 'node:crypto';
import { isValidOrgnr } from '@grunnmur/registers';
import type { JWK } from 'jose';
import type { AccessAdmin, NewDelegation, NewOauthClient } from '../admin-contract.ts';
import {
  deleteDelegation,
  insertDelegation,
  insertOauthClient,
  updateOauthClientActive,
  updateOauthClientKeys,
} from '../store/oauth-client-store.ts';
import { type ApplyChange, check } from './change.ts';

type OauthClients = Pick<
  AccessAdmin,
  'createOauthClient' | 'setOauthClientKeys' | 'setOauthClientActive' | 'addDelegation' | 'removeDelegation'
>;
type ClientKeys = Pick<NewOauthClient, 'keys' | 'certificateFingerprints'>;

const MAX_KEYS = 10;
const MIN_RSA_BITS = 2048;
const CLIENT_ID = /^[\x21-\x7e]{1,100}$/;
/** RFC 6749 §3.3, with a limit. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;

/** Clients of the built-in token issuer, and delegations between organisations. */
export function createManageOauthClients(apply: ApplyChange): OauthClients {
  const what = 'klienten';
  return {
    createOauthClient: async (ctx, input) => {
      check(CLIENT_ID.test(input.clientId), 'clientId', 'format', 'må ha 1 til 100 synlige ASCII-tegn');
      const scopesOk = input.scopes.length >= 1 && input.scopes.length <= 100 && input.scopes.every(isScope);
      check(scopesOk, 'scopes', 'format', '1 til 100 gyldige scope');
      const row = { clientId: input.clientId, scopes: input.scopes, ...checkedKeys(input) };
      const change = { operation: 'oauth-client.create', target: input.clientId, what };
      await apply(ctx, change, (trx) => insertOauthClient(trx, row));
    },
    setOauthClientKeys: async (ctx, clientId, input) => {
      const { keys, certificateFingerprints } = checkedKeys(input);
      await apply(ctx, { operation: 'oauth-client.set-keys', target: clientId, what }, (trx) =>
        updateOauthClientKeys(trx, clientId, keys, certificateFingerprints),
      );
    },
    setOauthClientActive: async (ctx, clientId, active) => {
      const operation = `oauth-client.${active ? 'activate' : 'deactivate'}`;
      await apply(ctx, { operation, target: clientId, what }, (trx) =>
        updateOauthClientActive(trx, clientId, active),
      );
    },
    addDelegation: async (ctx, input) => {
      checkDelegation(input);
      const change = { operation: 'delegation.add', target: delegationTarget(input), what: 'delegeringen' };
      await apply(ctx, change, async (trx) => {
        await insertDelegation(trx, input.supplierOrgnr, input.scope);
        return 1;
      });
    },
    removeDelegation: async (ctx, input) => {
      checkDelegation(input);
      const change = {
        operation: 'delegation.remove',
        target: delegationTarget(input),
        what: 'delegeringen',
      };
      await apply(ctx, change, (trx) => deleteDelegation(trx, input.supplierOrgnr, input.scope));
    },
  };
}

/** Only the public parameters are kept: a private key that was pasted by mistake must not end up in the database. */
function checkedKeys(input: ClientKeys): { keys: JWK[]; certificateFingerprints: string[] } {
  const keys = input.keys ?? [];
  const fingerprints = (input.certificateFingerprints ?? []).map((value) => value.toLowerCase());
  check(keys.length <= MAX_KEYS && keys.every(isUsableKey), 'keys', 'format', 'høyst 10 RSA-nøkler med kid');
  check(
    new Set(keys.map((key) => key.kid)).size === keys.length,
    'keys',
    'uniqueItems',
    'to nøkler har lik kid',
  );
  const fingerprintsOk =
    fingerprints.length <= MAX_KEYS && fingerprints.every((value) => FINGERPRINT.test(value));
  check(fingerprintsOk, 'certificateFingerprints', 'format', 'høyst 10, hver SHA-256 som heksadesimal tekst');
  return {
    keys: keys.map(({ kty, n, e, kid }) => ({ kty, n, e, kid }) as JWK),
    certificateFingerprints: fingerprints,
  };
}

function isUsableKey(key: JWK): boolean {
  if (key.kty !== 'RSA' || typeof key.kid !== 'string' || key.kid.length < 1 || key.kid.length > 100)
    return false;
  try {
    const { n, e } = key;
    const details = createPublicKey({ key: { kty: 'RSA', n: n as string, e: e as string }, format: 'jwk' });
    return (details.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
  } catch {
    return false;
  }
}

function checkDelegation(input: NewDelegation): void {
  check(isValidOrgnr(input.supplierOrgnr), 'supplierOrgnr', 'checksum', 'ikke et gyldig organisasjonsnummer');
  check(isScope(input.scope), 'scope', 'format', 'ikke et gyldig scope');
}

function isScope(scope: string): boolean {
  return SCOPE.test(scope);
}

function delegationTarget(input: NewDelegation): string {
  return `${input.supplierOrgnr}/${input.scope}`;
}
