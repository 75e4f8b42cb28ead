import type { Command } from 'commander';
import { dataFolder } from '../data-folder.ts';
import { type DemoAccess, findDemoAccess } from '../demo-access.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import { textsIn } from '../output/texts.ts';
import { type AccessOptions, senderAccesses } from '../send/sender-access.ts';
import { createSenderClient, type SenderClient } from '../send/sender-client.ts';
import { showTimeline } from '../send/show-timeline.ts';
import { settings } from '../settings.ts';
import { environmentLines } from '../status/environment-lines.ts';
import { type PlatformStatus, readStatus } from '../status/read-status.ts';
import { addAccessOptions, addCommonOptions, addFollowOptions, type FollowWish } from './options.ts';

interface StatusOptions extends AccessOptions, FollowWish {
  readonly env?: boolean;
}

export function addStatus(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('status')
    .description('Addresses, health and queues of the platform; with an id, the timeline of a letter')
    .argument('[id]', 'a letter’s id')
    .option('--env', 'print addresses and a sender’s login as environment variables');
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
  const demo = await findDemoAccess(dataFolder(io, options));
  if (options.env) return environment(io, options);
  const status = await readStatus(io, addressOf(io, options, demo));
  if (options.json) io.out(`${JSON.stringify(status)}\n`);
  else io.out(statusText(status, demo, io.colour));
  return status.ready ? EXIT.ok : EXIT.failed;
}

async function environment(io: Io, options: StatusOptions): Promise<ExitCode> {
  const [access] = await senderAccesses(io, options);
  const variables = await environmentLines(access!, dataFolder(io, options));
  io.out(
    options.json
      ? `${JSON.stringify(Object.fromEntries(variables))}\n`
      : variables.map(([name, value]) => `export ${name}=${quoted(value)}\n`).join(''),
  );
  return EXIT.ok;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

function addressOf(io: Io, options: StatusOptions, demo: DemoAccess | undefined): string {
  const named = options.baseUrl ?? demo?.baseUrl ?? io.env.GRUNNMUR_BASE_URL;
  if (named) return named.replace(/\/$/, '');
  const { publicUrl, port } = settings(io, options);
  return publicUrl ?? `http://127.0.0.1:${port}`;
}

function statusText(status: PlatformStatus, demo: DemoAccess | undefined, colour: boolean): string {
  const paint = painter(colour);
  const row = (label: string, value: string) => `  ${label.padEnd(16)} ${value}`;
  const { baseUrl, queues } = status;
  const lines = [
    row(
      'Grunnmur',
      `${status.version ?? 'unknown version'}, ${status.ready ? paint.good('ready') : paint.bad('not ready')}`,
    ),
    row('Citizen portal', `${baseUrl}/`),
    row('API', `${baseUrl}/api/openapi.json`),
    row('Metrics', `${baseUrl}/metrics`),
    row('Database', status.database),
    row('Queues', queues.length === 0 ? 'empty' : ''),
    ...queues.map(({ queue, pending, dead, oldestSeconds }) => {
      const failed = dead > 0 ? `, ${paint.bad(`${dead} given up`)}` : '';
      return `    ${queue.padEnd(26)} ${pending} waiting, oldest ${Math.round(oldestSeconds)} s${failed}`;
    }),
  ];
  if (demo?.baseUrl === baseUrl) {
    lines.push(row('Senders', demo.integrations.map(({ name }) => name).join(', ')));
    lines.push(
      row('Log in as', ''),
      ...demo.persons.map(({ fnr, name, situation }) => `    ${fnr}  ${name} (${situation})`),
    );
  }
  return `${lines.join('\n')}\n`;
}

async function letter(io: Io, id: string, options: StatusOptions): Promise<ExitCode> {
  const texts = await textsIn(options.lang);
  const client = await findOwner(io, id, options);
  const outcome = await showTimeline(io, client, id, texts, {
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
