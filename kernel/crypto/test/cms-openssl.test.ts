import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSelfSigned, encryptCms, type SelfSigned } from '../index.ts';
import { chunked, decryptAll, gather, vector, vectorKey } from './cms-helpers.ts';

const run = promisify(execFile);

function opensslVersion(): string | undefined {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const version = opensslVersion();
const oaep = ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'];
const mixed = [...oaep, '-keyopt', 'rsa_mgf1_md:sha1'];

describe.runIf(version)(`CMS with ${version}`, () => {
  let folder: string;
  let ours: SelfSigned;
  let theirs: SelfSigned;
  const path = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grunnmur-cms-'));
    const notAfter = new Date(Date.now() + 86_400_000);
    ours = await createSelfSigned({
      commonName: 'Sør-Varanger ÆØÅ',
      organisationNumber: '999999999',
      notAfter,
    });
    theirs = await createSelfSigned({ commonName: 'Annen', bits: 3072, notAfter });
    await writeFile(path('key.pem'), ours.privateKeyPem);
    await writeFile(path('certificate.pem'), ours.certificatePem);
    await writeFile(path('other.pem'), theirs.certificatePem);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const openssl = (...args: string[]) => run('openssl', ['cms', ...args]);

  describe.each(['oaep', 'pkcs1'] as const)('reads what we write with %s', (transport) => {
    it.each([1, 1000, 32_768, 1_000_001])('%i bytes', async (size) => {
      const plain = randomBytes(size);
      const certificates = [theirs.certificatePem, ours.certificatePem];
      await writeFile(
        path('out.cms'),
        await gather(encryptCms(chunked(plain, 65_536), certificates, { transport })),
      );
      const keys = ['-inkey', path('key.pem'), '-recip', path('certificate.pem')];
      await openssl(
        '-decrypt',
        '-binary',
        '-inform',
        'DER',
        '-in',
        path('out.cms'),
        '-out',
        path('out.bin'),
        ...keys,
      );
      expect((await readFile(path('out.bin'))).equals(plain)).toBe(true);
    });

    it('and finds the algorithms we mean', async () => {
      await writeFile(
        path('out.cms'),
        await gather(encryptCms(chunked(Buffer.from('x')), [ours.certificatePem], { transport })),
      );
      const { stdout } = await openssl('-cmsout', '-print', '-inform', 'DER', '-in', path('out.cms'));
      expect(stdout).toContain('aes-256-cbc');
      expect(stdout).toContain('pkcs7-envelopedData');
      expect(stdout).toContain(transport === 'oaep' ? 'rsaesOaep' : 'rsaEncryption');
      expect(stdout.includes('sha256')).toBe(transport === 'oaep');
    });
  });

  const forms = [
    ['BER as it streams', ['-stream']],
    ['DER', []],
  ] as const;
  const transports = [
    ['PKCS#1 v1.5', []],
    ['OAEP SHA-256', oaep],
    ['OAEP SHA-256 with MGF1 SHA-1', mixed],
  ] as const;
  describe.each(forms)('is read when it writes %s', (_form, form) => {
    describe.each(transports)('with %s', (_transport, transport) => {
      it.each(['-aes-128-cbc', '-aes-192-cbc', '-aes-256-cbc', '-des3'])('and %s', async (cipher) => {
        for (const size of [1, 5000, 200_000]) {
          const plain = randomBytes(size);
          await writeFile(path('in.bin'), plain);
          const recipients = [
            '-recip',
            path('other.pem'),
            ...transport,
            '-recip',
            path('certificate.pem'),
            ...transport,
          ];
          const files = ['-in', path('in.bin'), '-out', path('in.cms')];
          await openssl('-encrypt', '-binary', '-outform', 'DER', cipher, ...form, ...files, ...recipients);
          const message = await readFile(path('in.cms'));
          expect((await decryptAll(message, [ours])).equals(plain)).toBe(true);
          expect((await decryptAll(message, [theirs])).equals(plain)).toBe(true);
        }
      });
    });
  });
});

describe('OpenSSL', () => {
  it('is here, or its recorded messages are read in its place', async () => {
    if (!version)
      console.error(
        'The openssl command is MISSING: only its recorded messages are tested, nothing fresh either way.',
      );
    const recorded = [
      'oaep-sha256-ber.cms',
      'oaep-sha256-der.cms',
      'oaep-sha256-mgf1-sha1.cms',
      'pkcs1-aes256-ber.cms',
      'pkcs1-des3.cms',
    ];
    for (const name of recorded) expect(await decryptAll(vector(name))).toEqual(vector('plain.txt'));
    const back = await gather(
      encryptCms(chunked(Buffer.from('x')), [vectorKey.certificatePem!], { transport: 'oaep' }),
    );
    // The frame that OpenSSL writes for a stream: the same tags of indefinite length, in the same places.
    const theirs = vector('oaep-sha256-ber.cms');
    expect(back.subarray(0, 20)).toEqual(theirs.subarray(0, 20));
    expect(back.subarray(-10)).toEqual(theirs.subarray(-10));
  });
});
