import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Value } from 'typebox/value';
import { ConfigError } from './config-error.ts';
import { productionFaults } from './production-faults.ts';
import { Environment } from './settings.ts';

export { ConfigError } from './config-error.ts';

export interface KeyPair {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Ports of the AMQP face; 0: any free one, undefined: no such listener. With `broker`: RabbitMQ's, for clients to see. */
export interface AmqpConfig {
  /** Where RabbitMQ is, when it is the broker: then nothing is listened for here. */
  readonly broker: URL | undefined;
  readonly plainPort: number | undefined;
  readonly tlsPort: number | undefined;
  /** Undefined in a demonstration, which makes its own. */
  readonly tls: KeyPair | undefined;
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
  readonly amqp: AmqpConfig;
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
  readonly builtInIssuer: boolean;
  readonly env: Environment;
}

/** Reads all settings; throws {@link ConfigError} that names every variable and its rule. */
export function readConfig(source: Readonly<Record<string, string | undefined>>): Config {
  const names = Object.keys(Environment.properties);
  const given = Object.fromEntries(names.filter((name) => source[name]).map((name) => [name, source[name]]));
  const env = Value.Default(Environment, given) as Environment;
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
    amqp: readAmqp(env, demonstration),
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
    builtInIssuer: env.BUILT_IN_ISSUER ? env.BUILT_IN_ISSUER === 'true' : demonstration,
    env,
  };
}

/** Each on its own: the validator stops after eight faults of one object. */
function formFaults(env: Environment): string[] {
  return Object.entries(Environment.properties).flatMap(([name, schema]) => {
    const value = env[name as keyof Environment];
    if (value === undefined) return [];
    const rule = Value.Check(schema, value) ? brokenRange(schema as Range, Number(value)) : ruleOf(name);
    return rule ? [`${name}: ${rule}`] : [];
  });
}

interface Range {
  readonly 'x-minimum'?: number;
  readonly 'x-maximum'?: number;
}

function brokenRange({ 'x-minimum': min, 'x-maximum': max }: Range, value: number): string | undefined {
  return min !== undefined && max !== undefined && (value < min || value > max)
    ? `must be from ${min} to ${max}`
    : undefined;
}

const BROKER_RULES: Readonly<Record<string, string>> = {
  EXCHANGE_BROKER: 'must be amqp://user:password@host:port/vhost, or amqps://',
  EXCHANGE_BROKER_MANAGEMENT: 'must be http://user:password@host:port, or https://',
  EXCHANGE_BROKER_PEERS: 'must be addresses or networks, separated by commas',
};

function ruleOf(name: string): string {
  const schema = (
    Environment.properties as Record<string, { pattern?: string; anyOf?: { const: string }[] }>
  )[name];
  if (schema?.anyOf) return `must be one of ${schema.anyOf.map((choice) => choice.const).join(', ')}`;
  if (name === 'MASTER_KEY') return 'must be 32 bytes in base64 (make one with: openssl rand -base64 32)';
  if (name.startsWith('EXCHANGE_BROKER')) return BROKER_RULES[name] ?? 'is not valid';
  if (schema?.pattern?.startsWith('^https?')) return 'must be an http or https address';
  if (schema?.pattern?.startsWith('^postgres')) return 'must begin with postgres:// or postgresql://';
  return schema?.pattern === '^\\d+$' ? 'must be a whole number' : 'is not valid';
}

function meaningFaults(env: Environment): string[] {
  const faults: string[] = [];
  if (env.GRUNNMUR_MODE === 'production') faults.push(...productionFaults(env));
  if (env.STORAGE === 's3') {
    for (const name of ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const) {
      if (!env[name]) faults.push(`${name}: required when STORAGE is s3`);
    }
  }
  if (Boolean(env.AMQP_TLS_KEY_FILE) !== Boolean(env.AMQP_TLS_CERTIFICATE_FILE))
    faults.push('AMQP_TLS_KEY_FILE: this and AMQP_TLS_CERTIFICATE_FILE belong together');
  if (Boolean(env.EXCHANGE_BROKER) !== Boolean(env.EXCHANGE_BROKER_MANAGEMENT))
    faults.push('EXCHANGE_BROKER: this and EXCHANGE_BROKER_MANAGEMENT belong together');
  const ownTls = env.GRUNNMUR_MODE === 'production' && !env.EXCHANGE_BROKER;
  if (env.AMQPS_PORT && ownTls && !env.AMQP_TLS_KEY_FILE)
    faults.push('AMQPS_PORT: needs AMQP_TLS_KEY_FILE and AMQP_TLS_CERTIFICATE_FILE in production');
  if (env.AMQP_PORT && env.AMQP_PORT !== '0' && env.AMQP_PORT === env.AMQPS_PORT)
    faults.push('AMQPS_PORT: must be another than AMQP_PORT');
  if (env.ROLE !== 'all' && !env.DATABASE_URL)
    faults.push('DATABASE_URL: required when ROLE is web or worker');
  for (const name of [
    'PLATFORM_KEY_FILE',
    'PLATFORM_CERTIFICATE_FILE',
    'AMQP_TLS_KEY_FILE',
    'AMQP_TLS_CERTIFICATE_FILE',
    'MASKINPORTEN_KEY_FILE',
    'MASKINPORTEN_CERTIFICATE_FILE',
    'DPI_TRUSTED_CERTIFICATES_FILE',
  ] as const) {
    if (env[name] && readText(env[name]) === undefined) faults.push(`${name}: cannot be read`);
  }
  return faults;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readAmqp(env: Environment, demonstration: boolean): AmqpConfig {
  const { AMQP_TLS_KEY_FILE: key, AMQP_TLS_CERTIFICATE_FILE: certificate } = env;
  const tls =
    key && certificate
      ? { privateKeyPem: readText(key)!, certificatePem: readText(certificate)! }
      : undefined;
  const broker = env.EXCHANGE_BROKER ? new URL(env.EXCHANGE_BROKER) : undefined;
  if (broker) {
    const own = (protocol: string) =>
      broker.protocol === protocol ? Number(broker.port || (protocol === 'amqps:' ? 5671 : 5672)) : undefined;
    const shown = (given: string | undefined, protocol: string) => (given ? Number(given) : own(protocol));
    return {
      broker,
      tls,
      plainPort: shown(env.AMQP_PORT, 'amqp:'),
      tlsPort: shown(env.AMQPS_PORT, 'amqps:'),
    };
  }
  const port = (given: string | undefined, fallback: number, wanted: boolean) => {
    if (given !== undefined) return Number(given);
    if (!wanted) return undefined;
    return env.PORT === '0' ? 0 : fallback;
  };
  return {
    broker,
    tls,
    plainPort: port(env.AMQP_PORT, 5672, demonstration),
    tlsPort: port(env.AMQPS_PORT, 5671, demonstration || tls !== undefined),
  };
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
