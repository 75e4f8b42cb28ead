import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { letterPaper, organisationPaper } from '@grunnmur/post/demo';
import type { Command } from 'commander';
import { findPlace } from '../access/place.ts';
import { noDemonstration, senderAccesses } from '../access/sender-access.ts';
import { dataFolder } from '../data-folder.ts';
import type { DemoAccess } from '../demo-access.ts';
import { CliError, EXIT, type ExitCode, said } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { SAMPLE_LETTERS, type SampleLetter } from '../seed/sample-letters.ts';
import { lookUpRecipient } from '../send/look-up-recipient.ts';
import { createSenderClient } from '../send/sender-client.ts';
import { addCommonOptions } from './options.ts';
import { post } from './send.ts';

interface Sown {
  readonly key: string;
  readonly id: string;
  readonly to: string;
  readonly tittel: string;
  /** False when an earlier run had sent it. */
  readonly isNew: boolean;
}

export function addSeed(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('seed')
    .description(
      'Send sample letters through the running demonstration, one for each way a letter can go; once only',
    );
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur seed\n\nPeople, organisations and logins are made by the server itself when it starts.',
    )
    .action(async (options: CommonOptions) => done(await seed(io, options)));
}

async function seed(io: Io, options: CommonOptions): Promise<ExitCode> {
  const place = await findPlace(io, options);
  const { demo } = place;
  if (!demo) throw noDemonstration(dataFolder(io, options), place);
  const { t } = io.texts;
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-seed-'));
  const sown: Sown[] = [];
  try {
    for (const sample of SAMPLE_LETTERS) {
      const letter = await sow(io, options, demo, sample, folder);
      sown.push(letter);
      if (!options.json)
        io.out(
          `  ${t(letter.isNew ? 'cli.seed.sent' : 'cli.seed.there').padEnd(10)}  ${letter.to}  ${letter.tittel}\n`,
        );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (options.json) io.out(`${JSON.stringify({ letters: sown })}\n`);
  else io.out(`\n${t('cli.seed.open', { url: `${place.baseUrl}/` })}\n`);
  return EXIT.ok;
}

async function sow(
  io: Io,
  options: CommonOptions,
  demo: DemoAccess,
  sample: SampleLetter,
  folder: string,
): Promise<Sown> {
  // Options of `send` from the environment would lead to another installation than the demonstration's.
  const [access] = await senderAccesses(io, { ...options, from: sample.from });
  const client = createSenderClient(io, access!);
  const to = recipientOf(demo, sample);
  const reference = `eksempel-${sample.key}`;
  const { title: tittel } = sample.text;
  const [known] = await client.findByReference(reference);
  if (known) return { key: sample.key, id: known, to, tittel, isNew: false };
  const path = join(folder, sample.filename);
  const digitalOnly = sample.digitalOnly ?? false;
  const mottaker = await lookUpRecipient(io, client, { to, digitalOnly });
  const address = [
    mottaker.adresselinje1,
    [mottaker.postnummer, mottaker.poststed].filter(Boolean).join(' '),
  ];
  const recipient = [mottaker.navn, ...address].filter((line): line is string => Boolean(line));
  const paper = { from: organisationPaper(sample.from), language: sample.language, date: io.now() };
  await writeFile(path, await letterPaper({ ...sample.text, recipient }, paper));
  const id = await post(io, client, {
    tittel,
    mottaker,
    files: [path],
    kunDigitalLevering: digitalOnly,
    krevNiva4Innlogging: sample.level4 ?? false,
    eksternReferanse: reference,
    idempotencyKey: reference,
  });
  return { key: sample.key, id, to, tittel, isNew: true };
}

function recipientOf(demo: DemoAccess, { key, to }: SampleLetter): string {
  if ('orgnr' in to) return to.orgnr;
  const person = demo.persons.find(({ situation }) => situation === to.situation);
  if (person) return person.fnr;
  throw new CliError(EXIT.failed, said('cli.error.no_person', { situation: to.situation, key }));
}
