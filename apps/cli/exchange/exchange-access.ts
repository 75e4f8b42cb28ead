import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AmqpOptions } from '@grunnmur/exchange-client';
import { dataFolder } from '../data-folder.ts';
import { type DemoAccess, type DemoFiksIoAccount, findDemoAccess } from '../demo-access.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type AccessOptions, type SenderAccess, senderAccesses } from '../send/sender-access.ts';

/** Which konto to act as; each option but `from` has an environment variable, see {@link EXCHANGE_ENVIRONMENT}. */
export interface ExchangeOptions extends Omit<AccessOptions, 'account'> {
  readonly konto?: string;
  /** Private key of the konto, PEM: opens what it receives. */
  readonly kontoKey?: string;
  readonly kontoCertificate?: string;
  /** `amqps://host:port`, or `amqp://` on one machine. */
  readonly amqp?: string;
  readonly amqpCa?: string;
}

export const EXCHANGE_ENVIRONMENT = {
  konto: 'GRUNNMUR_FIKS_IO_KONTO_ID',
  kontoKey: 'GRUNNMUR_FIKS_IO_KEY_FILE',
  kontoCertificate: 'GRUNNMUR_FIKS_IO_CERTIFICATE_FILE',
  amqp: 'GRUNNMUR_AMQP_URL',
  amqpCa: 'GRUNNMUR_AMQP_CA_FILE',
} as const;

/** Everything that one Fiks IO-konto needs. */
export interface ExchangeAccess {
  readonly login: SenderAccess;
  readonly kontoId: string;
  /** Whose it is, for the reader. */
  readonly name: string;
  readonly amqp: AmqpOptions | undefined;
  readonly keys: readonly { readonly privateKeyPem: string; readonly certificatePem?: string }[];
  readonly signer: { readonly privateKeyPem: string; readonly certificatePem: string } | undefined;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The kontoer that may be meant, best first: the one given by options or environment, else those of the demonstration. */
export async function exchangeAccesses(
  io: Io,
  options: ExchangeOptions,
): Promise<readonly [ExchangeAccess, ...ExchangeAccess[]]> {
  const named = options.clientId ?? io.env.GRUNNMUR_CLIENT_ID;
  if (named && !options.from) return [await givenAccess(io, options)];
  const demo = await demonstration(io, options);
  const chosen = chooseAccounts(demo, options.from ?? options.konto);
  return chosen.map((account) => demoAccess(demo, account)) as [ExchangeAccess, ...ExchangeAccess[]];
}

/** A receiver: its id, or in a demonstration the beginning of its name or its organisation's number. */
export async function findReceiver(io: Io, options: ExchangeOptions, wanted: string): Promise<string> {
  if (UUID.test(wanted)) return wanted.toLowerCase();
  const demo = await findDemoAccess(dataFolder(io, options));
  const [account] = demo?.fiksIoAccounts ? chooseAccounts(demo, wanted) : [];
  if (account) return account.kontoId;
  throw new CliError(EXIT.usage, `${wanted} is not the id of a konto`);
}

async function demonstration(io: Io, options: ExchangeOptions): Promise<DemoAccess> {
  const demo = await findDemoAccess(dataFolder(io, options));
  if (demo?.fiksIoAccounts?.length) return demo;
  throw new CliError(
    EXIT.unreachable,
    demo
      ? 'The demonstration has no Fiks IO-kontoer'
      : `There is no demonstration in ${dataFolder(io, options)}`,
    {
      hint: 'Start one with: npm start\nOr use another installation: --base-url … --client-id … --konto … (see grunnmur exchange send --help).',
    },
  );
}

function chooseAccounts(demo: DemoAccess, wanted: string | undefined): readonly DemoFiksIoAccount[] {
  const accounts = demo.fiksIoAccounts ?? [];
  if (wanted === undefined) return accounts;
  const text = wanted.trim().toLowerCase();
  const found = accounts.filter(
    ({ kontoId, orgnr, name }) => kontoId === text || orgnr === text || name.toLowerCase().startsWith(text),
  );
  if (found.length > 0) return found;
  const known = accounts.map(({ kontoId, name }) => `  ${kontoId}  ${name}`).join('\n');
  throw new CliError(EXIT.usage, `No konto is called ${wanted}`, { hint: `Known:\n${known}` });
}

function demoAccess(demo: DemoAccess, account: DemoFiksIoAccount): ExchangeAccess {
  const { kontoId, name, integrasjonId, privateKeyPem, certificatePem } = account;
  const integration = demo.integrations.find((each) => each.integrasjonId === integrasjonId);
  if (!integration)
    throw new CliError(EXIT.failed, `demo-access.json lacks the integration ${integrasjonId}`);
  const pair = { privateKeyPem, certificatePem };
  return {
    login: {
      ...integration,
      baseUrl: demo.baseUrl,
      issuer: demo.issuer,
      tokenEndpoint: demo.tokenEndpoint,
      keyId: undefined,
      kontoId,
      sender: name,
      demonstration: true,
    },
    kontoId,
    name,
    amqp: demoAmqp(demo),
    keys: [pair],
    signer: pair,
  };
}

function demoAmqp({ amqp }: DemoAccess): AmqpOptions | undefined {
  if (!amqp) return undefined;
  const { host, port, tlsPort, caPem } = amqp;
  if (tlsPort !== null) return { host, port: tlsPort, ca: caPem };
  return port === null ? undefined : { host, port, tls: false };
}

async function givenAccess(io: Io, options: ExchangeOptions): Promise<ExchangeAccess> {
  const given = Object.fromEntries(
    Object.entries(EXCHANGE_ENVIRONMENT).map(([option, name]) => [
      option,
      options[option as keyof typeof EXCHANGE_ENVIRONMENT] ?? io.env[name],
    ]),
  ) as Record<keyof typeof EXCHANGE_ENVIRONMENT, string | undefined>;
  if (!given.konto || !UUID.test(given.konto))
    throw new CliError(
      EXIT.usage,
      `Missing: --konto or ${EXCHANGE_ENVIRONMENT.konto}, the id of the Fiks IO-konto`,
    );
  const [login] = await senderAccesses(io, { ...options, account: given.konto });
  const { privateKeyPem, certificatePem } = login!;
  const kontoKey = given.kontoKey && (await readPem(io, given.kontoKey));
  const kontoCertificate = given.kontoCertificate && (await readPem(io, given.kontoCertificate));
  const key = kontoKey
    ? { privateKeyPem: kontoKey, ...(kontoCertificate ? { certificatePem: kontoCertificate } : {}) }
    : undefined;
  const signer = certificatePem
    ? { privateKeyPem, certificatePem }
    : key?.certificatePem
      ? { privateKeyPem: key.privateKeyPem, certificatePem: key.certificatePem }
      : undefined;
  return {
    login: login!,
    kontoId: given.konto.toLowerCase(),
    name: given.konto,
    amqp: given.amqp ? await givenAmqp(io, given.amqp, given.amqpCa) : undefined,
    keys: key ? [key] : [],
    signer,
  };
}

async function givenAmqp(io: Io, url: string, ca: string | undefined): Promise<AmqpOptions> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^amqps?:$/.test(parsed.protocol))
    throw new CliError(EXIT.usage, `${url} is not an address of the form amqps://host:port`);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    tls: parsed.protocol === 'amqps:',
    ...(parsed.port ? { port: Number(parsed.port) } : {}),
    ...(parsed.pathname.length > 1 ? { vhost: decodeURIComponent(parsed.pathname.slice(1)) } : {}),
    ...(ca ? { ca: await readPem(io, ca) } : {}),
  };
}

async function readPem(io: Io, path: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), 'utf8');
  } catch (error) {
    throw new CliError(EXIT.usage, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
