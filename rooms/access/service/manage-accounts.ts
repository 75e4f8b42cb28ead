import { X509Certificate } from 'node:crypto';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import type { AccessAdmin } from '../admin-contract.ts';
import {
  type AccountTable,
  insertAccount,
  insertMottakersystem,
  updateAccountActive,
  updateAccountPassword,
  updateMottakersystemCertificate,
} from '../store/account-store.ts';
import { type ApplyChange, check, checkName } from './change.ts';
import { newPassword } from './new-password.ts';

type Accounts = Pick<
  AccessAdmin,
  | 'createAccount'
  | 'rotateAccountPassword'
  | 'setAccountActive'
  | 'createMottakersystem'
  | 'rotateMottakersystemPassword'
  | 'setMottakersystemCertificate'
  | 'setMottakersystemActive'
>;

const MAX_PEM_LENGTH = 16 * 1024;
/** Printable ASCII without a colon, which ends the user name in HTTP Basic. */
const USERNAME = /^[\x21-\x39\x3b-\x7e]{1,100}$/;

/** Logins with user name and password: SvarUt v1 accounts, and receiving systems of SvarInn. */
export function createManageAccounts(apply: ApplyChange): Accounts {
  const account = manageLogins(apply, 'account_v1', 'account', 'kontoen');
  const mottakersystem = manageLogins(apply, 'mottakersystem_login', 'mottakersystem', 'mottakersystemet');
  return {
    createAccount: async (ctx, input) => {
      checkUsername(input.username);
      check(isUuid(input.kontoId), 'kontoId', 'format', 'må være en UUID');
      const { password, passwordHash } = newPassword(input.password);
      const row = { username: input.username, kontoId: input.kontoId, passwordHash };
      const change = { operation: 'account.create', target: input.username, what: 'kontoen' };
      await apply(ctx, change, (trx) => insertAccount(trx, row));
      return { password };
    },
    rotateAccountPassword: account.rotate,
    setAccountActive: account.setActive,
    createMottakersystem: async (ctx, input) => {
      checkUsername(input.username);
      checkName(input.name);
      checkCertificate(input.certificatePem);
      check(input.id === undefined || isUuid(input.id), 'id', 'format', 'må være en UUID');
      const id = input.id?.toLowerCase() ?? newId(ctx.now().getTime());
      const { password, passwordHash } = newPassword(input.password);
      const row = {
        id,
        username: input.username,
        name: input.name,
        certificatePem: input.certificatePem,
        passwordHash,
      };
      const change = { operation: 'mottakersystem.create', target: id, what: 'mottakersystemet' };
      await apply(ctx, change, (trx) => insertMottakersystem(trx, row));
      return { id, password };
    },
    rotateMottakersystemPassword: mottakersystem.rotate,
    setMottakersystemCertificate: async (ctx, username, certificatePem) => {
      checkCertificate(certificatePem);
      const change = {
        operation: 'mottakersystem.set-certificate',
        target: username,
        what: 'mottakersystemet',
      };
      await apply(ctx, change, (trx) => updateMottakersystemCertificate(trx, username, certificatePem));
    },
    setMottakersystemActive: mottakersystem.setActive,
  };
}

function manageLogins(apply: ApplyChange, table: AccountTable, name: string, what: string) {
  return {
    rotate: async (ctx: Parameters<ApplyChange>[0], username: string): Promise<{ password: string }> => {
      const { password, passwordHash } = newPassword();
      const change = { operation: `${name}.rotate-password`, target: username, what };
      await apply(ctx, change, (trx) => updateAccountPassword(trx, table, username, passwordHash));
      return { password };
    },
    setActive: async (ctx: Parameters<ApplyChange>[0], username: string, active: boolean): Promise<void> => {
      const operation = `${name}.${active ? 'activate' : 'deactivate'}`;
      await apply(ctx, { operation, target: username, what }, (trx) =>
        updateAccountActive(trx, table, username, active),
      );
    },
  };
}

function checkUsername(username: string): void {
  check(USERNAME.test(username), 'username', 'format', 'må ha 1 til 100 synlige ASCII-tegn uten kolon');
}

function checkCertificate(pem: string): void {
  check(isRsaCertificate(pem), 'certificatePem', 'format', 'må være et PEM-sertifikat med RSA-nøkkel');
}

function isRsaCertificate(pem: string): boolean {
  if (pem.length > MAX_PEM_LENGTH) return false;
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
