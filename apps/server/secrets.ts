import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSelfSigned, type SelfSigned } from '@grunnmur/kernel/crypto';
import { DAY_MS } from '@grunnmur/kernel/time';

/** A demonstration's own master key, made at its first start. Production is given one and never comes here. */
export async function demoMasterKey(dataDir: string): Promise<Buffer> {
  const text = await readOrMake(join(dataDir, 'keys', 'master.key'), async () =>
    randomBytes(32).toString('base64'),
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
  const text = await readOrMake(join(dataDir, 'keys', `${name}.json`), async () => {
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

async function readOrMake(path: string, make: () => Promise<string>): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known) return known;
  const made = await make();
  await writePrivate(path, made);
  return made;
}

/** Writes a file that only we can read, whole or not at all. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}
