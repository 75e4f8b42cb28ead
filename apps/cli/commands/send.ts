import { INTL_LOCALE } from '@grunnmur/kernel/i18n';
import { newId } from '@grunnmur/kernel/ids';
import { type Command, Option } from 'commander';
import { type AccessOptions, addAccessOptions } from '../access/access-values.ts';
import { senderAccesses } from '../access/sender-access.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import type { Texts } from '../output/texts.ts';
import { findFiles, letterForm } from '../send/letter-form.ts';
import { lookUpRecipient } from '../send/look-up-recipient.ts';
import { parseRecipientId } from '../send/recipient.ts';
import { createSenderClient, type SenderClient } from '../send/sender-client.ts';
import { showTimeline } from '../send/show-timeline.ts';
import { addCommonOptions, addFollowOptions, type FollowWish } from './options.ts';

interface SendOptions extends AccessOptions, FollowWish {
  readonly to: string;
  readonly title?: string;
  readonly name?: string;
  readonly address?: string;
  readonly digitalOnly?: boolean;
  readonly level4?: boolean;
  readonly reference?: string;
  readonly idempotencyKey?: string;
}

export function addSend(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('send')
    .description('Send a letter and follow it until it waits for its reader, is printed or is given up')
    .argument('<pdf...>', 'the documents, in order')
    .requiredOption('--to <number>', 'fødselsnummer or organisasjonsnummer of the recipient')
    .option('--title <text>', 'what the recipient sees; default: the first file’s name')
    .option('--name <text>', 'the recipient’s name; in a demonstration looked up')
    .option(
      '--address <text>',
      'for letters that may be printed, e.g. "Storgata 1, 0155 Oslo"; in a demonstration looked up',
    )
    .option('--digital-only', 'never on paper: not delivered when the recipient cannot get digital post')
    .option('--level4', 'readable only after login at the highest level; documents are encrypted here')
    .option('--reference <text>', 'your own reference (eksternReferanse)')
    .addOption(
      new Option('--idempotency-key <key>', 'repeat a send call that was cut off').default(undefined),
    );
  addFollowOptions(command);
  addAccessOptions(command);
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur send docs/examples/brev.pdf --to 27828510377 --title "Plass i SFO" --wait',
    )
    .action(async (files: string[], options: SendOptions) => done(await send(io, files, options)));
}

async function send(io: Io, paths: readonly string[], options: SendOptions): Promise<ExitCode> {
  const { texts } = io;
  parseRecipientId(options.to);
  const files = await findFiles(io, paths);
  const [access] = await senderAccesses(io, options);
  const client = createSenderClient(io, access!);
  const mottaker = await lookUpRecipient(io, client, {
    ...options,
    digitalOnly: options.digitalOnly ?? false,
  });
  const tittel = options.title ?? files[0]!.filnavn.replace(/\.pdf$/i, '');
  if (!options.json) io.out(sendingLine(texts, { tittel, to: mottaker.navn, from: access!.sender, files }));
  const id = await post(io, client, {
    tittel,
    mottaker,
    files: paths,
    kunDigitalLevering: options.digitalOnly ?? false,
    krevNiva4Innlogging: options.level4 ?? false,
    ...(options.reference === undefined ? {} : { eksternReferanse: options.reference }),
    idempotencyKey: options.idempotencyKey ?? newId(),
  });
  if (!options.json) io.out(`${painter(io.colour).strong(texts.t('cli.accepted', { id }))}\n\n`);
  const toPerson = mottaker.digitalId.length === 11;
  const outcome = await showTimeline(io, client, id, { ...options, toPerson });
  return outcome.failed ? EXIT.failed : EXIT.ok;
}

/** Sends one letter and answers its id. */
export async function post(
  io: Io,
  client: SenderClient,
  { idempotencyKey, ...letter }: Parameters<typeof letterForm>[2] & { readonly idempotencyKey: string },
): Promise<string> {
  const { form, dispose } = await letterForm(io, client.access.baseUrl, letter);
  try {
    return await client.send(form, idempotencyKey);
  } finally {
    await dispose();
  }
}

function sendingLine(
  { t, locale }: Texts,
  what: { tittel: string; to: string; from: string; files: readonly { size: number }[] },
): string {
  const bytes = what.files.reduce((sum, file) => sum + file.size, 0);
  const { tittel, to, from } = what;
  return `${t('cli.sending', { tittel, to, from, count: what.files.length, size: sizeText(bytes, locale) })}\n`;
}

function sizeText(bytes: number, locale: Texts['locale']): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  const digits = { maximumFractionDigits: value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(INTL_LOCALE[locale], { style: 'unit', unit, ...digits }).format(value);
}
