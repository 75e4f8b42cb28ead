import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessRoom } from '@grunnmur/access/create';
import { DEMONSTRATION_MARK, issuerMetadata } from '@grunnmur/kernel/auth';
import { isSyntheticOrgnr } from '@grunnmur/registers';
import type { Assembly } from './assembly.ts';
import { ConfigError } from './config-error.ts';
import { isDemoMasterKey } from './master-keys.ts';
import { certificatesIn } from './pem.ts';
import type { Environment } from './settings.ts';

/** Every certificate that a demonstration makes for itself bears this in its subject, and its authority's in its issuer. */
const DEMO_NAME = /^CN=Grunnmur demo/m;
/** Where a demonstration has the page on which anybody logs in as anybody. */
const DEMO_LOGIN = /\/idporten\/?$/;
const CERTIFICATE_FILES = [
  'PLATFORM_CERTIFICATE_FILE',
  'MASKINPORTEN_CERTIFICATE_FILE',
  'AMQP_TLS_CERTIFICATE_FILE',
  'DPI_TRUSTED_CERTIFICATES_FILE',
] as const;

/**
 * What belongs to a demonstration among the settings of production, this one's or any other's: everybody who has tried it
 * may know its keys and log in at its issuers.
 */
export function demoFaults(env: Environment): string[] {
  const faults: string[] = CERTIFICATE_FILES.flatMap((name) =>
    env[name] && holdsDemoCertificate(env[name]) ? [`${name}: is the certificate of a demonstration`] : [],
  );
  if (env.IDPORTEN_ISSUER && DEMO_LOGIN.test(env.IDPORTEN_ISSUER))
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

/** Throws {@link ConfigError} when the database holds a demonstration: its logins are known to everybody. */
export async function refuseDemoData({ systemCtx }: Assembly, { access }: AccessRoom): Promise<void> {
  const organisations = await access.listOrganisations(systemCtx);
  if (organisations.some(({ orgnr }) => isSyntheticOrgnr(orgnr)))
    throw new ConfigError(['DATABASE_URL: the database holds a demonstration (an invented organisation)']);
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
