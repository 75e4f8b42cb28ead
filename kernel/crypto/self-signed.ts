import { randomBytes, webcrypto } from 'node:crypto';
import type * as Asn1 from 'asn1js';

export interface SelfSignedOptions {
  readonly commonName: string;
  /** Nine digits; written as in a Norwegian virksomhetssertifikat. */
  readonly organisationNumber?: string;
  /** RSA modulus. Default 2048. */
  readonly bits?: 2048 | 3072 | 4096;
  /** Default: now. */
  readonly notBefore?: Date;
  readonly notAfter: Date;
}

export interface SelfSigned {
  /** PKCS#8. */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
};
const OID = {
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  organizationIdentifier: '2.5.4.97',
};
const OID_KEY_USAGE = '2.5.29.15';
const OID_BASIC_CONSTRAINTS = '2.5.29.19';

/** A new RSA key and a certificate it signs itself: for demonstrations, closed installations and tests. */
export async function createSelfSigned(options: SelfSignedOptions): Promise<SelfSigned> {
  // Loaded here only: most processes never make a certificate, and the library is not small.
  const [pkijs, asn1js] = await Promise.all([import('pkijs'), import('asn1js')]);
  const keys = await webcrypto.subtle.generateKey(
    { ...ALGORITHM, modulusLength: options.bits ?? 2048 },
    true,
    ['sign', 'verify'],
  );

  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  // Positive and at most 20 octets (RFC 5280 section 4.1.2.2).
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  certificate.serialNumber = new asn1js.Integer({ valueHex: serial });
  const name = subjectName(asn1js, options);
  certificate.subject = new pkijs.RelativeDistinguishedNames({ schema: name });
  certificate.issuer = new pkijs.RelativeDistinguishedNames({ schema: name });
  certificate.notBefore.value = options.notBefore ?? new Date();
  certificate.notAfter.value = options.notAfter;

  const basicConstraints = new pkijs.BasicConstraints({ cA: false });
  // digitalSignature, keyEncipherment and dataEncipherment, from the left; four bits are unused.
  const keyUsage = new asn1js.BitString({ valueHex: Buffer.of(0b1011_0000), unusedBits: 4 });
  certificate.extensions = [
    new pkijs.Extension({
      extnID: OID_BASIC_CONSTRAINTS,
      critical: true,
      extnValue: basicConstraints.toSchema().toBER(),
    }),
    new pkijs.Extension({ extnID: OID_KEY_USAGE, critical: true, extnValue: keyUsage.toBER() }),
  ];
  const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as unknown as Crypto });
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey as CryptoKey, engine);
  await certificate.sign(keys.privateKey as CryptoKey, 'SHA-256', engine);

  return {
    privateKeyPem: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    certificatePem: pem('CERTIFICATE', certificate.toSchema(true).toBER()),
  };
}

/** A Name of one attribute on each level. Decoded from its own bytes: so pkijs takes it over as it stands. */
export function subjectName(
  asn1js: typeof Asn1,
  options: Pick<SelfSignedOptions, 'commonName' | 'organisationNumber'>,
) {
  const attribute = (type: string, value: Asn1.PrintableString | Asn1.Utf8String) =>
    new asn1js.Set({
      value: [new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: type }), value] })],
    });
  const attributes = [
    attribute(OID.country, new asn1js.PrintableString({ value: 'NO' })),
    attribute(OID.commonName, new asn1js.Utf8String({ value: options.commonName })),
  ];
  if (options.organisationNumber) {
    attributes.push(
      attribute(OID.serialNumber, new asn1js.PrintableString({ value: options.organisationNumber })),
    );
    attributes.push(
      attribute(
        OID.organizationIdentifier,
        new asn1js.Utf8String({ value: `NTRNO-${options.organisationNumber}` }),
      ),
    );
  }
  return asn1js.fromBER(new asn1js.Sequence({ value: attributes }).toBER()).result;
}

export function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
