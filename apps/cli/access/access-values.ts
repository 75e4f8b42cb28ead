import type { Command } from 'commander';
import type { CommonOptions, World } from '../io.ts';

interface AccessValue {
  /** Undefined: there is no option, since lists of processes show those. */
  readonly flag?: string;
  readonly environment: string;
  readonly help: string;
}

/** What a sender of letters needs. Options win over environment variables; docs/cli.md has the same table. */
export const SENDER_VALUES = {
  baseUrl: {
    flag: '--base-url <url>',
    environment: 'GRUNNMUR_BASE_URL',
    help: 'address of the installation',
  },
  issuer: {
    flag: '--issuer <url>',
    environment: 'GRUNNMUR_ISSUER',
    help: 'token issuer; default: the installation’s own',
  },
  tokenEndpoint: {
    flag: '--token-endpoint <url>',
    environment: 'GRUNNMUR_TOKEN_ENDPOINT',
    help: 'default: as the issuer publishes it',
  },
  clientId: { flag: '--client-id <id>', environment: 'GRUNNMUR_CLIENT_ID', help: 'client at the issuer' },
  key: { flag: '--key <file>', environment: 'GRUNNMUR_KEY_FILE', help: 'the client’s private key, PEM' },
  certificate: {
    flag: '--certificate <file>',
    environment: 'GRUNNMUR_CERTIFICATE_FILE',
    help: 'business certificate, PEM; signs messages as well',
  },
  keyId: {
    flag: '--key-id <kid>',
    environment: 'GRUNNMUR_KEY_ID',
    help: 'registered key, when there is no certificate',
  },
  integrationId: {
    flag: '--integration-id <id>',
    environment: 'GRUNNMUR_INTEGRASJON_ID',
    help: 'IntegrasjonId; its password: GRUNNMUR_INTEGRASJON_PASSORD',
  },
  password: { environment: 'GRUNNMUR_INTEGRASJON_PASSORD', help: 'IntegrasjonPassord, by environment only' },
  account: {
    flag: '--account <id>',
    environment: 'GRUNNMUR_KONTO_ID',
    help: 'konto to send letters from; default: the first granted',
  },
} as const satisfies Record<string, AccessValue>;

/** What a Fiks IO-konto needs besides. */
export const KONTO_VALUES = {
  konto: { flag: '--konto <id>', environment: 'GRUNNMUR_FIKS_IO_KONTO_ID', help: 'the Fiks IO-konto' },
  kontoKey: {
    flag: '--konto-key <file>',
    environment: 'GRUNNMUR_FIKS_IO_KEY_FILE',
    help: 'its private key, PEM',
  },
  kontoCertificate: {
    flag: '--konto-certificate <file>',
    environment: 'GRUNNMUR_FIKS_IO_CERTIFICATE_FILE',
    help: 'its certificate, PEM',
  },
  amqp: { flag: '--amqp <url>', environment: 'GRUNNMUR_AMQP_URL', help: 'amqps://host:port' },
  amqpCa: {
    flag: '--amqp-ca <file>',
    environment: 'GRUNNMUR_AMQP_CA_FILE',
    help: 'authority to trust there, PEM',
  },
} as const satisfies Record<string, AccessValue>;

type SenderName = keyof typeof SENDER_VALUES;
type KontoName = keyof typeof KONTO_VALUES;
export type Values<Name extends string> = { readonly [name in Name]?: string | undefined };

/** Options that name an address and a login. */
export interface AccessOptions extends CommonOptions, Values<Exclude<SenderName, 'password'>> {
  /** A login of the demonstration, by name or organisation number. */
  readonly from?: string;
}

/** Options that name a konto and its login. */
export interface ExchangeOptions extends Omit<AccessOptions, 'account'>, Values<KontoName> {}

export function addAccessOptions(command: Command): void {
  command.option(
    '--from <sender>',
    'demonstration: integration by name or organisation number (default: the first)',
  );
  addValues(command, SENDER_VALUES);
}

export function addExchangeAccessOptions(command: Command): void {
  command.option(
    '--from <konto>',
    'demonstration: konto by id, beginning of its name or organisation number (default: the first)',
  );
  const { account: _, ...login } = SENDER_VALUES;
  addValues(command, { ...login, ...KONTO_VALUES });
}

function addValues(command: Command, values: Record<string, AccessValue>): void {
  for (const { flag, environment, help } of Object.values(values))
    if (flag) command.option(flag, `${help} (${environment})`);
}

/** Each value as it is given: by its option, else by its environment variable. */
export function senderValues(world: World, options: AccessOptions | ExchangeOptions): Values<SenderName> {
  return given(world, options, SENDER_VALUES);
}

export function kontoValues(world: World, options: ExchangeOptions): Values<KontoName> {
  return given(world, options, KONTO_VALUES);
}

function given<Name extends string>(
  { env }: World,
  options: object,
  values: Record<Name, AccessValue>,
): Values<Name> {
  const names = Object.keys(values) as Name[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      (options as Values<Name>)[name] ?? (env[values[name].environment] || undefined),
    ]),
  ) as Values<Name>;
}

/** `--client-id or GRUNNMUR_CLIENT_ID`, as an error names what is missing. */
export function waysToGive({ flag, environment }: AccessValue): string {
  return flag ? `${flag.split(' ')[0]} / ${environment}` : environment;
}
