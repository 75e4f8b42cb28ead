import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '@grunnmur/kernel/errors';
import type { Operator } from '@grunnmur/server/operate';
import { type Command, InvalidArgumentError } from 'commander';
import { CliError, EXIT, type ExitCode, quoted, said } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { withOwnerDatabase } from '../owner-database.ts';
import { settings } from '../settings.ts';
import { addCommonOptions } from './options.ts';

interface SystemOptions extends CommonOptions {
  readonly orgnr: string;
  readonly name: string;
  readonly description?: string;
  readonly authorisedOrgnr?: string;
  readonly clientId?: readonly string[];
  readonly public?: boolean;
}

interface KontoOptions extends CommonOptions {
  readonly orgnr: string;
  readonly system: string;
  readonly name: string;
  readonly description?: string;
  readonly certificate?: string;
  readonly protocol?: string;
  readonly part?: readonly { readonly part: string; readonly versjon: string }[];
}

interface ValidatorOptions extends CommonOptions {
  readonly orgnr: string;
  readonly konto: string;
}

/** What the hosted platform offers in its portal only (fiks-io §6 item 9). For the operator, on the platform's own machine. */
export function addExchangeAdmin(exchange: Command, io: Io, done: (code: ExitCode) => void): void {
  const system = exchange
    .command('system')
    .description('Systems: each owns kontoer and has one integration (operator)')
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange system create --orgnr 310000013 --name "Sak og arkiv" --json',
    );
  addSystemCreate(system, io, done);
  const konto = exchange
    .command('konto')
    .description('Kontoer: each owns one queue (operator)')
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange konto create --orgnr 310000013 --system <id> --name Arkiv --json',
    );
  addKontoCreate(konto, io, done);
  addKontoValidator(konto, io, done);
}

function addSystemCreate(system: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = system
    .command('create')
    .description('Create a system with its integration; the password is shown here and nowhere else')
    .requiredOption('--orgnr <number>', 'organisation that owns it')
    .requiredOption('--name <text>', 'name of the system')
    .option('--description <text>', 'what it is for')
    .option('--authorised-orgnr <number>', 'whose tokens it is called with (default: the organisation’s own)')
    .option('--client-id <id>', 'accept only tokens of this client; may be repeated', collect, [])
    .option('--public', 'other organisations can find it and ask for access');
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange system create --orgnr 310000013 --name "Sak og arkiv"',
    )
    .action(async (options: SystemOptions) => done(await createSystem(io, options)));
}

function addKontoCreate(konto: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = konto
    .command('create')
    .description('Create a konto in a system')
    .requiredOption('--orgnr <number>', 'organisation that owns the system')
    .requiredOption('--system <id>', 'the system')
    .requiredOption('--name <text>', 'name of the konto')
    .option('--description <text>', 'what it is for')
    .option('--certificate <file>', 'its public key, a certificate as PEM; without one it receives no files')
    .option('--protocol <name>', 'e.g. no.ks.fiks.arkiv; without one it is a bare Fiks IO-konto')
    .option(
      '--part <name:version>',
      'what it is in the protocol, e.g. arkiv.full:v1; may be repeated',
      collectPart,
      [],
    );
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange konto create --orgnr 310000013 --system <id> --name Arkiv --certificate konto.pem --protocol no.ks.fiks.arkiv --part arkiv.full:v1',
    )
    .action(async (options: KontoOptions) => done(await createKonto(io, options)));
}

function addKontoValidator(konto: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = konto
    .command('validator')
    .description(
      'Let the platform answer what is sent to a konto with a validation report: gives it a key of the platform’s own',
    )
    .requiredOption('--orgnr <number>', 'organisation that owns the konto')
    .requiredOption('--konto <id>', 'the konto');
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange konto validator --orgnr 310000013 --konto <id>',
    )
    .action(async (options: ValidatorOptions) => done(await makeValidator(io, options)));
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function collectPart(
  text: string,
  before: NonNullable<KontoOptions['part']>,
): NonNullable<KontoOptions['part']> {
  const [, part, versjon] = /^([^:]+):([^:]+)$/.exec(text) ?? [];
  if (!part || !versjon) throw new InvalidArgumentError('must be name:version');
  return [...before, { part, versjon }];
}

async function createSystem(io: Io, options: SystemOptions): Promise<ExitCode> {
  const { name: navn, description: beskrivelse, authorisedOrgnr: autorisertOrgnr, clientId = [] } = options;
  const created = await operate(io, options, (operator, ctx) =>
    operator.exchange.createSystem(ctx, {
      navn,
      ...(beskrivelse === undefined ? {} : { beskrivelse }),
      ...(autorisertOrgnr === undefined ? {} : { autorisertOrgnr }),
      ...(clientId.length > 0 ? { klientIder: clientId } : {}),
      offentlig: options.public ?? false,
    }),
  );
  const rows: [string, string][] = [
    ['System', created.systemId],
    ['IntegrasjonId', created.integrasjonId],
    ['IntegrasjonPassord', created.integrasjonPassord],
  ];
  io.out(
    options.json
      ? `${JSON.stringify(created)}\n`
      : `${rows.map(([label, value]) => `  ${label.padEnd(20)} ${value}\n`).join('')}${io.texts.t('cli.exchange.keep_password')}\n`,
  );
  return EXIT.ok;
}

async function createKonto(io: Io, options: KontoOptions): Promise<ExitCode> {
  const {
    system: systemId,
    name: navn,
    description: beskrivelse,
    certificate,
    protocol,
    part = [],
  } = options;
  if ((protocol === undefined) !== (part.length === 0))
    throw new CliError(EXIT.usage, said('cli.error.protocol_part'));
  const offentligNokkel = certificate === undefined ? undefined : await readText(io, certificate);
  const kontoId = await operate(io, options, (operator, ctx) =>
    operator.exchange.createKonto(ctx, {
      systemId,
      navn,
      ...(beskrivelse === undefined ? {} : { beskrivelse }),
      ...(protocol === undefined ? {} : { protokoll: protocol, parter: part }),
      ...(offentligNokkel === undefined ? {} : { offentligNokkel }),
    }),
  );
  io.out(options.json ? `${JSON.stringify({ kontoId })}\n` : `  ${'Konto'.padEnd(20)} ${kontoId}\n`);
  return EXIT.ok;
}

async function makeValidator(io: Io, options: ValidatorOptions): Promise<ExitCode> {
  const { konto: kontoId } = options;
  await operate(io, options, (operator, ctx) => operator.giveValidatorKey(ctx, kontoId));
  const setting = `EXCHANGE_VALIDATOR_KONTOER=${kontoId}`;
  io.out(
    options.json
      ? `${JSON.stringify({ kontoId, setting })}\n`
      : `${io.texts.t('cli.exchange.validator', { setting })}\n`,
  );
  return EXIT.ok;
}

type OperatorCtx = ReturnType<Operator['in']>;

/** Does what an operator does in the organisation that `--orgnr` names, on the platform's own database. */
export function operate<R>(
  io: Io,
  options: CommonOptions & { readonly orgnr: string },
  work: (operator: Operator, ctx: OperatorCtx) => Promise<R>,
): Promise<R> {
  return operatePlatform(io, options, async (operator) => {
    const organisation = await operator.organisation(options.orgnr);
    if (!organisation)
      throw new CliError(EXIT.failed, said('cli.error.no_organisation', { orgnr: options.orgnr }), {
        hint: said('cli.hint.no_organisation'),
      });
    return work(operator, operator.in(organisation));
  });
}

/** The same for all organisations. */
export async function operatePlatform<R>(
  io: Io,
  options: CommonOptions,
  work: (operator: Operator) => Promise<R>,
): Promise<R> {
  const config = settings(io, options);
  const { withOperator } = await import('@grunnmur/server/operate');
  return withOwnerDatabase(config, ({ url }) => withOperator(config, config.databaseUrl ?? url, work)).catch(
    (error: unknown) => {
      throw error instanceof AppError ? refused(error) : error;
    },
  );
}

function refused(error: AppError): CliError {
  const fields = (error.fields ?? []).map(({ field, message, rule }) => `  ${field}: ${message ?? rule}`);
  return new CliError(EXIT.failed, quoted([`${error.message} (${error.code})`, ...fields].join('\n')), {
    code: error.code,
    cause: error,
  });
}

async function readText(io: Io, path: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    throw new CliError(EXIT.usage, said('cli.error.unreadable', { path, reason }));
  }
}
