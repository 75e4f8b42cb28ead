import type { ExchangeClient, SentMessage } from '@grunnmur/exchange-client';
import { type Command, InvalidArgumentError } from 'commander';
import { addExchangeAccessOptions, type ExchangeOptions } from '../access/access-values.ts';
import { type ExchangeAccess, exchangeAccesses, findReceiver } from '../access/exchange-access.ts';
import { createKontoNames } from '../exchange/konto-names.ts';
import { contentsOf, localFiles } from '../exchange/message-files.ts';
import { entryLine, followTrace, isFailed, readTrace, standingLine, type Trace } from '../exchange/trace.ts';
import { abortedBy, withClient } from '../exchange/with-client.ts';
import { CliError, EXIT, type ExitCode, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import { addExchangeAdmin } from './exchange-admin.ts';
import { addExchangeIdentifier } from './exchange-identifier.ts';
import { addListen } from './exchange-listen.ts';
import { addValidate } from './exchange-validate.ts';
import { addCommonOptions, wholeNumber } from './options.ts';

interface SendingOptions extends ExchangeOptions {
  readonly type: string;
  /** Milliseconds. */
  readonly ttl?: number;
  readonly header?: readonly string[];
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly wait?: boolean;
  readonly timeout?: number;
}

interface SendOptions extends SendingOptions {
  readonly to: string;
  readonly replyTo?: string;
}

interface StatusOptions extends ExchangeOptions {
  readonly wait?: boolean;
  readonly timeout?: number;
}

/** Fiks IO from the command line, by the same client that others use. */
export function addExchange(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const exchange = program
    .command('exchange')
    .description('Messages between systems (Fiks IO): send, listen, reply, follow, validate');
  addSend(exchange, io, done);
  addListen(exchange, io, done);
  addReply(exchange, io, done);
  addMessageStatus(exchange, io, done);
  addValidate(exchange, io, done);
  addExchangeAdmin(exchange, io, done);
  addExchangeIdentifier(exchange, io, done);
}

function addSend(exchange: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = exchange
    .command('send')
    .description('Send a message, with or without files: signed, encrypted to the receiver, streamed')
    .argument('[file...]', 'the files, the main document first')
    .requiredOption('--to <konto>', 'receiver: id of the konto; in a demonstration also its name')
    .option('--reply-to <id>', 'the message that this one answers');
  addSendingOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange send arkivmelding.xml brev.pdf --to 33333333-3333-4333-8333-000000000002 --type no.eksempel.melding.v1',
    )
    .action(async (files: string[], options: SendOptions) => done(await send(io, files, options)));
}

function addReply(exchange: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = exchange
    .command('reply')
    .description('Answer a message that one of your kontoer has received')
    .argument('<id>', 'the message’s id')
    .argument('[file...]', 'the files');
  addSendingOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange reply 01a2021e-b95d-7000-86a6-f50fa1f6258e --type no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.mottatt',
    )
    .action(async (id: string, files: string[], options: SendingOptions) =>
      done(await reply(io, id, files, options)),
    );
}

function addMessageStatus(exchange: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = exchange
    .command('status')
    .description('What has happened to a message that you sent or received')
    .argument('<id>', 'the message’s id')
    .option('--wait', 'go on until the receiver has answered for it, or it is given up')
    .option('--timeout <seconds>', 'stop following after this time', wholeNumber);
  addExchangeAccessOptions(command);
  addCommonOptions(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  npx grunnmur exchange status 01a2021e-b95d-7000-86a6-f50fa1f6258e --wait',
    )
    .action(async (id: string, options: StatusOptions) => done(await status(io, id, options)));
}

function addSendingOptions(command: Command): void {
  command
    .requiredOption('--type <type>', 'message type, e.g. no.ks.fiks.arkiv.v1.innsyn.sok')
    .option('--ttl <ms>', 'milliseconds until it is given up (default: the service’s own)', wholeNumber)
    .option('--header <name=value>', 'a header of your own; may be repeated', collect, [])
    .option('--message-id <uuid>', 'klientMeldingId: the same when you send again')
    .option('--correlation-id <text>', 'klientKorrelasjonsId: follows the dialogue')
    .option('--wait', 'go on until the receiver has answered for it, or it is given up')
    .option('--timeout <seconds>', 'stop waiting after this time', wholeNumber);
  addExchangeAccessOptions(command);
  addCommonOptions(command);
}

function collect(text: string, before: readonly string[]): readonly string[] {
  if (!/^[^=\s]+=/.test(text)) throw new InvalidArgumentError('must be name=value');
  return [...before, text];
}

async function send(io: Io, files: readonly string[], options: SendOptions): Promise<ExitCode> {
  const [access] = await exchangeAccesses(io, options);
  const to = await findReceiver(io, options, options.to);
  const { replyTo } = options;
  return transmit(io, access, files, options, { to, ...(replyTo ? { svarPaMelding: replyTo } : {}) });
}

async function reply(
  io: Io,
  id: string,
  files: readonly string[],
  options: SendingOptions,
): Promise<ExitCode> {
  const { access, trace } = await findTrace(io, id, options, (found) => found.mottakerKontoId);
  if (access.kontoId !== trace.mottakerKontoId)
    throw new CliError(EXIT.usage, said('cli.error.not_receiver', { name: access.name }));
  const { klientKorrelasjonsId } = trace;
  return transmit(io, access, files, options, {
    to: trace.avsenderKontoId,
    svarPaMelding: trace.id,
    ...(klientKorrelasjonsId ? { klientKorrelasjonsId } : {}),
  });
}

interface Address {
  readonly to: string;
  readonly svarPaMelding?: string;
  readonly klientKorrelasjonsId?: string;
}

async function transmit(
  io: Io,
  access: ExchangeAccess,
  paths: readonly string[],
  options: SendingOptions,
  address: Address,
): Promise<ExitCode> {
  const { texts } = io;
  const files = await localFiles(io, paths);
  const headere = Object.fromEntries(
    (options.header ?? []).map((each) => /^([^=]+)=([\s\S]*)$/.exec(each)!.slice(1)),
  );
  return withClient(access, async (client) => {
    if (!options.json) {
      const to = await createKontoNames(client)(address.to);
      io.out(`${texts.t('cli.exchange.sending', { type: options.type, from: access.name, to })}\n`);
    }
    const sent = await client.send({
      ...address,
      type: options.type,
      ...(files.length > 0 ? { files: contentsOf(files) } : {}),
      ...(options.ttl === undefined ? {} : { ttl: options.ttl }),
      headere,
      ...(options.messageId ? { klientMeldingId: options.messageId } : {}),
      ...(options.correlationId ? { klientKorrelasjonsId: options.correlationId } : {}),
      ...abortedBy(io),
    });
    if (!options.json)
      io.out(`${painter(io.colour).strong(texts.t('cli.exchange.sent', { id: sent.meldingId }))}\n`);
    const trace = options.wait
      ? await show(io, () => readTrace(io, client, access, sent.meldingId), options)
      : undefined;
    if (options.json) io.out(`${JSON.stringify(answer(sent, trace))}\n`);
    return trace && isFailed(trace) ? EXIT.failed : EXIT.ok;
  });
}

function answer(sent: SentMessage, trace: Trace | undefined) {
  return { ...sent, ...(trace ? { status: trace.status, entries: trace.entries } : {}) };
}

async function status(io: Io, id: string, options: StatusOptions): Promise<ExitCode> {
  const { access } = await findTrace(io, id, options);
  const trace = await withClient(access, async (client) => {
    if (!options.json) await showParties(io, client, await readTrace(io, client, access, id));
    return show(io, () => readTrace(io, client, access, id), options);
  });
  if (options.json) io.out(`${JSON.stringify(trace)}\n`);
  return isFailed(trace) ? EXIT.failed : EXIT.ok;
}

async function showParties(io: Io, client: ExchangeClient, trace: Trace): Promise<void> {
  const nameOf = createKontoNames(client);
  const [from, to] = await Promise.all([nameOf(trace.avsenderKontoId), nameOf(trace.mottakerKontoId)]);
  const parties = io.texts.t('cli.exchange.parties', { type: trace.type, from, to });
  io.out(`${painter(io.colour).strong(parties)}\n`);
}

async function show(io: Io, read: () => Promise<Trace>, options: StatusOptions): Promise<Trace> {
  const { texts } = io;
  const trace = await followTrace(io, read, {
    wait: options.wait ?? false,
    timeout: options.timeout,
    onEntry: (entry) => {
      if (!options.json) io.out(entryLine(entry, texts, painter(io.colour)));
    },
  });
  if (!options.json) io.out(standingLine(io, trace, texts));
  return trace;
}

/** The first konto that may see the message, or the one that `wanted` names; a demonstration has several. */
async function findTrace(
  io: Io,
  id: string,
  options: ExchangeOptions,
  wanted?: (trace: Trace) => string,
): Promise<{ access: ExchangeAccess; trace: Trace }> {
  let refused: unknown;
  const accesses = await exchangeAccesses(io, options);
  for (const access of accesses) {
    try {
      const trace = await withClient(access, (client) => readTrace(io, client, access, id));
      const better = wanted && accesses.find(({ kontoId }) => kontoId === wanted(trace));
      return { access: better ?? access, trace };
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode !== EXIT.failed) throw error;
      refused ??= error;
    }
  }
  throw refused;
}
