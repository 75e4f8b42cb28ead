import { resolve } from 'node:path';
import type { ReceivedMessage } from '@grunnmur/exchange-client';
import { type Command, InvalidArgumentError } from 'commander';
import { addExchangeAccessOptions, type ExchangeOptions } from '../access/access-values.ts';
import { exchangeAccesses } from '../access/exchange-access.ts';
import { createKontoNames } from '../exchange/konto-names.ts';
import { type Received, receiveFiles } from '../exchange/message-files.ts';
import { cliError, withClient } from '../exchange/with-client.ts';
import { CliError, EXIT, type ExitCode, quoted } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import { addCommonOptions, wholeNumber } from './options.ts';

interface ListenOptions extends ExchangeOptions {
  readonly save?: string;
  readonly ack?: boolean;
  readonly count?: number;
  readonly timeout?: number;
}

export function addListen(exchange: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = exchange
    .command('listen')
    .description('Receive a konto’s messages until Ctrl-C; files are decrypted and verified')
    .option('--save <folder>', 'save the files, below the id of each message')
    .option('--ack', 'acknowledge each message when it is shown and saved (default)')
    .option('--no-ack', 'only look: messages go back when the command ends, which uses one of three attempts')
    .option('--count <number>', 'end after this many messages', positive)
    .option(
      '--timeout <seconds>',
      'end after this time; exit code 1 when --count was not reached',
      wholeNumber,
    );
  addExchangeAccessOptions(command);
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nWith --json each message is one line of JSON.\n\nExample:\n  npx grunnmur exchange listen --konto 33333333-3333-4333-8333-000000000002 --save innboks --count 1',
    )
    .action(async (options: ListenOptions) => done(await listen(io, options)));
}

function positive(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('must be at least 1');
  return number;
}

async function listen(io: Io, options: ListenOptions): Promise<ExitCode> {
  const [access] = await exchangeAccesses(io, options);
  const { texts } = io;
  const folder = options.save === undefined ? undefined : resolve(io.cwd, options.save);
  const wanted = options.count ?? Number.POSITIVE_INFINITY;
  let received = 0;
  return withClient(access, async (client) => {
    const nameOf = createKontoNames(client);
    const enough = new AbortController();
    const timeout = options.timeout === undefined ? [] : [AbortSignal.timeout(options.timeout * 1000)];
    const signal = AbortSignal.any([io.signal, enough.signal, ...timeout]);
    const handle = async (message: ReceivedMessage) => {
      // What comes after the last wanted one stays unanswered and goes back to the queue.
      if (received >= wanted) return;
      received++;
      const contents = await receiveFiles(message, folder);
      const from = await nameOf(message.avsenderKontoId);
      io.out(
        options.json
          ? `${JSON.stringify(asJson(message, from, contents))}\n`
          : messageText(io, message, from, contents),
      );
      if (options.ack ?? true) message.ack();
      if (received >= wanted) enough.abort();
    };
    const subscription = await client.subscribe(handle, {
      // One at a time: the output is read in order, and no more is taken than is wanted.
      prefetch: options.ack === false ? Math.min(wanted, 100) : 1,
      autoAck: false,
      signal,
      onError: (error) => report(io, error),
      onState: (state) => {
        if (state === 'consuming' && !options.json)
          io.err(`${texts.t('cli.exchange.listening', { name: access.name })}\n`);
      },
    });
    await subscription.closed;
    return Number.isFinite(wanted) && received < wanted && !io.signal.aborted ? EXIT.failed : EXIT.ok;
  });
}

function report(io: Io, error: unknown): void {
  const { t } = io.texts;
  const known = cliError(error);
  const { key, params } = known instanceof CliError ? known.said : quoted((error as Error).message);
  io.err(`${painter(io.colour).warn(t('cli.exchange.trouble', { detail: t(key, params) }))}\n`);
}

function asJson(message: ReceivedMessage, avsenderNavn: string, { files, signers }: Received) {
  const { meldingId, type, avsenderKontoId, mottakerKontoId, svarPaMelding, headere, ttl, redelivered } =
    message;
  const { klientMeldingId, klientKorrelasjonsId, dokumentlagerId } = message;
  return {
    meldingId,
    type,
    avsenderKontoId,
    avsenderNavn,
    mottakerKontoId,
    svarPaMelding,
    klientMeldingId,
    klientKorrelasjonsId,
    headere,
    ttl,
    redelivered,
    dokumentlagerId,
    files,
    signers,
  };
}

function messageText(
  { texts: { t }, colour }: Io,
  message: ReceivedMessage,
  from: string,
  { files, signers }: Received,
): string {
  const paint = painter(colour);
  const again = message.redelivered ? `  ${paint.warn(t('cli.exchange.again'))}` : '';
  const lines = [
    `${paint.strong(message.type)}${again}`,
    `  ${t('cli.exchange.from', { name: from })}`,
    `  ${t('cli.exchange.id', { id: message.meldingId })}`,
    ...(message.svarPaMelding ? [`  ${t('cli.exchange.answers', { id: message.svarPaMelding })}`] : []),
    ...Object.entries(message.headere).map(([name, value]) => `  ${name}: ${oneLine(value)}`),
    ...files.map(
      ({ name, bytes, path }) => `  ${path ?? name}  ${paint.dim(t('cli.exchange.bytes', { bytes }))}`,
    ),
    ...signers.map((name) => `  ${paint.good(t('cli.exchange.signed', { name: oneLine(name) }))}`),
    ...(files.length === 0 ? [`  ${paint.dim(t('cli.exchange.no_files'))}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** A sender's text must not move the reader's cursor. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
