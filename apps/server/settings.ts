import { type Static, Type } from 'typebox';

const Flag = (fallback: boolean) =>
  Type.Union([Type.Literal('true'), Type.Literal('false')], { default: String(fallback) });
const Url = Type.String({ pattern: '^https?://[^\\s/]+(/\\S*)?$' });
const Text = Type.String({ minLength: 1 });
const Whole = (fallback: number, minimum: number, maximum: number) =>
  Type.String({ pattern: '^\\d+$', default: String(fallback), 'x-minimum': minimum, 'x-maximum': maximum });
const Port = Type.String({ pattern: '^\\d+$', 'x-minimum': 0, 'x-maximum': 65_535 });

/**
 * Every setting, by its environment variable. `.env.example` documents each; a test keeps the two alike. Secrets have
 * no default: a demonstration makes its own below the data folder, production refuses to start without them.
 */
export const Environment = Type.Object({
  GRUNNMUR_MODE: Type.Union([Type.Literal('demonstration'), Type.Literal('production')], {
    default: 'demonstration',
  }),
  ROLE: Type.Union([Type.Literal('all'), Type.Literal('web'), Type.Literal('worker')], { default: 'all' }),
  PORT: Whole(3000, 0, 65_535),
  HOST: Type.Optional(Text),
  PUBLIC_URL: Type.Optional(Url),
  TRUST_PROXY: Flag(false),
  GRUNNMUR_DATA: Type.String({ minLength: 1, default: './data' }),
  METRICS_HOST: Type.String({ minLength: 1, default: '127.0.0.1' }),
  METRICS_PORT: Type.Optional(Port),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'].map((level) => Type.Literal(level)),
    { default: 'warn' },
  ),
  RATE_LIMIT_PER_MINUTE: Whole(0, 0, 10_000_000),

  AMQP_PORT: Type.Optional(Port),
  AMQPS_PORT: Type.Optional(Port),
  AMQP_TLS_KEY_FILE: Type.Optional(Text),
  AMQP_TLS_CERTIFICATE_FILE: Type.Optional(Text),

  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  DATABASE_MIGRATION_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  DATABASE_POOL: Whole(16, 2, 500),

  MASTER_KEY: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' })),
  PLATFORM_KEY_FILE: Type.Optional(Text),
  PLATFORM_CERTIFICATE_FILE: Type.Optional(Text),

  STORAGE: Type.Union([Type.Literal('disk'), Type.Literal('s3')], { default: 'disk' }),
  S3_BUCKET: Type.Optional(Text),
  S3_REGION: Type.String({ minLength: 1, default: 'eu-north-1' }),
  S3_ENDPOINT: Type.Optional(Url),
  S3_ACCESS_KEY_ID: Type.Optional(Text),
  S3_SECRET_ACCESS_KEY: Type.Optional(Text),

  BUILT_IN_ISSUER: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  MASKINPORTEN_ISSUER: Type.Optional(Url),
  MASKINPORTEN_TOKEN_ENDPOINT: Type.Optional(Url),
  MASKINPORTEN_CLIENT_ID: Type.Optional(Text),
  MASKINPORTEN_KEY_FILE: Type.Optional(Text),
  MASKINPORTEN_CERTIFICATE_FILE: Type.Optional(Text),
  MASKINPORTEN_KEY_ID: Type.Optional(Text),
  IDPORTEN_ISSUER: Type.Optional(Url),
  IDPORTEN_CLIENT_ID: Type.Optional(Text),
  IDPORTEN_CLIENT_SECRET: Type.Optional(Text),

  KRR_URL: Type.Optional(Url),
  ENHETSREGISTERET_URL: Type.Optional(Url),
  FOLKEREGISTERET_URL: Type.Optional(Url),
  ALTINN_URL: Type.Optional(Url),
  ALTINN_RESOURCE: Type.String({ minLength: 1, default: 'grunnmur-brev' }),
  ALTINN_RESOURCE_CONFIDENTIAL: Type.String({ minLength: 1, default: 'grunnmur-taushetsbelagt-brev' }),
  DPI_URL: Type.Optional(Url),
  DPI_TRUSTED_CERTIFICATES_FILE: Type.Optional(Text),
  PRINT_URL: Type.Optional(Url),
  PRINT_MAX_SHEETS: Whole(10_000, 1, 10_000),
  PRINT_MIN_SIDE_MM: Whole(5, 1, 200),
  PRINT_MAX_SIDE_MM: Whole(3_000, 300, 5_000),

  MAX_PRINTABLE_MB: Whole(350, 1, 100_000),
  MAX_DIGITAL_MB: Whole(5_000, 1, 1_000_000),
  UPLOAD_TIMEOUT_SECONDS: Whole(900, 1, 86_400),
  UPLOAD_IDLE_SECONDS: Whole(60, 1, 3_600),
  DUPLICATE_WINDOW_HOURS: Whole(24, 0, 8_760),
  RETENTION_MONTHS: Whole(3, 1, 1_200),
  PDF_WORKERS: Whole(2, 1, 64),
  EXCHANGE_BROKER: Type.Optional(Type.String({ pattern: '^amqps?://[^\\s@]+:[^\\s@]+@[^\\s@]+$' })),
  EXCHANGE_BROKER_MANAGEMENT: Type.Optional(
    Type.String({ pattern: '^https?://[^\\s@]+:[^\\s@]+@[^\\s@]+$' }),
  ),
  EXCHANGE_BROKER_PEERS: Type.String({ pattern: '^[0-9A-Fa-f:.,/ ]+$', default: '127.0.0.1,::1' }),
  EXCHANGE_BROKER_STATISTICS_SECONDS: Whole(5, 1, 60),
  EXCHANGE_INLINE_MAX_BYTES: Whole(32_768, 0, 1_048_576),
  EXCHANGE_DOCUMENT_OVER_BYTES: Whole(5_242_880, 1_024, 60_000_000),
  EXCHANGE_LEASE_SECONDS: Whole(20, 2, 3_600),
  EXCHANGE_SCHEMAS_DIR: Type.Optional(Text),
  EXCHANGE_VALIDATOR_KONTOER: Type.Optional(
    Type.String({ pattern: '^[0-9a-f-]{36}([\\s,]+[0-9a-f-]{36})*$' }),
  ),
  HTTP_MAX_CONNECTIONS: Whole(10_000, 16, 1_000_000),
  HTTP_MAX_CONNECTIONS_PER_ADDRESS: Whole(5_000, 8, 1_000_000),
  AMQP_MAX_CONNECTIONS: Whole(5_000, 1, 100_000),
  AMQP_MAX_CONNECTIONS_PER_ADDRESS: Whole(2_500, 1, 100_000),

  OPERATOR_NAME: Type.Optional(Text),
  OPERATOR_EMAIL: Type.Optional(Text),
  DEMO_LETTERS: Flag(true),
  DEMO_PRINT_DELAY_SECONDS: Whole(2, 0, 86_400),
});
export type Environment = Static<typeof Environment>;
