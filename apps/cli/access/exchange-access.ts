import type { AmqpOptions } from '@grunnmur/exchange-client';
import { dataFolder } from '../data-folder.ts';
import type { DemoAccess, DemoFiksIoAccount } from '../demo-access.ts';
import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import {
  type ExchangeOptions,
  KONTO_VALUES,
  kontoValues,
  senderValues,
  waysToGive,
} from './access-values.ts';
import { findPlace, type Place } from './place.ts';
import { isLogin, noDemonstration, readPem, type SenderAccess, sendersAt } from './sender-access.ts';

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

type Accesses = readonly [ExchangeAccess, ...ExchangeAccess[]];

/**
 * The kontoer that may be meant, best first. A konto that an option names brings its own login with it when the demonstration
 * has it; else the login is the one of options or environment, and the konto theirs, or the ones of that login.
 */
export async function exchangeAccesses(io: Io, options: ExchangeOptions): Promise<Accesses> {
  const place = await findPlace(io, options);
  const given = kontoValues(io, options);
  const wanted = options.from ?? options.konto;
  const accounts = place.demo?.fiksIoAccounts ?? [];
  const isNamed = isLogin(senderValues(io, options));
  const isKnown = wanted !== undefined && !isLogin(options) && matching(accounts, wanted).length > 0;
  if (options.from === undefined && isNamed && !isKnown) {
    const named = await namedAccesses(io, options, place);
    // A message may have come to another konto of the demonstration than the environment's.
    const others = isLogin(options) || options.konto !== undefined ? [] : accounts;
    const rest = others.filter(({ kontoId }) => named.every((each) => each.kontoId !== kontoId));
    return [...named, ...(await Promise.all(rest.map((each) => demoAccess(io, place, each, given))))];
  }
  const chosen = chooseAccounts(io, options, place, wanted ?? given.konto);
  return eachOf(chosen, (account) => demoAccess(io, place, account, given));
}

async function eachOf<T>(items: readonly T[], make: (item: T) => Promise<ExchangeAccess>): Promise<Accesses> {
  return (await Promise.all(items.map(make))) as [ExchangeAccess, ...ExchangeAccess[]];
}

/** A receiver: its id, or in a demonstration the beginning of its name or its organisation's number. */
export async function findReceiver(io: Io, options: ExchangeOptions, wanted: string): Promise<string> {
  if (UUID.test(wanted)) return wanted.toLowerCase();
  const place = await findPlace(io, options);
  if (place.demo) return chooseAccounts(io, options, place, wanted)[0]!.kontoId;
  throw new CliError(EXIT.usage, said('cli.error.not_konto_id', { wanted }));
}

function matching(accounts: readonly DemoFiksIoAccount[], wanted: string): readonly DemoFiksIoAccount[] {
  const text = wanted.trim().toLowerCase();
  return accounts.filter(
    ({ kontoId, orgnr, name }) => kontoId === text || orgnr === text || name.toLowerCase().startsWith(text),
  );
}

function chooseAccounts(
  io: Io,
  options: ExchangeOptions,
  place: Place,
  wanted: string | undefined,
): readonly DemoFiksIoAccount[] {
  const accounts = place.demo?.fiksIoAccounts ?? [];
  if (!place.demo) throw noDemonstration(dataFolder(io, options), place);
  if (accounts.length === 0) throw new CliError(EXIT.unreachable, said('cli.error.no_kontoer'));
  if (wanted === undefined) return accounts;
  const found = matching(accounts, wanted);
  if (found.length > 0) return found;
  const known = accounts.map(({ kontoId, name }) => `  ${kontoId}  ${name}`).join('\n');
  throw new CliError(EXIT.usage, said('cli.error.no_konto', { wanted }), {
    hint: said('cli.hint.known', { known }),
  });
}

async function demoAccess(
  io: Io,
  { baseUrl, demo }: Place,
  account: DemoFiksIoAccount,
  given: ReturnType<typeof kontoValues>,
): Promise<ExchangeAccess> {
  const { kontoId, name, integrasjonId, privateKeyPem, certificatePem } = account;
  const integration = demo?.integrations.find((each) => each.integrasjonId === integrasjonId);
  if (!demo || !integration)
    throw new CliError(EXIT.failed, said('cli.error.demo_without', { integrasjonId }), {
      hint: said('cli.hint.restart'),
    });
  const pair = { privateKeyPem, certificatePem };
  return {
    login: {
      ...integration,
      baseUrl,
      issuer: demo.issuer,
      tokenEndpoint: demo.tokenEndpoint,
      keyId: undefined,
      kontoId,
      sender: name,
      demonstration: true,
    },
    kontoId,
    name,
    amqp: given.amqp ? await namedAmqp(io, given.amqp, given.amqpCa) : demoAmqp(demo),
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

/** The konto of a login by options or environment; the demonstration knows which kontoer its own logins have. */
async function namedAccesses(io: Io, options: ExchangeOptions, place: Place): Promise<Accesses> {
  const given = kontoValues(io, options);
  const known = place.demo?.fiksIoAccounts ?? [];
  const [login] = await sendersAt(io, { ...options, account: given.konto ?? 'Fiks IO' }, place);
  const own = known.filter(({ integrasjonId }) => integrasjonId === login!.integrasjonId);
  const kontoIds = given.konto ? [given.konto.toLowerCase()] : own.map(({ kontoId }) => kontoId);
  if (kontoIds.length === 0 || !kontoIds.every((id) => UUID.test(id)))
    throw new CliError(EXIT.usage, said('cli.error.missing', { what: waysToGive(KONTO_VALUES.konto) }), {
      hint: said('cli.hint.env'),
    });
  return eachOf(kontoIds, async (kontoId) => {
    const account = known.find((each) => each.kontoId === kontoId);
    const key = await kontoKey(io, given, account);
    const { privateKeyPem, certificatePem } = login!;
    return {
      login: { ...login!, kontoId },
      kontoId,
      name: account?.name ?? kontoId,
      amqp: given.amqp ? await namedAmqp(io, given.amqp, given.amqpCa) : place.demo && demoAmqp(place.demo),
      keys: key ? [key] : [],
      signer: certificatePem
        ? { privateKeyPem, certificatePem }
        : key?.certificatePem
          ? { privateKeyPem: key.privateKeyPem, certificatePem: key.certificatePem }
          : undefined,
    };
  });
}

async function kontoKey(
  io: Io,
  { kontoKey: file, kontoCertificate }: ReturnType<typeof kontoValues>,
  account: DemoFiksIoAccount | undefined,
): Promise<{ privateKeyPem: string; certificatePem?: string } | undefined> {
  if (!file)
    return account && { privateKeyPem: account.privateKeyPem, certificatePem: account.certificatePem };
  const privateKeyPem = await readPem(io, file);
  return kontoCertificate
    ? { privateKeyPem, certificatePem: await readPem(io, kontoCertificate) }
    : { privateKeyPem };
}

async function namedAmqp(io: Io, url: string, ca: string | undefined): Promise<AmqpOptions> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^amqps?:$/.test(parsed.protocol))
    throw new CliError(EXIT.usage, said('cli.error.amqp_address', { url }));
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    tls: parsed.protocol === 'amqps:',
    ...(parsed.port ? { port: Number(parsed.port) } : {}),
    ...(parsed.pathname.length > 1 ? { vhost: decodeURIComponent(parsed.pathname.slice(1)) } : {}),
    ...(ca ? { ca: await readPem(io, ca) } : {}),
  };
}
