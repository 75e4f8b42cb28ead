import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMONSTRATION_MARK, issuerMetadata } from '@grunnmur/kernel/auth';
import { certificatesIn } from '@grunnmur/kernel/crypto';
import { ConfigError } from '@grunnmur/kernel/room';
import type { Assembly } from './assembly.ts';
import { isDemoMasterKey } from './master-keys.ts';
import { pathOfAddress } from './path-of-address.ts';
import { type Environment, SETTING_SCHEMAS } from './settings.ts';

/** Every certificate that a demonstration makes for itself bears this in its subject, and its authority's in its issuer. */
const DEMO_NAME = /^CN=Grunnmur demo/m;
/** Where a demonstration has the page on which anybody logs in as anybody. */
const DEMO_LOGIN = /\/idporten\/?$/;
/**
 * What belongs to a demonstration among the settings of production, this one's or any other's: everybody who has tried it
 * may know its keys and log in at its issuers.
 */
export function demoFaults(env: Environment): string[] {
  const faults: string[] = Object.entries(SETTING_SCHEMAS).flatMap(([name, { notes }]) => {
    const path = notes.file === 'certificates' ? env[name] : undefined;
    return path && holdsDemoCertificate(path) ? [`${name}: is the certificate of a demonstration`] : [];
  });
  if (env.IDPORTEN_ISSUER && DEMO_LOGIN.test(pathOfAddress(env.IDPORTEN_ISSUER)))
    faults.push('IDPORTEN_ISSUER: is the login of a demonstration, where anybody is anybody');
  if (env.MASTER_KEY && (isDemoMasterKey(Buffer.from(env.MASTER_KEY, 'base64')) || isKeyInFolder(env)))
    faults.push('MASTER_KEY: is the key of a demonstration');
  return faults;
}

/**
 * Asks the issuers of the settings whether they are a demonstration's; throws {@link ConfigError} when one says so. One that
 * does not answer now is asked again whenever it is used: the portal and the token verifier look for the same mark.
 */
export async function refuseDemoIssuers({ config, log }: Assembly): Promise<void> {
  const { MASKINPORTEN_ISSUER, IDPORTEN_ISSUER } = config.env;
  const asked = [
    ['MASKINPORTEN_ISSUER', MASKINPORTEN_ISSUER, 'oauth-authorization-server'],
    ['IDPORTEN_ISSUER', IDPORTEN_ISSUER, 'openid-configuration'],
  ] as const;
  const faults = await Promise.all(
    asked.map(async ([name, issuer, kind]) => {
      if (!issuer) return [];
      const metadata = await issuerMetadata(issuer, kind).catch((error: unknown) => {
        log.warn({ err: error, setting: name }, 'the issuer does not answer now');
        return {};
      });
      return DEMONSTRATION_MARK in metadata ? [`${name}: is the issuer of a demonstration`] : [];
    }),
  );
  if (faults.flat().length > 0) throw new ConfigError(faults.flat());
}

function holdsDemoCertificate(path: string): boolean {
  return certificatesIn(readText(path) ?? '').some((pem) => {
    try {
      const { subject, issuer } = new X509Certificate(pem);
      return DEMO_NAME.test(subject) || DEMO_NAME.test(issuer);
    } catch {
      return false;
    }
  });
}

/** Keys made before they had a mark. */
function isKeyInFolder(env: Environment): boolean {
  return env.MASTER_KEY === readText(join(env.GRUNNMUR_DATA, 'keys', 'master.key'))?.trim();
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
