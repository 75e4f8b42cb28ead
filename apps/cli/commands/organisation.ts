import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { operatePlatform } from './exchange-admin.ts';
import { addCommonOptions } from './options.ts';

const KINDS = ['kommune', 'fylkeskommune', 'stat', 'leverandor', 'annet'] as const;
const LANGUAGES = ['nb', 'nn'] as const;

interface OrganisationOptions extends CommonOptions {
  readonly orgnr: string;
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly language: (typeof LANGUAGES)[number];
}

const EXAMPLE =
  'npx grunnmur organisation create --orgnr 310000051 --name "Nyvik kommune" --kind kommune --language nn';

/** `grunnmur organisation`: who uses the platform. Everything else of an organisation hangs on it. */
export function addOrganisation(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const organisation = program
    .command('organisation')
    .description('Organisations that use the platform (operator)')
    .addHelpText('after', `\nExample:\n  ${EXAMPLE}`);
  const create = organisation
    .command('create')
    .description('Register an organisation: then it can have senders, systems and kontoer')
    .requiredOption('--orgnr <number>', 'its organisation number')
    .requiredOption('--name <text>', 'its name, as people read it')
    .addOption(new Option('--kind <word>', 'what it is').choices(KINDS).default('kommune'))
    .addOption(
      new Option('--language <code>', 'of its letters’ front page').choices(LANGUAGES).default('nb'),
    );
  addCommonOptions(create);
  create
    .addHelpText('after', `\nExample:\n  ${EXAMPLE}`)
    .action(async (options: OrganisationOptions) => done(await createOrganisation(io, options)));
  const list = organisation.command('list').description('Show the organisations that are registered');
  addCommonOptions(list);
  list
    .addHelpText('after', '\nExample:\n  npx grunnmur organisation list --json')
    .action(async (options: CommonOptions) => done(await listOrganisations(io, options)));
}

async function createOrganisation(io: Io, options: OrganisationOptions): Promise<ExitCode> {
  const { orgnr, name, kind, language } = options;
  const created = await operatePlatform(io, options, (operator) =>
    operator.access.createOrganisation(operator.platform, { orgnr, name, kind, language }),
  );
  io.out(
    options.json
      ? `${JSON.stringify({ id: created.id, orgnr, name })}\n`
      : `${io.texts.t('cli.organisation.created', { name, orgnr })}\n`,
  );
  return EXIT.ok;
}

async function listOrganisations(io: Io, options: CommonOptions): Promise<ExitCode> {
  const found = await operatePlatform(io, options, (operator) => operator.organisations());
  const rows = found.map(({ id, orgnr, name, kind }) => ({ id, orgnr, name, kind }));
  const text = rows.map(({ orgnr, name, kind }) => `  ${orgnr}  ${name} (${kind})\n`).join('');
  io.out(options.json ? `${JSON.stringify(rows)}\n` : text || `${io.texts.t('cli.organisation.none')}\n`);
  return EXIT.ok;
}
