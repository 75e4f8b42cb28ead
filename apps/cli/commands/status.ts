import type { Command } from 'commander';
import { type AccessOptions, addAccessOptions } from '../access/access-values.ts';
import { type ExchangeAccess, exchangeAccesses } from '../access/exchange-access.ts';
import { findPlace, type Place } from '../access/place.ts';
import { type SenderAccess, senderAccesses, sendersAt } from '../access/sender-access.ts';
import { dataFolder } from '../data-folder.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { createSenderClient, type SenderClient } from '../send/sender-client.ts';
import { showTimeline } from '../send/show-timeline.ts';
import { environmentLines } from '../status/environment-lines.ts';
import { readStatus } from '../status/read-status.ts';
import { statusText } from '../status/status-text.ts';
import { addCommonOptions, addFollowOptions, type FollowWish } from './options.ts';

interface StatusOptions extends AccessOptions, FollowWish {
  readonly env?: boolean;
  readonly metricsUrl?: string;
}

export function addStatus(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('status')
    .description('Addresses, health and queues of the platform; with an id, the timeline of a letter')
    .argument('[id]', 'a letter’s id')
    .option('--env', 'print addresses and a sender’s login as environment variables')
    .option(
      '--metrics-url <url>',
      'where queues are read, when it is another address (GRUNNMUR_METRICS_URL)',
    );
  addFollowOptions(command);
  addAccessOptions(command);
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExamples:\n  npx grunnmur status\n  npx grunnmur status 01a2021e-b95d-7000-86a6-f50fa1f6258e --wait\n  eval "$(npx grunnmur status --env)"',
    )
    .action(async (id: string | undefined, options: StatusOptions) =>
      done(id === undefined ? await platform(io, options) : await letter(io, id, options)),
    );
}

async function platform(io: Io, options: StatusOptions): Promise<ExitCode> {
  const place = await findPlace(io, options);
  if (options.env) return environment(io, options, place);
  const metricsUrl = options.metricsUrl ?? io.env.GRUNNMUR_METRICS_URL;
  const status = await readStatus(io, place, { metricsUrl });
  io.out(options.json ? `${JSON.stringify(status)}\n` : statusText(io, status, place));
  return status.ready === false ? EXIT.failed : EXIT.ok;
}

async function environment(io: Io, options: StatusOptions, place: Place): Promise<ExitCode> {
  const [access] = await sendersAt(io, options, place);
  const exchange = await exchangeOf(io, options, access!);
  const variables = await environmentLines(access!, exchange, dataFolder(io, options));
  io.out(
    options.json
      ? `${JSON.stringify(Object.fromEntries(variables))}\n`
      : variables.map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`).join(''),
  );
  return EXIT.ok;
}

/** The login's own Fiks IO-konto, the first that there is. */
async function exchangeOf(
  io: Io,
  { account: _, from: __, ...options }: StatusOptions,
  { integrasjonId, demonstration }: SenderAccess,
): Promise<ExchangeAccess | undefined> {
  if (!demonstration) return undefined;
  const all = await exchangeAccesses(io, options);
  return all.find(({ login }) => login.integrasjonId === integrasjonId);
}

function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

async function letter(io: Io, id: string, options: StatusOptions): Promise<ExitCode> {
  const client = await findOwner(io, id, options);
  const outcome = await showTimeline(io, client, id, {
    ...options,
    timeout: options.timeout ?? (options.wait ? undefined : 0),
  });
  return outcome.failed ? EXIT.failed : EXIT.ok;
}

/** The first login that may see the letter; a demonstration has several. */
async function findOwner(io: Io, id: string, options: StatusOptions): Promise<SenderClient> {
  let refused: unknown;
  for (const access of await senderAccesses(io, options)) {
    const client = createSenderClient(io, access);
    try {
      await client.timeline(id);
      return client;
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode !== EXIT.failed) throw error;
      refused ??= error;
    }
  }
  throw refused;
}
