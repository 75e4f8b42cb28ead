import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type * as Asn1 from 'asn1js';
import type * as Pkijs from 'pkijs';
import { ALGORITHM, pem, subjectName } from './self-signed.ts';

export interface ServerIdentityOptions {
  readonly commonName: string;
  /** Names and addresses that clients connect to: the certificate's subjectAltName. */
  readonly hosts: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface ServerIdentity {
  /** What clients must trust. Its key is thrown away: it will never sign anything else. */
  readonly caPem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

const OID_KEY_USAGE = '2.5.29.15';
const OID_BASIC_CONSTRAINTS = '2.5.29.19';
const OID_ALT_NAME = '2.5.29.17';
const OID_EXTENDED_KEY_USAGE = '2.5.29.37';
const OID_SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

interface Libraries {
  readonly pkijs: typeof Pkijs;
  readonly asn1js: typeof Asn1;
}

/** A certificate authority for one server certificate, and that certificate: for demonstrations and tests. */
export async function createServerIdentity(options: ServerIdentityOptions): Promise<ServerIdentity> {
  const [pkijs, asn1js] = await Promise.all([import('pkijs'), import('asn1js')]);
  const libraries = { pkijs, asn1js };
  const [caKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const caName = `${options.commonName} CA`;
  const extension = (extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }) =>
    new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });
  const basics = (cA: boolean) =>
    extension(OID_BASIC_CONSTRAINTS, true, new pkijs.BasicConstraints({ cA }).toSchema());
  const ca = await issue(libraries, options, caName, caName, caKeys.publicKey, caKeys.privateKey, [
    basics(true),
    // keyCertSign, cRLSign
    extension(OID_KEY_USAGE, true, new asn1js.BitString({ valueHex: Buffer.of(0b0000_0110), unusedBits: 1 })),
  ]);
  const usages = new pkijs.ExtKeyUsage({ keyPurposes: [OID_SERVER_AUTH] });
  const leaf = await issue(
    libraries,
    options,
    options.commonName,
    caName,
    keys.publicKey,
    caKeys.privateKey,
    [
      basics(false),
      // digitalSignature, keyEncipherment
      extension(
        OID_KEY_USAGE,
        true,
        new asn1js.BitString({ valueHex: Buffer.of(0b1010_0000), unusedBits: 5 }),
      ),
      extension(OID_EXTENDED_KEY_USAGE, false, usages.toSchema()),
      extension(OID_ALT_NAME, false, altNames(libraries, options.hosts).toSchema()),
    ],
  );
  return {
    caPem: pem('CERTIFICATE', ca),
    privateKeyPem: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    certificatePem: pem('CERTIFICATE', leaf),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ ...ALGORITHM, modulusLength: 2048 }, true, ['sign', 'verify']);
}

async function issue(
  { pkijs, asn1js }: Libraries,
  options: ServerIdentityOptions,
  subject: string,
  issuer: string,
  publicKey: webcrypto.CryptoKey,
  signer: webcrypto.CryptoKey,
  extensions: Pkijs.Extension[],
): Promise<ArrayBuffer> {
  const name = (commonName: string) =>
    new pkijs.RelativeDistinguishedNames({ schema: subjectName(asn1js, { commonName }) });
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  certificate.serialNumber = new asn1js.Integer({ valueHex: serial });
  certificate.subject = name(subject);
  certificate.issuer = name(issuer);
  certificate.notBefore.value = options.notBefore;
  certificate.notAfter.value = options.notAfter;
  certificate.extensions = extensions;
  const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as unknown as Crypto });
  await certificate.subjectPublicKeyInfo.importKey(publicKey as CryptoKey, engine);
  await certificate.sign(signer as CryptoKey, 'SHA-256', engine);
  return certificate.toSchema(true).toBER();
}

/** GeneralName (RFC 5280 §4.2.1.6): 2 is dNSName, 7 is iPAddress. */
function altNames({ pkijs, asn1js }: Libraries, hosts: readonly string[]): Pkijs.GeneralNames {
  const names = hosts.map((host) =>
    isIP(host) === 4
      ? new pkijs.GeneralName({
          type: 7,
          value: new asn1js.OctetString({ valueHex: Buffer.from(host.split('.').map(Number)) }),
        })
      : new pkijs.GeneralName({ type: 2, value: host }),
  );
  return new pkijs.GeneralNames({ names });
}
