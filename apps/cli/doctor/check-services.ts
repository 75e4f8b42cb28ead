import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMaskinportenClient } from '@grunnmur/kernel/auth';
import { createS3Store, memoryKeyRing } from '@grunnmur/kernel/storage';
import type { Config } from '@grunnmur/server/config';
import { SETTING_SCHEMAS } from '@grunnmur/server/settings';
import type { Io } from '../io.ts';
import { reasonOf } from '../send/fetch-answer.ts';
import { type Check, failed, guarded, ok } from './check.ts';

const TIMEOUT_MS = 5_000;

export interface SeenClock {
  readonly name: string;
  readonly now: Date;
  readonly at: Date;
}

/** Registers and channels; any answer shows that the way is open, for most of them want more than a look. */
const SERVICES = Object.entries(SETTING_SCHEMAS).flatMap(([name, { notes }]) =>
  notes.service ? [name] : [],
);
const ISSUERS = [
  ['MASKINPORTEN_ISSUER', '.well-known/oauth-authorization-server'],
  ['IDPORTEN_ISSUER', '.well-known/openid-configuration'],
] as const;

/** Whether everything outside that the settings name can be reached. In a demonstration that is nothing. */
export async function checkServices(
  io: Io,
  config: Config,
): Promise<{ checks: Check[]; clocks: SeenClock[] }> {
  const { env } = config;
  const clocks: SeenClock[] = [];
  const checks: Promise<Check[]>[] = [];
  for (const name of SERVICES) {
    const url = env[name];
    if (url) checks.push(guarded(name, unreachableFix(name), () => reach(io, name, url, clocks)));
  }
  for (const [name, path] of ISSUERS) {
    const issuer = env[name];
    const url = issuer && `${issuer.replace(/\/?$/, '/')}${path}`;
    if (url) checks.push(guarded(name, unreachableFix(name), () => reach(io, name, url, clocks, true)));
  }
  if (env.MASKINPORTEN_TOKEN_ENDPOINT)
    checks.push(guarded('Maskinporten token', TOKEN_FIX, () => fetchToken(io, config)));
  if (config.s3) checks.push(guarded('Object storage', S3_FIX, () => listBucket(config)));
  const found = (await Promise.all(checks)).flat();
  if (found.length === 0) found.push(ok('Outside services', 'simulated: nothing outside is needed'));
  return { checks: found, clocks };
}

const TOKEN_FIX =
  'Check MASKINPORTEN_CLIENT_ID, MASKINPORTEN_KEY_FILE and MASKINPORTEN_CERTIFICATE_FILE or MASKINPORTEN_KEY_ID, and that the client has the scope';
const S3_FIX = 'Check S3_BUCKET, S3_REGION, S3_ENDPOINT and the two S3 keys';

function unreachableFix(name: string): string {
  return `Open the firewall for it, or correct ${name}`;
}

async function reach(
  io: Io,
  name: string,
  url: string,
  clocks: SeenClock[],
  mustBeOk = false,
): Promise<Check> {
  const { host } = new URL(url);
  const answer = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.any([io.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((error: unknown) => reasonOf(error));
  if (typeof answer === 'string')
    return failed(name, `${host} does not answer (${answer})`, unreachableFix(name));
  await answer.body?.cancel();
  const date = new Date(answer.headers.get('date') ?? Number.NaN);
  if (!Number.isNaN(date.getTime())) clocks.push({ name: host, now: date, at: io.now() });
  if (answer.status >= 500 || (mustBeOk && !answer.ok)) {
    return failed(
      name,
      `${host} answers ${answer.status}`,
      mustBeOk ? `Correct ${name}` : `Wait, or correct ${name}`,
    );
  }
  return ok(name, `${host} answers`);
}

/** The whole way: our key is registered, our clock is right, the scope is granted. */
async function fetchToken(io: Io, { env }: Config): Promise<Check> {
  const privateKeyPem = await readFile(env.MASKINPORTEN_KEY_FILE!, 'utf8');
  const certificatePem =
    env.MASKINPORTEN_CERTIFICATE_FILE && (await readFile(env.MASKINPORTEN_CERTIFICATE_FILE, 'utf8'));
  const client = createMaskinportenClient({
    issuer: env.MASKINPORTEN_ISSUER!,
    tokenEndpoint: env.MASKINPORTEN_TOKEN_ENDPOINT!,
    clientId: env.MASKINPORTEN_CLIENT_ID!,
    privateKeyPem,
    now: io.now,
    timeoutMs: TIMEOUT_MS,
    ...(env.MASKINPORTEN_KEY_ID
      ? { keyId: env.MASKINPORTEN_KEY_ID }
      : certificatePem
        ? { certificatePem }
        : {}),
  });
  return client.token({ scope: 'krr:global/kontaktinformasjon.read' }).then(
    () => ok('Maskinporten token', 'granted'),
    (error: Error) => failed('Maskinporten token', reasonOf(error.cause), TOKEN_FIX),
  );
}

async function listBucket(config: Config): Promise<Check> {
  const { endpoint, ...s3 } = config.s3!;
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'grunnmur-doctor-'));
  try {
    const store = createS3Store({
      ...s3,
      keyRing: memoryKeyRing(),
      temporaryFolder,
      ...(endpoint ? { endpoint } : {}),
    });
    for await (const _ of store.list('grunnmur-doctor/')) break;
    return ok('Object storage', `bucket ${s3.bucket} answers`);
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}
