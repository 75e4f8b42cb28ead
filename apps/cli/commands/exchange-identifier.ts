import type { Operator } from '@grunnmur/server/operate';
import type { Command } from 'commander';
import { CliError, EXIT, type ExitCode, said } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { operate, operatePlatform } from './exchange-admin.ts';
import { addCommonOptions } from './options.ts';

interface OwnerOptions extends CommonOptions {
  readonly orgnr: string;
}

interface Right {
  readonly identifikator: string;
  readonly orgnr: string;
  readonly name: string;
  readonly granted: string;
}

interface Stray {
  readonly identifikator: string;
  readonly orgnr: string;
  readonly name: string;
  readonly kontoId: string;
  readonly adresseId: string;
}

const GRANT = 'npx grunnmur exchange identifier grant NAVENHET_ID.0301 --orgnr 310000013';
const REVOKE = 'npx grunnmur exchange identifier revoke NAVENHET_ID.0301 --orgnr 310000013';

/** `grunnmur exchange identifier`: what organisations may be found by in the directory, beside their own numbers. */
export function addExchangeIdentifier(exchange: Command, io: Io, done: (code: ExitCode) => void): void {
  const identifier = exchange
    .command('identifier')
    .description('What an organisation may be found by, beside its own organisation numbers (operator)')
    .addHelpText('after', `\nExample:\n  ${GRANT}`);
  const change = (name: string, description: string, example: string) => {
    const command = identifier
      .command(name)
      .description(description)
      .argument('<identifier>', 'ORG_NO.<number> or NAVENHET_ID.<number>')
      .requiredOption('--orgnr <number>', 'the organisation whose addresses it is for');
    addCommonOptions(command);
    return command.addHelpText('after', `\nExample:\n  ${example}`);
  };
  change('grant', 'Let an organisation have it in its addresses', GRANT).action(
    async (id: string, options: OwnerOptions) => done(await grant(io, id, options)),
  );
  change('revoke', 'Take it back, and switch off the addresses that use it', REVOKE).action(
    async (id: string, options: OwnerOptions) => done(await revoke(io, id, options)),
  );
  const list = identifier
    .command('list')
    .description('What has been granted, and active addresses with what nobody granted');
  addCommonOptions(list);
  list
    .addHelpText('after', '\nExample:\n  npx grunnmur exchange identifier list')
    .action(async (options: CommonOptions) => done(await show(io, options)));
}

async function grant(io: Io, identifikator: string, options: OwnerOptions): Promise<ExitCode> {
  const isNew = await operate(io, options, (operator, ctx) =>
    operator.exchange.grantIdentifikator(ctx, identifikator),
  );
  const { orgnr } = options;
  const text = isNew ? 'cli.exchange.identifier_granted' : 'cli.exchange.identifier_had';
  io.out(
    options.json
      ? `${JSON.stringify({ identifikator, orgnr, new: isNew })}\n`
      : `${io.texts.t(text, { identifikator, orgnr })}\n`,
  );
  return EXIT.ok;
}

async function revoke(io: Io, identifikator: string, options: OwnerOptions): Promise<ExitCode> {
  const { orgnr } = options;
  const deactivated = await operate(io, options, (operator, ctx) =>
    operator.exchange.revokeIdentifikator(ctx, identifikator),
  );
  if (!deactivated)
    throw new CliError(EXIT.failed, said('cli.error.identifier_not_granted', { identifikator, orgnr }));
  const params = { identifikator, orgnr, number: deactivated.length };
  io.out(
    options.json
      ? `${JSON.stringify({ identifikator, orgnr, deactivated })}\n`
      : `${io.texts.t('cli.exchange.identifier_revoked', params)}\n`,
  );
  return EXIT.ok;
}

async function show(io: Io, options: CommonOptions): Promise<ExitCode> {
  const { granted, stray } = await operatePlatform(io, options, readIdentifiers);
  if (options.json) io.out(`${JSON.stringify({ granted, stray })}\n`);
  else {
    const lines = granted.map((each) => `  ${each.identifikator.padEnd(24)} ${each.orgnr} ${each.name}\n`);
    const bad = stray.map((each) => `  ${strayText(each)}\n`);
    const { t } = io.texts;
    io.out(`${t('cli.exchange.identifiers_granted')}\n${lines.join('') || '  –\n'}`);
    if (bad.length > 0) io.out(`${t('cli.exchange.identifiers_stray')}\n${bad.join('')}`);
  }
  return stray.length === 0 ? EXIT.ok : EXIT.failed;
}

async function readIdentifiers(operator: Operator): Promise<{ granted: Right[]; stray: Stray[] }> {
  const granted = await operator.exchange.grantedIdentifikatorer(operator.platform);
  return {
    granted: await Promise.all(
      granted.map(async ({ tenant_id, identifikator, gitt }) => ({
        identifikator,
        ...(await ownerOf(operator, tenant_id)),
        granted: gitt.toISOString(),
      })),
    ),
    stray: await strayIdentifiers(operator),
  };
}

/** Active addresses with an identifier that their organisation may not have. */
export async function strayIdentifiers(operator: Operator): Promise<Stray[]> {
  const stray = await operator.exchange.strayIdentifikatorer(operator.platform);
  return Promise.all(
    stray.map(async ({ tenant_id, identifikator, konto_id, adresse_id }) => ({
      identifikator,
      ...(await ownerOf(operator, tenant_id)),
      kontoId: konto_id,
      adresseId: adresse_id,
    })),
  );
}

/** One such address, in English: it stands in the report of `doctor` as well. */
export function strayText({ identifikator, orgnr, kontoId, adresseId }: Stray): string {
  return `${identifikator}: organisation ${orgnr}, konto ${kontoId}, adresse ${adresseId}`;
}

async function ownerOf(operator: Operator, tenant: string): Promise<{ orgnr: string; name: string }> {
  const { orgnr, name } = (await operator.organisationById(tenant)) ?? { orgnr: tenant, name: '' };
  return { orgnr, name };
}
