import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessRoom } from '@grunnmur/access/room';
import { isSyntheticOrgnr } from '@grunnmur/registers';
import type { Assembly } from './assembly.ts';
import { ConfigError } from './config-error.ts';
import type { Environment } from './settings.ts';

/** Every certificate that a demonstration makes for itself bears this in its subject. */
const DEMO_SUBJECT = /^CN=Grunnmur demo/m;

/** Keys of a demonstration among the settings of production: everybody who has tried it may know them. */
export function demoKeyFaults(env: Environment): string[] {
  const faults: string[] = [];
  for (const name of ['PLATFORM_CERTIFICATE_FILE', 'MASKINPORTEN_CERTIFICATE_FILE'] as const) {
    const subject = env[name] && subjectOf(env[name]);
    if (subject && DEMO_SUBJECT.test(subject)) faults.push(`${name}: is the certificate of a demonstration`);
  }
  const demoKey = readText(join(env.GRUNNMUR_DATA, 'keys', 'master.key'))?.trim();
  if (env.MASTER_KEY && env.MASTER_KEY === demoKey) faults.push('MASTER_KEY: is the key of a demonstration');
  return faults;
}

/** Throws {@link ConfigError} when the database holds a demonstration: its logins are known to everybody. */
export async function refuseDemoData({ systemCtx }: Assembly, { access }: AccessRoom): Promise<void> {
  const organisations = await access.listOrganisations(systemCtx);
  if (organisations.some(({ orgnr }) => isSyntheticOrgnr(orgnr)))
    throw new ConfigError(['DATABASE_URL: the database holds a demonstration (an invented organisation)']);
}

function subjectOf(path: string): string | undefined {
  try {
    return new X509Certificate(readFileSync(path)).subject;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
