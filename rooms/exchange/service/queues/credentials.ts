import type { IntegrationCredentials } from '@grunnmur/access';

/** `<integrasjonPassord> <access token>`: a token holds no space, a password may (fiks-io §1.5). */
export function credentialsOf(username: string, password: string, address: string): IntegrationCredentials {
  const at = password.lastIndexOf(' ');
  return {
    integrasjonId: username,
    integrasjonPassord: at < 0 ? password : password.slice(0, at),
    authorization: at < 0 ? undefined : `Bearer ${password.slice(at + 1)}`,
    address,
  };
}
