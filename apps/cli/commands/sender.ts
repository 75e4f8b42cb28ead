import { SENDER_COLOURS, type SenderProfile } from '@grunnmur/post';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { operate } from './exchange-admin.ts';
import { addCommonOptions } from './options.ts';
import { addSenderAdmin } from './sender-admin.ts';

interface ProfileOptions extends CommonOptions {
  readonly orgnr: string;
  readonly colour?: SenderProfile['farge'];
  readonly address?: string;
  readonly email?: string;
  readonly privacyEmail?: string;
  readonly phone?: string;
  readonly website?: string;
}

const EXAMPLE =
  'npx grunnmur sender profile --orgnr 310000000 --colour blaa --email post@eksempel.example --phone "00 00 00 01"';

/** `grunnmur sender profile`: how an organisation's letters look to those who get them, and whom they ask. */
export function addSender(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const sender = program
    .command('sender')
    .description('Organisations as senders of letters (operator)')
    .addHelpText('after', `\nExample:\n  ${EXAMPLE}`);
  const profile = sender
    .command('profile')
    .description('Set how an organisation is shown to its readers; what is left out is removed')
    .requiredOption('--orgnr <number>', 'the organisation')
    .addOption(new Option('--colour <name>', 'its colour on its letters').choices(SENDER_COLOURS))
    .option('--address <text>', 'postal address on one line')
    .option('--email <address>', 'answers questions about letters')
    .option('--privacy-email <address>', 'answers questions about the use of personal data')
    .option('--phone <number>', 'answers questions about letters')
    .option('--website <address>', 'begins with https://');
  addCommonOptions(profile);
  profile
    .addHelpText('after', `\nExample:\n  ${EXAMPLE}`)
    .action(async (options: ProfileOptions) => done(await setProfile(io, options)));
  addSenderAdmin(sender, io, done);
}

async function setProfile(io: Io, options: ProfileOptions): Promise<ExitCode> {
  const profile: SenderProfile = {
    farge: options.colour,
    adresse: options.address,
    epost: options.email,
    personvernEpost: options.privacyEmail,
    telefon: options.phone,
    nettsted: options.website,
  };
  await operate(io, options, (operator, ctx) => operator.setSenderProfile(ctx, profile));
  io.out(options.json ? `${JSON.stringify(profile)}\n` : `${io.texts.t('cli.sender.profile_set')}\n`);
  return EXIT.ok;
}
