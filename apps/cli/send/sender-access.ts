import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import { type DemoAccess, type DemoIntegration, findDemoAccess } from '../demo-access.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { fetchAnswer } from './fetch-answer.ts';

/** Which login to use; each option has an environment variable, see `ENVIRONMENT`. */
export interface AccessOptions extends CommonOptions {
  /** Demonstration: name (or its beginning) of the integration, or its organisation's number. */
  readonly from?: string;
  readonly baseUrl?: string;
  readonly issuer?: string;
  readonly tokenEndpoint?: string;
  readonly clientId?: string;
  /** Path of the private key, PEM. */
  readonly key?: string;
  /** Path of the business certificate, PEM; else `keyId`. */
  readonly certificate?: string;
  readonly keyId?: string;
  readonly integrationId?: string;
  readonly account?: string;
}

/** Everything a sender needs for SvarUt REST v2. */
export interface SenderAccess {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string | undefined;
  readonly keyId: string | undefined;
  readonly integrasjonId: string;
  readonly integrasjonPassord: string;
  readonly kontoId: string;
  /** Who sends, for the reader. */
  readonly sender: string;
  /** The registers are simulated at the same address. */
  readonly demonstration: boolean;
}

/** The environment variables of a login; `grunnmur status --env` prints them. The password has no option: lists of processes show those. */
export const ENVIRONMENT = {
  baseUrl: 'GRUNNMUR_BASE_URL',
  issuer: 'GRUNNMUR_ISSUER',
  tokenEndpoint: 'GRUNNMUR_TOKEN_ENDPOINT',
  clientId: 'GRUNNMUR_CLIENT_ID',
  key: 'GRUNNMUR_KEY_FILE',
  certificate: 'GRUNNMUR_CERTIFICATE_FILE',
  keyId: 'GRUNNMUR_KEY_ID',
  integrationId: 'GRUNNMUR_INTEGRASJON_ID',
  account: 'GRUNNMUR_KONTO_ID',
} as const;
export const PASSWORD = 'GRUNNMUR_INTEGRASJON_PASSORD';

/** The logins to try, best first: the one given by options or environment, else those of the running demonstration. */
export async function senderAccesses(io: Io, options: AccessOptions): Promise<readonly SenderAccess[]> {
  const demo = await findDemoAccess(dataFolder(io, options));
  const given = fromEnvironment(io, options);
  if (given.clientId && !options.from) return [await givenAccess(io, given, demo)];
  if (!demo) {
    throw new CliError(EXIT.unreachable, `There is no demonstration in ${dataFolder(io, options)}`, {
      hint: 'Start one with: npm start\nOr send through another installation: --base-url … --client-id … --key … (see grunnmur send --help).',
    });
  }
  return chooseIntegrations(demo, options.from).map((integration) =>
    demoAccess(demo, integration, options.account),
  );
}

function fromEnvironment(io: Io, options: AccessOptions): AccessOptions {
  const names = Object.entries(ENVIRONMENT) as [keyof typeof ENVIRONMENT, string][];
  return Object.fromEntries(names.map(([option, name]) => [option, options[option] ?? io.env[name]]));
}

function chooseIntegrations(demo: DemoAccess, from: string | undefined): readonly DemoIntegration[] {
  if (from === undefined) return demo.integrations;
  const wanted = from.trim().toLowerCase();
  const found = demo.integrations.filter(
    ({ name, orgnr }) => orgnr === wanted || name.toLowerCase().startsWith(wanted),
  );
  if (found.length > 0) return found;
  const known = demo.integrations.map(({ name, orgnr }) => `  ${orgnr}  ${name}`).join('\n');
  throw new CliError(EXIT.usage, `No integration is called ${from}`, { hint: `Known:\n${known}` });
}

function demoAccess(
  demo: DemoAccess,
  integration: DemoIntegration,
  account: string | undefined,
): SenderAccess {
  const { clientId, privateKeyPem, certificatePem, integrasjonId, integrasjonPassord } = integration;
  return {
    baseUrl: demo.baseUrl,
    issuer: demo.issuer,
    tokenEndpoint: demo.tokenEndpoint,
    clientId,
    privateKeyPem,
    certificatePem,
    keyId: undefined,
    integrasjonId,
    integrasjonPassord,
    kontoId: account ?? integration.svarutKontoIds[0] ?? '',
    sender: demo.organisations.find(({ orgnr }) => orgnr === integration.orgnr)?.name ?? integration.name,
    demonstration: true,
  };
}

async function givenAccess(
  io: Io,
  given: AccessOptions,
  demo: DemoAccess | undefined,
): Promise<SenderAccess> {
  const required = ['baseUrl', 'clientId', 'key', 'integrationId', 'account'] as const;
  const missing = required
    .filter((name) => !given[name])
    .map((name) => `${flag(name)} or ${ENVIRONMENT[name]}`);
  const password = io.env[PASSWORD];
  if (!password) missing.push(`${PASSWORD} (environment only)`);
  if (!given.certificate && !given.keyId) missing.push('--certificate or --key-id');
  if (missing.length > 0) throw new CliError(EXIT.usage, `Missing: ${missing.join(', ')}`);
  const baseUrl = given.baseUrl!.replace(/\/$/, '');
  const issuer = given.issuer ?? `${baseUrl}/maskinporten/`;
  const { certificate } = given;
  return {
    baseUrl,
    issuer,
    tokenEndpoint: given.tokenEndpoint ?? (await tokenEndpointOf(io, issuer)),
    clientId: given.clientId!,
    privateKeyPem: await readPem(io, given.key!),
    certificatePem: certificate ? await readPem(io, certificate) : undefined,
    keyId: given.keyId,
    integrasjonId: given.integrationId!,
    integrasjonPassord: password!,
    kontoId: given.account!,
    sender: given.integrationId!,
    demonstration: demo?.baseUrl === baseUrl,
  };
}

function flag(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

async function readPem(io: Io, path: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), 'utf8');
  } catch (error) {
    throw new CliError(EXIT.usage, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** RFC 8414; Maskinporten and the built-in issuer publish it at this address. */
async function tokenEndpointOf(io: Io, issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/?$/, '/')}.well-known/oauth-authorization-server`;
  const answer = await fetchAnswer(io, url);
  const metadata = (await answer.json().catch(() => ({}))) as { token_endpoint?: unknown };
  if (answer.ok && typeof metadata.token_endpoint === 'string') return metadata.token_endpoint;
  throw new CliError(EXIT.refused, `${url} answered ${answer.status} and names no token endpoint`, {
    hint: 'Check --issuer, or name it with --token-endpoint.',
  });
}
