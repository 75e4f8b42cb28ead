import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { parseReturnAddress } from '../send/recipient.ts';
import { operate } from './exchange-admin.ts';
import { addCommonOptions } from './options.ts';

interface AccountOptions extends CommonOptions {
  readonly orgnr: string;
  readonly name: string;
  readonly returnAddress?: string;
}

interface IntegrationOptions extends CommonOptions {
  readonly orgnr: string;
  readonly name: string;
  readonly account: readonly string[];
  readonly authorisedOrgnr?: string;
  readonly clientId: readonly string[];
}

interface LoginOptions extends CommonOptions {
  readonly orgnr: string;
  readonly account: string;
  readonly username: string;
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

/** What a sender of letters needs before its first call: an account, and something to log in with. */
export function addSenderAdmin(sender: Command, io: Io, done: (code: ExitCode) => void): void {
  const account = sender
    .command('account')
    .description('Create an account that letters are sent from (SvarUt-konto)')
    .requiredOption('--orgnr <number>', 'organisation that owns it')
    .requiredOption('--name <text>', 'the sender, as recipients see it')
    .option('--return-address <text>', 'where paper comes back to, e.g. "Rådhuset, 0001 Eksempelvik"');
  addCommonOptions(account);
  account
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur sender account --orgnr 310000051 --name "Nyvik kommune" --return-address "Rådhuset, 0001 Nyvik"',
    )
    .action(async (options: AccountOptions) => done(await createAccount(io, options)));
  addIntegration(sender, io, done);
  addLogin(sender, io, done);
}

function addIntegration(sender: Command, io: Io, done: (code: ExitCode) => void): void {
  const integration = sender
    .command('integration')
    .description('Create a login for SvarUt v2; the password is shown here and nowhere else')
    .requiredOption('--orgnr <number>', 'organisation that owns the accounts')
    .requiredOption('--name <text>', 'name of the system')
    .option('--account <id>', 'an account that it may send from; may be repeated', collect, [])
    .option('--authorised-orgnr <number>', 'whose tokens it is called with (default: the organisation’s own)')
    .option('--client-id <id>', 'accept only tokens of this client; may be repeated', collect, []);
  addCommonOptions(integration);
  integration
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur sender integration --orgnr 310000051 --name "Sak og arkiv" --account <id>',
    )
    .action(async (options: IntegrationOptions) => done(await createIntegration(io, options)));
}

function addLogin(sender: Command, io: Io, done: (code: ExitCode) => void): void {
  const login = sender
    .command('login')
    .description('Create a login for SvarUt v1; the password is shown here and nowhere else')
    .requiredOption('--orgnr <number>', 'organisation that owns the account')
    .requiredOption('--account <id>', 'the account that it sends from')
    .requiredOption('--username <text>', 'what it logs in as');
  addCommonOptions(login);
  login
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur sender login --orgnr 310000051 --account <id> --username nyvik',
    )
    .action(async (options: LoginOptions) => done(await createLogin(io, options)));
}

async function createAccount(io: Io, options: AccountOptions): Promise<ExitCode> {
  const { name: navn, returnAddress } = options;
  const returadresse = returnAddress === undefined ? undefined : parseReturnAddress(returnAddress);
  const created = await operate(io, options, (operator, ctx) =>
    operator.createSenderAccount(ctx, { navn, ...(returadresse ? { returadresse } : {}) }),
  );
  return show(io, options, { kontoId: created.kontoId }, false);
}

async function createIntegration(io: Io, options: IntegrationOptions): Promise<ExitCode> {
  const { orgnr, name, account: accounts, authorisedOrgnr = orgnr, clientId } = options;
  const created = await operate(io, options, async (operator, ctx) => {
    await operator.requireSenderAccounts(ctx, accounts);
    const made = await operator.access.createIntegration(ctx, {
      name,
      authorisedOrgnr,
      ...(clientId.length > 0 ? { clientIds: clientId } : {}),
    });
    for (const account of accounts) await operator.letAccount(ctx, made.integrationId, account);
    return made;
  });
  const { integrationId: integrasjonId, password: integrasjonPassord } = created;
  return show(io, options, { integrasjonId, integrasjonPassord }, true);
}

async function createLogin(io: Io, options: LoginOptions): Promise<ExitCode> {
  const { username, account: kontoId } = options;
  const { password } = await operate(io, options, async ({ access, requireSenderAccounts }, ctx) => {
    await requireSenderAccounts(ctx, [kontoId]);
    return access.createAccount(ctx, { username, kontoId });
  });
  return show(io, options, { username, password }, true);
}

function show(
  io: Io,
  { json }: CommonOptions,
  made: Readonly<Record<string, string>>,
  hasPassword: boolean,
): ExitCode {
  const rows = Object.entries(made).map(([label, value]) => `  ${label.padEnd(20)} ${value}\n`);
  const kept = hasPassword ? `${io.texts.t('cli.exchange.keep_password')}\n` : '';
  io.out(json ? `${JSON.stringify(made)}\n` : `${rows.join('')}${kept}`);
  return EXIT.ok;
}
