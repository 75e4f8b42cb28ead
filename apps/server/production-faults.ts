import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isGuessable } from './master-keys.ts';
import { pathOfAddress } from './path-of-address.ts';
import { demoFaults } from './refuse-demonstration.ts';
import { type Environment, SETTING_SCHEMAS } from './settings.ts';

/**
 * Everything that keeps production from starting: what is missing, simulated, unencrypted or guessable. No simulator, demo key
 * or made-up secret ever stands in for a setting.
 */
export function productionFaults(env: Environment): string[] {
  const faults: string[] = [];
  for (const [name, { notes }] of Object.entries(SETTING_SCHEMAS)) {
    const value = env[name];
    if (!notes.production) continue;
    if (!value) faults.push(`${name}: required in production`);
    else if (/\/simulator(\/|$)/.test(pathOfAddress(value))) faults.push(`${name}: points to a simulator`);
    else if (/^http:/.test(value)) faults.push(`${name}: must be https in production`);
  }
  if (env.MASTER_KEY && isGuessable(env.MASTER_KEY)) {
    faults.push('MASTER_KEY: is not random (make one with: openssl rand -base64 32)');
  }
  faults.push(...pairFaults(env, 'PLATFORM'), ...pairFaults(env, 'MASKINPORTEN'), ...demoFaults(env));
  return faults;
}

/** The certificate must be the key's own; a file that cannot be read is reported elsewhere. */
function pairFaults(env: Environment, whose: 'PLATFORM' | 'MASKINPORTEN'): string[] {
  const key = read(env[`${whose}_KEY_FILE`]);
  const certificate = read(env[`${whose}_CERTIFICATE_FILE`]);
  if (key === undefined || certificate === undefined) return [];
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return [];
    return [`${whose}_CERTIFICATE_FILE: is not the certificate of ${whose}_KEY_FILE`];
  } catch {
    return [`${whose}_CERTIFICATE_FILE: this and ${whose}_KEY_FILE must be PEM files`];
  }
}

function read(path: string | undefined): string | undefined {
  try {
    return path && readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
