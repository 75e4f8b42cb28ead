import { hash } from 'node:crypto';
import { parseBasic } from '@grunnmur/kernel/auth';
import { hashSecret, verifySecret } from '@grunnmur/kernel/crypto';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { Access, AccountPrincipal, MottakersystemPrincipal } from '../contract.ts';
import { E } from '../errors.ts';
import {
  type AccountLogin,
  findAccountLogin,
  findMottakersystemLogin,
  type MottakersystemLogin,
} from '../store/login-store.ts';
import { type AccessDeps, anonymousCtx } from './access-deps.ts';

const NOBODY = hashSecret('no account has this password');
/** As the tables allow; a longer user name belongs to nobody. */
const MAX_USERNAME_LENGTH = 100;

interface BasicLogin {
  readonly username: string;
  readonly password_hash: string;
  readonly active: boolean;
}

/** `Authorization: Basic` of a SvarUt v1 account. See {@link Access.authenticateAccount}. */
export function createAuthenticateAccount(deps: AccessDeps): Access['authenticateAccount'] {
  return createBasicLogin<AccountLogin, AccountPrincipal>(deps, findAccountLogin, (login) => ({
    kind: 'integration',
    username: login.username,
    tenant: login.tenant_id,
    kontoId: login.konto_id,
    orgnr: login.orgnr,
    actor: { kind: 'integration', id: login.username, name: login.organisation_name },
  }));
}

/** `Authorization: Basic` of a mottakersystem. See {@link Access.authenticateMottakersystem}. */
export function createAuthenticateMottakersystem(deps: AccessDeps): Access['authenticateMottakersystem'] {
  return createBasicLogin<MottakersystemLogin, MottakersystemPrincipal>(
    deps,
    findMottakersystemLogin,
    (login) => ({
      kind: 'integration',
      mottakersystemId: login.id,
      username: login.username,
      tenant: login.tenant_id,
      orgnr: login.orgnr,
      certificatePem: login.certificate_pem,
      actor: { kind: 'integration', id: login.id, name: login.name },
    }),
  );
}

function createBasicLogin<Row extends BasicLogin, P>(
  deps: AccessDeps,
  find: (trx: Trx, username: string) => Promise<Row | null>,
  toPrincipal: (row: Row) => P,
): (authorization: string | undefined, address?: string) => Promise<P> {
  const cache = deps.caches.create<Row, P>();

  return async (authorization, address) => {
    const key = hash('sha256', authorization ?? '', 'base64');
    const known = cache.principal(key);
    if (known) return known;

    const basic = parseBasic(authorization);
    const username = basic && basic.username.length <= MAX_USERNAME_LENGTH ? basic.username : undefined;
    const attempt = { credential: username ?? 'malformed', address };
    const loaded = username
      ? cache.row(username, () => withTransaction(anonymousCtx(deps), (trx) => find(trx, username)))
      : undefined;
    const login = (await loaded?.value) ?? null;
    const passwordOk = verifySecret(basic?.password ?? '', login?.password_hash ?? NOBODY);
    if (!login || !passwordOk || !login.active) {
      const refused = { reason: 'password', known: login?.username };
      throw deps.guard.refuse(attempt, refused, E.accountUnauthenticated());
    }
    const principal = toPrincipal(login);
    cache.remember(key, principal, loaded!);
    return principal;
  };
}
