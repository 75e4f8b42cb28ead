import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';

/**
 * Run as a process of its own by `read-p12.ts`: a PKCS#12 file says itself how much work its password costs, and what
 * is done in OpenSSL can only be ended together with its process. Reads `{pfx, passord}` (base64, text) from standard
 * input and writes the certificate in PEM; the private key is never looked at.
 */
const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const { pfx, passord } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
  pfx: string;
  passord: string;
};
const secureContext = createSecureContext({ pfx: Buffer.from(pfx, 'base64'), passphrase: passord });
// The one documented way to a certificate in a secure context is a socket, which here leads nowhere.
const socket = new TLSSocket(
  new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }) as never,
  {
    secureContext,
    isServer: true,
  },
);
const certificate = socket.getX509Certificate();
if (!certificate) throw new Error('no certificate');
process.stdout.write(certificate.toString(), () => process.exit(0));
