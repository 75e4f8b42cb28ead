import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateInfo } from '@grunnmur/kernel/crypto';
import { DAY_MS } from '@grunnmur/kernel/time';
import type { Config } from '@grunnmur/server/config';
import { businessCertificateFault } from '@grunnmur/server/identity';
import { type Check, failed, ok, warning } from './check.ts';

const SOON_DAYS = 30;

/** Keys and certificates: present, private, belonging together, not about to expire. */
export async function checkKeys(config: Config, now: Date): Promise<Check[]> {
  const secrets = config.demonstration ? await checkDemoFolder(config.dataDir) : [checkMasterKey(config)];
  const { env } = config;
  return [
    ...secrets,
    ...(await checkPair('Platform certificate', env.PLATFORM_KEY_FILE, env.PLATFORM_CERTIFICATE_FILE, now)),
    ...(await checkPair(
      'Maskinporten certificate',
      env.MASKINPORTEN_KEY_FILE,
      env.MASKINPORTEN_CERTIFICATE_FILE,
      now,
    )),
    ...(await checkBusinessCertificate(env.MASKINPORTEN_CERTIFICATE_FILE)),
    ...(config.demonstration ? await checkDemoCertificates(config.dataDir, now) : []),
  ];
}

function checkMasterKey({ masterKey }: Config): Check {
  if (masterKey) return ok('Master key', 'MASTER_KEY is set');
  return failed(
    'Master key',
    'MASTER_KEY is missing',
    'Make one, and keep a copy apart from the backup: openssl rand -base64 32',
  );
}

/** What a demonstration keeps in its folder is for its owner only. */
async function checkDemoFolder(dataDir: string): Promise<Check[]> {
  const files = [join(dataDir, 'demo-access.json'), ...(await keyFiles(dataDir))];
  const open: string[] = [];
  for (const file of files) {
    const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') open.push(file);
  }
  if (open.length > 0)
    return [failed('Keys', `readable by other users: ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`)];
  return [
    ok(
      'Keys',
      files.length > 1 ? `of the demonstration, in ${join(dataDir, 'keys')}` : 'made at the first start',
    ),
  ];
}

/** Letters to digital mailboxes are signed in the name of the organisation that the certificate names. */
async function checkBusinessCertificate(file: string | undefined): Promise<Check[]> {
  const fault = file && businessCertificateFault(await readFile(file, 'utf8'));
  if (!fault) return [];
  const [setting, ...words] = fault.split(': ');
  return [failed('Maskinporten certificate', words.join(': '), `Correct ${setting}`)];
}

async function keyFiles(dataDir: string): Promise<string[]> {
  const folder = join(dataDir, 'keys');
  return (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
}

async function checkDemoCertificates(dataDir: string, now: Date): Promise<Check[]> {
  const checks: Check[] = [];
  for (const file of (await keyFiles(dataDir)).filter((name) => name.endsWith('.json'))) {
    const { certificatePem } = JSON.parse(await readFile(file, 'utf8')) as { certificatePem?: string };
    const fix = `Remove ${file} and start again: a new one is made`;
    if (certificatePem) checks.push(checkExpiry('Certificate', file, certificatePem, now, fix));
  }
  return checks.filter(({ state }) => state !== 'ok');
}

async function checkPair(
  name: string,
  keyFile: string | undefined,
  certificateFile: string | undefined,
  now: Date,
): Promise<Check[]> {
  if (!keyFile || !certificateFile) return [];
  const [key, certificate] = await Promise.all(
    [keyFile, certificateFile].map((file) => readFile(file, 'utf8')),
  );
  const checks = [
    checkExpiry(
      name,
      certificateFile,
      certificate!,
      now,
      `Order a new one before that and set it in ${certificateFile}`,
    ),
  ];
  if (!belongTogether(key!, certificate!)) {
    checks.push(
      failed(name, `${keyFile} is not the key of ${certificateFile}`, 'Set the two files of one pair'),
    );
  }
  const { mode } = await stat(keyFile);
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
    checks.push(failed(name, `${keyFile} is readable by other users`, `chmod 600 ${keyFile}`));
  }
  return checks;
}

function belongTogether(keyPem: string, certificatePem: string): boolean {
  const own = createPublicKey(createPrivateKey(keyPem));
  return own.equals(new X509Certificate(certificatePem).publicKey);
}

function checkExpiry(name: string, file: string, pem: string, now: Date, fix: string): Check {
  const { notAfter } = certificateInfo(pem);
  const days = Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
  const detail = `${file}: ${days < 0 ? 'expired' : `expires in ${days} days`} (${notAfter.toISOString().slice(0, 10)})`;
  if (days < 0) return failed(name, detail, fix);
  return days < SOON_DAYS ? warning(name, detail, fix) : ok(name, detail);
}
