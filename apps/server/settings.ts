import {
  choice,
  flag,
  form,
  port,
  type RoomSettings,
  type SettingSchema,
  text,
  textWithDefault,
  url,
  whole,
} from '@grunnmur/kernel/room';
import { type Static, Type } from 'typebox';
import { ROOMS } from './rooms.ts';

const installation = Type.Object({
  GRUNNMUR_MODE: choice(['demonstration', 'production'], 'demonstration', {
    doc: 'demonstration: invented people, simulated services, keys made on the spot. production: none of these, ever.',
  }),
  ROLE: choice(['all', 'web', 'worker'], 'all', {
    doc: 'all: everything in one process. web: answers calls. worker: delivers letters. web and worker need DATABASE_URL.',
  }),
  PORT: whole(3000, 0, 65_535, { doc: '0 takes any free port.' }),
  HOST: text({
    doc: 'Address to listen on. Default 127.0.0.1 in a demonstration, which has logins for everybody, and 0.0.0.0 in production.',
    example: '127.0.0.1',
  }),
  PUBLIC_URL: url({
    doc: 'Address that people and systems use, without a path; https in production. Default http://127.0.0.1:<PORT>.',
    example: 'https://grunnmur.example.no',
    production: true,
  }),
  TRUST_PROXY: flag(false, {
    doc: "true behind a reverse proxy of your own: callers' addresses and https are then taken from X-Forwarded-*.",
  }),
  METRICS_HOST: textWithDefault('127.0.0.1', {
    doc: 'Where /metrics and detailed health are, for Prometheus and the operator: never at the public address in production.',
  }),
  METRICS_PORT: port({
    doc: 'Default 9464 in production, and 9465 with ROLE=worker; 0 takes any free one. Without it a demonstration has them at its own address.',
    example: '9464',
  }),
  GRUNNMUR_DATA: textWithDefault('./data', {
    doc: 'Folder of the embedded database, documents, demonstration keys and temporary files.',
  }),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'warn', {
    doc: 'fatal, error, warn, info, debug or silent. No level writes personal data.',
  }),
  OPERATOR_NAME: text({
    doc: 'Who runs the installation. Shown on each page.',
    example: 'Eksempel kommune',
    production: true,
  }),
  OPERATOR_EMAIL: text({
    doc: 'Where people write about the installation. Shown on each page.',
    example: 'post@eksempel.example',
    production: true,
  }),
});

const database = Type.Object({
  DATABASE_URL: form('^postgres(ql)?://', {
    rule: 'must begin with postgres:// or postgresql://',
    doc: 'PostgreSQL 15 or newer. Without it an embedded one is started, with its data in GRUNNMUR_DATA.',
    example: 'postgres://grunnmur:password@127.0.0.1:5432/grunnmur',
    production: true,
  }),
  DATABASE_MIGRATION_URL: form('^postgres(ql)?://', {
    rule: 'must begin with postgres:// or postgresql://',
    doc: 'Owner of the tables, for migrations; default DATABASE_URL. Queries run under the role grunnmur_app whoever logs in.',
    example: 'postgres://grunnmur_owner:password@127.0.0.1:5432/grunnmur',
  }),
  DATABASE_POOL: whole(16, 2, 500, { doc: 'Most connections of this process.' }),
});

const secrets = Type.Object({
  MASTER_KEY: form('^[A-Za-z0-9+/]{43}=$', {
    rule: 'must be 32 bytes in base64 (make one with: openssl rand -base64 32)',
    doc: '32 bytes in base64 that seal everything stored. Make one with: openssl rand -base64 32. Without it, no document can be read again: keep a copy apart from the backups.',
    production: true,
  }),
  PLATFORM_KEY_FILE: text({
    doc: "The platform's own key (PEM): senders encrypt documents of level 4 for it.",
    example: '/etc/grunnmur/platform.key.pem',
    production: true,
    file: 'text',
  }),
  PLATFORM_CERTIFICATE_FILE: text({
    doc: 'The certificate of that key (PEM).',
    example: '/etc/grunnmur/platform.cert.pem',
    production: true,
    file: 'certificates',
  }),
});

const documents = Type.Object({
  STORAGE: choice(['disk', 's3'], 'disk', {
    doc: 'disk: below GRUNNMUR_DATA. s3: any S3, needed when several servers share the work.',
  }),
  S3_BUCKET: text({ doc: 'The next four with STORAGE=s3.', example: 'grunnmur' }),
  S3_REGION: textWithDefault('eu-north-1', { doc: 'Region of the bucket.' }),
  S3_ENDPOINT: url({ doc: "For other S3 than Amazon's.", example: 'https://s3.example.no' }),
  S3_ACCESS_KEY_ID: text({ doc: 'Who may read and write the bucket.' }),
  S3_SECRET_ACCESS_KEY: text({ doc: 'The secret of that key.' }),
});

const login = Type.Object({
  MASKINPORTEN_ISSUER: url({
    doc: 'Maskinporten: whose tokens we accept, and where our own client is for calls to registers and channels.',
    example: 'https://maskinporten.no/',
    production: true,
  }),
  MASKINPORTEN_TOKEN_ENDPOINT: url({
    doc: 'Where our own client asks for tokens.',
    example: 'https://maskinporten.no/token',
    production: true,
  }),
  MASKINPORTEN_CLIENT_ID: text({ doc: 'Our own client.', production: true }),
  MASKINPORTEN_KEY_FILE: text({
    doc: 'Private key of the client (PEM).',
    example: '/etc/grunnmur/maskinporten.key.pem',
    production: true,
    file: 'text',
  }),
  MASKINPORTEN_CERTIFICATE_FILE: text({
    doc: 'Business certificate of the client (PEM, leaf first), also used to sign letters to digital mailboxes.',
    example: '/etc/grunnmur/maskinporten.cert.pem',
    production: true,
    file: 'certificates',
  }),
  MASKINPORTEN_KEY_ID: text({
    doc: 'Id of a key registered at Maskinporten, for clients without a business certificate there.',
  }),
  IDPORTEN_ISSUER: url({
    doc: 'ID-porten: login of people at the portal.',
    example: 'https://idporten.no',
    production: true,
  }),
  IDPORTEN_CLIENT_ID: text({ doc: 'The client of the portal there.', production: true }),
  IDPORTEN_CLIENT_SECRET: text({ doc: 'The secret of that client.', production: true }),
});

const limits = Type.Object({
  RATE_LIMIT_PER_MINUTE: whole(0, 0, 10_000_000, {
    doc: 'Most calls per minute from one address; 0 for no limit.',
  }),
  UPLOAD_TIMEOUT_SECONDS: whole(900, 1, 86_400, { doc: 'Longest time for one upload.' }),
  UPLOAD_IDLE_SECONDS: whole(60, 1, 3_600, { doc: 'Longest silence within an upload.' }),
  HTTP_MAX_CONNECTIONS: whole(10_000, 16, 1_000_000, {
    doc: 'Most HTTP connections of one process; fewer when the process may not have that many open files (ulimit -n: a quarter is always kept for the work). At the limit a new one takes the place of one that waits on its client.',
  }),
  HTTP_MAX_CONNECTIONS_PER_ADDRESS: whole(5_000, 8, 1_000_000, {
    doc: "Most HTTP connections of one network address. Not used with TRUST_PROXY=true: then all connections are the proxy's.",
  }),
});

/** The host's own settings, by heading. */
const HOST_SETTINGS: readonly RoomSettings[] = [
  { title: 'What kind of installation', schema: installation },
  { title: 'Database', schema: database },
  { title: 'Secrets', schema: secrets },
  { title: 'Documents', schema: documents, faults: storageFaults },
  { title: 'Login of machines and people', schema: login },
  { title: 'Limits', schema: limits },
];

/** Every setting there is, in the order in which they are shown. */
export const SETTINGS: readonly RoomSettings[] = [
  ...HOST_SETTINGS,
  ...ROOMS.flatMap(({ settings }) => (settings ? [settings] : [])),
];

/** By environment variable. */
export const SETTING_SCHEMAS: Readonly<Record<string, SettingSchema>> = Object.assign(
  {},
  ...SETTINGS.map(({ schema }) => schema.properties),
);

/** What the host itself reads; a room reads its own through `RoomHost.settings`. */
export type Environment = Static<typeof installation> &
  Static<typeof database> &
  Static<typeof secrets> &
  Static<typeof documents> &
  Static<typeof login> &
  Static<typeof limits> &
  Readonly<Record<string, string | undefined>>;

function storageFaults(env: Readonly<Record<string, string | undefined>>): string[] {
  if (env.STORAGE !== 's3') return [];
  return ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']
    .filter((name) => !env[name])
    .map((name) => `${name}: required when STORAGE is s3`);
}
