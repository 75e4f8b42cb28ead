import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createSelfSigned, type SelfSigned } from '@grunnmur/kernel/crypto';
import { DAY_MS } from '@grunnmur/kernel/time';
import { newDemoMasterKey } from './master-keys.ts';

/** A demonstration's own master key, made at its first start. Production is given one and never comes here. */
export async function demoMasterKey(dataDir: string): Promise<Buffer> {
  await keepOutOfGit(dataDir);
  const text = await readOrMake(join(dataDir, 'keys', 'master.key'), async () =>
    newDemoMasterKey().toString('base64'),
  );
  return Buffer.from(text.trim(), 'base64');
}

/** A demonstration's own self-signed key pair, e.g. the platform's or a simulated mailbox supplier's. */
export async function demoKeyPair(
  dataDir: string,
  name: string,
  organisationNumber: string,
  now: Date,
): Promise<SelfSigned> {
  const text = await demoSecret(dataDir, name, async () => {
    const pair = await createSelfSigned({
      commonName: `Grunnmur demonstrasjon ${name}`,
      organisationNumber,
      notBefore: new Date(now.getTime() - DAY_MS),
      notAfter: new Date(now.getTime() + 3650 * DAY_MS),
    });
    return JSON.stringify(pair);
  });
  return JSON.parse(text) as SelfSigned;
}

/** Some other secret of a demonstration, as text, made at its first start. */
export function demoSecret(dataDir: string, name: string, make: () => Promise<string>): Promise<string> {
  return readOrMake(join(dataDir, 'keys', `${name}.json`), make);
}

/** Whatever a data folder inside a checkout is called: it holds private keys, which nobody means to commit. */
async function keepOutOfGit(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, '.gitignore'), '*\n', { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
}

/** Two processes that start at once on the same folder both end with what the first one made. */
async function readOrMake(path: string, make: () => Promise<string>): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known) return known;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, await make(), { mode: 0o600, flush: true });
  await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(temporary);
  return readFile(path, 'utf8');
}

/** Writes a file that only we can read, whole or not at all. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}
