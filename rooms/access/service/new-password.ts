import { generateSecret, hashSecret } from '@grunnmur/kernel/crypto';
import { check } from './change.ts';

const MIN_GIVEN_LENGTH = 32;
/** Printable ASCII: some clients encode the rest as ISO-8859-1, others as UTF-8 (SvarUt: authentication). */
const PRINTABLE = /^[\x21-\x7e]{32,200}$/;

export interface NewPassword {
  readonly password: string;
  readonly passwordHash: string;
}

/**
 * A generated password, or the given one. Only the hash is stored, and it is a fast one: a given password must
 * therefore be as random as a generated one. The length is all that can be checked of that.
 */
export function newPassword(given?: string): NewPassword {
  check(
    given === undefined || PRINTABLE.test(given),
    'password',
    'format',
    `må ha minst ${MIN_GIVEN_LENGTH} synlige ASCII-tegn`,
  );
  const password = given ?? generateSecret();
  return { password, passwordHash: hashSecret(password) };
}
