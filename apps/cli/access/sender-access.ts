import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import type { DemoAccess, DemoIntegration } from '../demo-access.ts';
import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fetchAnswer } from '../send/fetch-answer.ts';
import { type AccessOptions, SENDER_VALUES, senderValues, waysToGive } from './access-values.ts';
import { findPlace, type Place } from './place.ts';

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

type Given = ReturnType<typeof senderValues>;
type LoginParts = Pick<Given, 'clientId' | 'key' | 'integrationId'>;

/** The logins to try, best first: the one named by options or environment, else those of the running demonstration. */
export async function senderAccesses(io: Io, options: AccessOptions): Promise<readonly SenderAccess[]> {
  return sendersAt(io, options, await findPlace(io, options));
}

export async function sendersAt(
  io: Io,
  options: AccessOptions,
  place: Place,
): Promise<readonly SenderAccess[]> {
  const given = senderValues(io, options);
  if (options.from === undefined && isLogin(given)) {
    const named = await namedAccess(io, given, place);
    // A letter that is asked for may be another sender's of the demonstration than the environment's.
    const others = isLogin(options) ? [] : (place.demo?.integrations ?? []);
    const rest = others.filter(({ integrasjonId }) => integrasjonId !== named.integrasjonId);
    return [named, ...rest.map((each) => demoAccess(place.baseUrl, place.demo!, each, undefined))];
  }
  if (!place.demo) throw noDemonstration(dataFolder(io, options), place);
  const { demo } = place;
  return chooseIntegrations(demo, options.from).map((integration) =>
    demoAccess(place.baseUrl, demo, integration, options.account),
  );
}

/** A login is named when any part of it is that only it can have. */
export function isLogin({ clientId, key, integrationId }: LoginParts): boolean {
  return [clientId, key, integrationId].some((value) => value !== undefined);
}

export function noDemonstration(folder: string, place: Place): CliError {
  const { otherDemo, baseUrl } = place;
  const login = said('cli.hint.name_login');
  if (otherDemo) {
    return new CliError(EXIT.usage, said('cli.error.other_address', { baseUrl, demo: otherDemo.baseUrl }), {
      hint: [said('cli.hint.other_address'), login],
    });
  }
  return new CliError(EXIT.unreachable, said('cli.error.no_demonstration', { folder }), {
    hint: [said('cli.hint.start'), login],
  });
}

function chooseIntegrations(demo: DemoAccess, from: string | undefined): readonly DemoIntegration[] {
  if (from === undefined) return demo.integrations;
  const wanted = from.trim().toLowerCase();
  const nameOf = (orgnr: string) => demo.organisations.find((each) => each.orgnr === orgnr)?.name ?? '';
  const found = demo.integrations.filter(({ name, orgnr }) =>
    [
      orgnr === wanted,
      name.toLowerCase().startsWith(wanted),
      nameOf(orgnr).toLowerCase().startsWith(wanted),
    ].some(Boolean),
  );
  if (found.length > 0) return found;
  const known = demo.integrations.map(({ name, orgnr }) => `  ${orgnr}  ${name}`).join('\n');
  throw new CliError(EXIT.usage, said('cli.error.no_integration', { from }), {
    hint: said('cli.hint.known', { known }),
  });
}

function demoAccess(
  baseUrl: string,
  demo: DemoAccess,
  integration: DemoIntegration,
  account: string | undefined,
): SenderAccess {
  const { clientId, privateKeyPem, certificatePem, integrasjonId, integrasjonPassord } = integration;
  return {
    baseUrl,
    issuer: demo.issuer,
    tokenEndpoint: demo.tokenEndpoint,
    clientId,
    privateKeyPem,
    certificatePem,
    keyId: undefined,
    integrasjonId,
    integrasjonPassord,
    kontoId: account ?? integration.svarutKontoIds[0] ?? '',
    sender: organisationOf(demo, integration) ?? integration.name,
    demonstration: true,
  };
}

function organisationOf(demo: DemoAccess, { orgnr }: DemoIntegration): string | undefined {
  return demo.organisations.find((each) => each.orgnr === orgnr)?.name;
}

/** The login that was named; what is missing of it comes from the demonstration, when it is one of its logins. */
async function namedAccess(io: Io, given: Given, { baseUrl, demo }: Place): Promise<SenderAccess> {
  const own = demo?.integrations.find(
    ({ clientId, integrasjonId }) => clientId === given.clientId || integrasjonId === given.integrationId,
  );
  const clientId = given.clientId ?? own?.clientId;
  const integrasjonId = given.integrationId ?? own?.integrasjonId;
  const integrasjonPassord = given.password ?? own?.integrasjonPassord;
  const kontoId = given.account ?? own?.svarutKontoIds[0];
  const key = given.key ? await readPem(io, given.key) : own?.privateKeyPem;
  const certificatePem = given.certificate
    ? await readPem(io, given.certificate)
    : given.keyId
      ? undefined
      : own?.certificatePem;
  requireAll(
    { clientId, key, integrationId: integrasjonId, password: integrasjonPassord, account: kontoId },
    {
      certificate: certificatePem ?? given.keyId,
    },
  );
  const issuer = given.issuer ?? demo?.issuer ?? `${baseUrl}/maskinporten/`;
  const known = issuer === demo?.issuer ? demo.tokenEndpoint : undefined;
  return {
    baseUrl,
    issuer,
    tokenEndpoint: given.tokenEndpoint ?? known ?? (await tokenEndpointOf(io, issuer)),
    clientId: clientId!,
    privateKeyPem: key!,
    certificatePem,
    keyId: given.keyId,
    integrasjonId: integrasjonId!,
    integrasjonPassord: integrasjonPassord!,
    kontoId: kontoId!,
    sender: (own && demo && organisationOf(demo, own)) ?? nameIn(certificatePem) ?? integrasjonId!,
    demonstration: demo !== undefined,
  };
}

type Parts = Partial<Record<keyof typeof SENDER_VALUES, string | undefined>>;

function requireAll(parts: Parts, { certificate }: { certificate: string | undefined }): void {
  const missing = (Object.keys(parts) as (keyof typeof SENDER_VALUES)[])
    .filter((name) => !parts[name])
    .map((name) => waysToGive(SENDER_VALUES[name]));
  if (!certificate)
    missing.push(`${waysToGive(SENDER_VALUES.certificate)} | ${waysToGive(SENDER_VALUES.keyId)}`);
  if (missing.length === 0) return;
  throw new CliError(EXIT.usage, said('cli.error.missing', { what: missing.join(', ') }), {
    hint: said('cli.hint.env'),
  });
}

/** Whose certificate it is. */
function nameIn(certificatePem: string | undefined): string | undefined {
  try {
    const subject = certificatePem && new X509Certificate(certificatePem).subject;
    return subject ? (/^O=(.+)$/m.exec(subject)?.[1] ?? /^CN=(.+)$/m.exec(subject)?.[1]) : undefined;
  } catch {
    return undefined;
  }
}

export async function readPem(io: Io, path: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    throw new CliError(EXIT.usage, said('cli.error.unreadable', { path, reason }));
  }
}

/** RFC 8414; Maskinporten and the built-in issuer publish it at this address. */
async function tokenEndpointOf(io: Io, issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/?$/, '/')}.well-known/oauth-authorization-server`;
  const answer = await fetchAnswer(io, url);
  const metadata = (await answer.json().catch(() => ({}))) as { token_endpoint?: unknown };
  if (answer.ok && typeof metadata.token_endpoint === 'string') return metadata.token_endpoint;
  throw new CliError(EXIT.refused, said('cli.error.no_token_endpoint', { url, status: answer.status }), {
    hint: said('cli.hint.issuer'),
  });
}
