import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { createServerIdentity } from '../server-identity.ts';

it('makes a server certificate that clients who trust its authority accept, for its names and addresses only', async () => {
  const day = 86_400_000;
  const identity = await createServerIdentity({
    commonName: 'Prøve',
    hosts: ['localhost', '127.0.0.1'],
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
  });
  const server = createServer({ key: identity.privateKeyPem, cert: identity.certificatePem }, (socket) =>
    socket.on('error', () => {}).end('hei'),
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const attempt = async (options: object) => {
    const socket = connect({ port, host: '127.0.0.1', ...options });
    try {
      await once(socket, 'secureConnect');
      return 'ok';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    } finally {
      socket.destroy();
    }
  };
  expect(await attempt({ ca: identity.caPem })).toBe('ok');
  expect(await attempt({ ca: identity.caPem, servername: 'localhost' })).toBe('ok');
  expect(await attempt({ ca: identity.caPem, servername: 'annen.example' })).toBe(
    'ERR_TLS_CERT_ALTNAME_INVALID',
  );
  expect(await attempt({})).not.toBe('ok');
  server.close();
});
