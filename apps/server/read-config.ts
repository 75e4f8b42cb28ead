import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, type KeyPair, type SettingSchema } from '@grunnmur/kernel/room';
import { Value } from 'typebox/value';
import { productionFaults } from './production-faults.ts';
import { type Environment, SETTING_SCHEMAS, SETTINGS } from './settings.ts';

export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface OperationsConfig {
  readonly host: string;
  readonly port: number;
  /** Asked for by name; a default that is taken stops nobody. */
  readonly chosen: boolean;
}

/** What the program is told from outside, checked and typed. */
export interface Config extends Pick<Environment, 'ROLE' | 'LOG_LEVEL'> {
  readonly demonstration: boolean;
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  /** Where the operator's own listener is; undefined: metrics are at the main address, as a demonstration has them. */
  readonly operations: OperationsConfig | undefined;
  readonly trustProxy: boolean;
  readonly dataDir: string;
  readonly ratePerMinute: number;
  readonly databaseUrl: string | undefined;
  readonly migrationUrl: string | undefined;
  readonly databasePool: number;
  /** Undefined in a demonstration that has not made one yet. */
  readonly masterKey: Buffer | undefined;
  readonly platformKeys: KeyPair | undefined;
  readonly s3: S3Config | undefined;
  readonly env: Environment;
}

export { ConfigError } from '@grunnmur/kernel/room';

/** Reads all settings; throws {@link ConfigError} that names every variable and its rule. */
export function readConfig(source: Readonly<Record<string, string | undefined>>): Config {
  const env = Object.fromEntries(
    Object.entries(SETTING_SCHEMAS).flatMap(([name, schema]) => {
      const value = source[name] || schema.default;
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Environment;
  const faults = formFaults(env);
  if (faults.length === 0) faults.push(...meaningFaults(env));
  if (faults.length > 0) throw new ConfigError(faults);
  const demonstration = env.GRUNNMUR_MODE === 'demonstration';
  return {
    ROLE: env.ROLE,
    LOG_LEVEL: env.LOG_LEVEL,
    demonstration,
    port: Number(env.PORT),
    // A demonstration has logins for everybody: it is not offered to the network unless asked for.
    host: env.HOST ?? (demonstration ? '127.0.0.1' : '0.0.0.0'),
    publicUrl: env.PUBLIC_URL?.replace(/\/$/, ''),
    operations: readOperations(env, demonstration),
    trustProxy: env.TRUST_PROXY === 'true',
    dataDir: resolve(env.GRUNNMUR_DATA),
    ratePerMinute: Number(env.RATE_LIMIT_PER_MINUTE),
    databaseUrl: env.DATABASE_URL,
    migrationUrl: env.DATABASE_MIGRATION_URL ?? env.DATABASE_URL,
    databasePool: Number(env.DATABASE_POOL),
    masterKey: env.MASTER_KEY ? Buffer.from(env.MASTER_KEY, 'base64') : undefined,
    platformKeys: readKeys(env),
    s3: readS3(env),
    env,
  };
}

/** What is wrong with each value by itself. */
function formFaults(env: Environment): string[] {
  return Object.entries(SETTING_SCHEMAS).flatMap(([name, schema]) => {
    const value = env[name];
    if (value === undefined) return [];
    const rule = Value.Check(schema, value) ? brokenRange(schema, Number(value)) : ruleOf(schema);
    return rule ? [`${name}: ${rule}`] : [];
  });
}

function brokenRange({ least, most }: SettingSchema, value: number): string | undefined {
  return least !== undefined && most !== undefined && (value < least || value > most)
    ? `must be from ${least} to ${most}`
    : undefined;
}

function ruleOf({ enum: words, least, notes }: SettingSchema): string {
  if (words) return `must be one of ${words.join(', ')}`;
  return notes.rule ?? (least === undefined ? 'is not valid' : 'must be a whole number');
}

function meaningFaults(env: Environment): string[] {
  const mode = env.GRUNNMUR_MODE;
  const faults = mode === 'production' ? productionFaults(env) : [];
  for (const settings of SETTINGS) faults.push(...(settings.faults?.(env, mode) ?? []));
  if (env.ROLE !== 'all' && !env.DATABASE_URL)
    faults.push('DATABASE_URL: required when ROLE is web or worker');
  for (const [name, { notes }] of Object.entries(SETTING_SCHEMAS))
    if (notes.file && env[name] && readText(env[name]) === undefined) faults.push(`${name}: cannot be read`);
  return faults;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readOperations(env: Environment, demonstration: boolean): OperationsConfig | undefined {
  const { METRICS_HOST: host, METRICS_PORT: port } = env;
  if (port !== undefined) return { host, port: Number(port), chosen: true };
  if (demonstration) return undefined;
  return { host, port: env.ROLE === 'worker' ? 9465 : 9464, chosen: false };
}

function readKeys(env: Environment): KeyPair | undefined {
  const { PLATFORM_KEY_FILE: key, PLATFORM_CERTIFICATE_FILE: certificate } = env;
  return key && certificate
    ? { privateKeyPem: readText(key)!, certificatePem: readText(certificate)! }
    : undefined;
}

function readS3(env: Environment): S3Config | undefined {
  if (env.STORAGE !== 's3') return undefined;
  return {
    bucket: env.S3_BUCKET!,
    region: env.S3_REGION,
    endpoint: env.S3_ENDPOINT,
    accessKeyId: env.S3_ACCESS_KEY_ID!,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY!,
  };
}
