import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type LocalFile, localFiles } from '../exchange/message-files.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import { addCommonOptions } from './options.ts';

interface ValidateOptions extends CommonOptions {
  readonly type: string;
  readonly replyTo?: string;
}

/** Larger documents than these are not looked into. */
const MAX_DOCUMENT_BYTES = 50_000_000;

export function addValidate(exchange: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = exchange
    .command('validate')
    .description('Check the files of a message against its protocol, without sending anything')
    .argument('[file...]', 'the files, or one ASiC-E container (.asice, .sce)')
    .requiredOption('--type <type>', 'message type')
    .option('--reply-to <id>', 'the message that it answers');
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange validate sok.xml --type no.ks.fiks.arkiv.v1.innsyn.sok',
    )
    .action(async (files: string[], options: ValidateOptions) => done(await validate(io, files, options)));
}

async function validate(io: Io, paths: readonly string[], options: ValidateOptions): Promise<ExitCode> {
  const files = await localFiles(io, paths);
  // Loaded here only: other commands have no use for the protocols.
  const { validatePackage } = await import('@grunnmur/exchange/validate');
  const report = await validatePackage(
    {
      metadata: {
        meldingstype: options.type,
        // Nothing is known of the call around the files.
        harKall: options.replyTo !== undefined,
        ...(options.replyTo ? { svarPaMelding: options.replyTo } : {}),
      },
      payload: await payloadOf(files),
    },
    { now: io.now() },
  );
  io.out(options.json ? `${JSON.stringify(report)}\n` : reportText(io, report));
  return report.gyldig ? EXIT.ok : EXIT.failed;
}

async function payloadOf(files: readonly LocalFile[]) {
  const [first] = files;
  if (!first) return undefined;
  if (files.length === 1 && /\.(?:asice|sce)$/i.test(first.name)) return { beholder: first.path };
  return {
    filer: await Promise.all(
      files.map(async ({ path, name, size }) => ({
        navn: name,
        storrelse: size,
        ...(size <= MAX_DOCUMENT_BYTES ? { innhold: await readFile(path) } : {}),
      })),
    ),
  };
}

type Report = Awaited<ReturnType<typeof import('@grunnmur/exchange/validate')['validatePackage']>>;

function reportText(io: Io, { gyldig, meldingstype, protokoll, funn }: Report): string {
  const paint = painter(io.colour);
  const { t } = io.texts;
  const lines = [
    `${gyldig ? paint.good(t('cli.validate.ok')) : paint.bad(t('cli.validate.not_ok'))}  ${meldingstype}${protokoll ? paint.dim(`  ${protokoll.navn} ${protokoll.versjon}`) : ''}`,
    ...funn.map(
      ({ alvor, sti, regel, tekst }) =>
        `  ${(alvor === 'feil' ? paint.bad : paint.warn)(t(`cli.validate.${alvor}`).padEnd(8))} ${sti}: ${tekst}  ${paint.dim(regel)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
