import { readMultipart } from '@grunnmur/kernel/http';
import {
  boundedMap,
  cachedAuthorise,
  createFailures,
  type Failure,
  openEventLog,
} from '@grunnmur/kernel/simulator';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { JobTicket, MAX_PRINT_RECEIPTS, type PrintReceipt, type PrintStatus } from './print-messages.ts';
import { priceJob } from './print-price-list.ts';
import { type IncomingFile, printedFiles } from './printed-files.ts';
import { DEFAULT_CAPACITY, type SimulatorOptions } from './simulator-options.ts';

/**
 * - `printed` (default)
 * - `returned`: printed and posted, then it comes back
 * - `failed`: taken, but cannot be produced
 * - `rejected`: 422
 */
export type PrintOutcome = 'printed' | 'returned' | 'failed' | 'rejected';

export interface PrintSimulatorOptions extends SimulatorOptions {
  /** What becomes of a job. Undefined means `printed`. */
  readonly outcomeFor?: (ticket: JobTicket) => PrintOutcome | undefined;
  /** Time from received to printed; while it runs the job can be cancelled. Default 0. */
  readonly printDelayMs?: number;
  /** Largest PDF. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Where the newest print files are kept for everybody to look at. Default: nowhere. */
  readonly filesDir?: string;
}

export interface PrintSimulator {
  readonly plugin: FastifyPluginAsync;
  /** 1 when a job with this id was taken, else 0. */
  received(id: string): number;
  /** Uploads of a job with this id, repeats included. */
  attempts(id: string): number;
  size(): number;
  /** Bytes of the PDF that came with the job. */
  bytes(id: string): number | undefined;
  fail(failure: Failure): void;
}

interface Job {
  readonly ticket: JobTicket;
  readonly outcome: PrintOutcome;
  readonly receivedAt: number;
  readonly bytes: number;
  status: PrintStatus;
  changedAt: number;
  attempts: number;
}

/** A print supplier that takes, "prints" and invoices jobs, keeping tickets only. */
export function printSimulator(options: PrintSimulatorOptions): PrintSimulator {
  const state = openState(options);
  const failures = createFailures({ operation: 'send' });
  return {
    plugin: async (app) => {
      failures.install(app);
      addRoutes(app, options, state);
      app.addHook('onClose', async () => state.log.close());
    },
    received: (id) => (state.jobs.has(id) ? 1 : 0),
    attempts: (id) => state.jobs.get(id)?.attempts ?? 0,
    size: () => state.jobs.size,
    bytes: (id) => state.jobs.get(id)?.bytes,
    fail: failures.fail,
  };
}

type State = ReturnType<typeof openState>;

function openState(options: PrintSimulatorOptions) {
  const capacity = options.capacity ?? DEFAULT_CAPACITY;
  const now = options.now ?? (() => new Date());
  const delay = options.printDelayMs ?? 0;
  const receipts = boundedMap<PrintReceipt>(capacity);
  /** In order of arrival, which is the order of printing. */
  const waiting = boundedMap<Job>(capacity);
  const jobs = boundedMap<Job>(capacity, (job) => waiting.delete(job.ticket.jobId));

  function take(ticket: JobTicket, outcome: PrintOutcome, receivedAt: number, bytes: number): Job {
    const job: Job = {
      ticket,
      outcome,
      receivedAt,
      bytes,
      status: 'received',
      changedAt: receivedAt,
      attempts: 1,
    };
    jobs.set(ticket.jobId, job);
    waiting.set(ticket.jobId, job);
    return job;
  }

  function cancel(job: Job, at: number): void {
    job.status = 'cancelled';
    job.changedAt = at;
    waiting.delete(job.ticket.jobId);
  }

  /** Prints what is due. Called before every answer that could show it, so that no timer runs. */
  function printDue(): void {
    const at = now().getTime();
    for (const job of waiting.values()) {
      const due = job.receivedAt + delay;
      if (due > at) return;
      waiting.delete(job.ticket.jobId);
      job.status = job.outcome === 'rejected' ? 'failed' : job.outcome;
      job.changedAt = due;
      for (const receipt of receiptsOf(job, due)) receipts.set(receipt.receiptId, receipt);
    }
  }

  const log = openEventLog(options.logPath, ([kind, id, ...values]) => {
    const job = jobs.get(String(id));
    if (kind === 'r')
      take(values[0] as JobTicket, values[1] as PrintOutcome, Number(values[2]), Number(values[3]));
    if (kind === 'd' && job) job.attempts += 1;
    if (kind === 'c' && job) cancel(job, Number(values[0]));
    if (kind === 'a') {
      printDue();
      receipts.delete(String(id));
    }
  });
  return { now, jobs, receipts, take, cancel, printDue, log, files: printedFiles(options.filesDir) };
}

function receiptsOf(job: Job, at: number): PrintReceipt[] {
  const { jobId } = job.ticket;
  const time = new Date(at).toISOString();
  if (job.outcome === 'failed') return [{ receiptId: `failed-${jobId}`, jobId, type: 'failed', at: time }];
  const printed: PrintReceipt = {
    receiptId: `printed-${jobId}`,
    jobId,
    type: 'printed',
    postedAt: time,
    ...priceJob(job.ticket),
  };
  if (job.outcome !== 'returned') return [printed];
  return [printed, { receiptId: `returned-${jobId}`, jobId, type: 'returned', at: time }];
}

const TicketCheck = Compile(JobTicket);
const AcknowledgeBody = Compile(
  Type.Object({
    receiptIds: Type.Array(Type.String({ maxLength: 100 }), { maxItems: MAX_PRINT_RECEIPTS }),
  }),
);

/** Read by people in a browser, who followed the link of a letter's timeline. */
const NO_PAPER = `Dette papiret finnes ikke. Utskriftssimulatoren tar vare på de 100 nyeste brevene, og brev som ikke er skrevet ut, har ikke noe papir.

This paper is not here. The print simulator keeps the newest 100 letters, and a letter that was not printed has no paper.
`;

function addRoutes(app: FastifyInstance, options: PrintSimulatorOptions, state: State): void {
  const authorised = cachedAuthorise(options.authorise, 'print', state.now);
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  app.addHook('preHandler', async (request, reply) => {
    // Paper of invented people in a demonstration: whoever has the letter's id may look at it.
    if (request.routeOptions.config.operation === 'look') return;
    if (!(await authorised(request.headers.authorization))) await problem(reply, 401, 'unauthorised');
  });
  app.post('/jobs', { config: { operation: 'send' } }, (request, reply) =>
    takeJob(options, state, request, reply),
  );
  app.get('/files/:name', { config: { operation: 'look' } }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const file = await state.files.read(name.replace(/\.pdf$/, ''));
    if (!file) return reply.status(404).type('text/plain; charset=utf-8').send(NO_PAPER);
    return reply.type('application/pdf').header('content-length', file.bytes).send(file.stream);
  });
  app.get('/jobs/:id', { config: { operation: 'status' } }, (request, reply) => {
    state.printDue();
    const job = state.jobs.get((request.params as { id: string }).id);
    return job ? reply.send(describe(job)) : problem(reply, 404, 'job_not_found');
  });
  app.delete('/jobs/:id', { config: { operation: 'cancel' } }, (request, reply) =>
    cancelJob(state, (request.params as { id: string }).id, reply),
  );
  app.get('/receipts', { config: { operation: 'receipts' } }, (request, reply) => {
    state.printDue();
    const { limit = '100' } = request.query as { limit?: string };
    return reply.send({ receipts: state.receipts.first(Math.min(Number(limit) || 0, MAX_PRINT_RECEIPTS)) });
  });
  app.post('/receipts/acknowledgements', { config: { operation: 'acknowledge' } }, (request, reply) => {
    if (!AcknowledgeBody.Check(request.body)) return problem(reply, 400, 'invalid_body');
    for (const id of (request.body as { receiptIds: string[] }).receiptIds) {
      if (state.receipts.delete(id)) state.log.append(['a', id]);
    }
    return reply.code(204).send();
  });
}

async function takeJob(
  options: PrintSimulatorOptions,
  state: State,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const file = await state.files.receive();
  try {
    return await readJob(options, state, request, reply, file);
  } finally {
    await file.close();
  }
}

async function readJob(
  options: PrintSimulatorOptions,
  state: State,
  request: FastifyRequest,
  reply: FastifyReply,
  file: IncomingFile,
): Promise<FastifyReply> {
  let ticket: JobTicket | undefined;
  let bytes = 0;
  let first = Buffer.alloc(0);
  for await (const part of readMultipart(request, { maxParts: 2 })) {
    if (part.name === 'ticket') ticket = parseTicket(await collect(part.body, 64 * 1024));
    if (part.name !== 'document') continue;
    for await (const chunk of part.body) {
      if (first.length < 5) first = Buffer.concat([first, chunk.subarray(0, 5)]);
      bytes += chunk.length;
      await file.write(chunk);
      if (bytes > (options.maxBytes ?? 1024 ** 3)) return problem(reply, 413, 'too_large');
    }
  }
  if (!ticket) return problem(reply, 400, 'invalid_ticket');
  if (first.subarray(0, 5).toString('latin1') !== '%PDF-') return problem(reply, 422, 'not_pdf');
  const answer = acceptJob(options, state, ticket, bytes, reply);
  if (answer.statusCode < 300) await file.keep(ticket.jobId);
  return answer;
}

function acceptJob(
  options: PrintSimulatorOptions,
  state: State,
  ticket: JobTicket,
  bytes: number,
  reply: FastifyReply,
): FastifyReply {
  const known = state.jobs.get(ticket.jobId);
  if (known) {
    known.attempts += 1;
    state.log.append(['d', ticket.jobId]);
    return reply.code(200).send(describe(known));
  }
  if (ticket.sheets > ticket.pages || ticket.sheets < ticket.pages / (ticket.doubleSided ? 2 : 1)) {
    return problem(reply, 422, 'sheets_mismatch');
  }
  const outcome = options.outcomeFor?.(ticket) ?? 'printed';
  if (outcome === 'rejected') return problem(reply, 422, 'address_outside_window');
  const job = state.take(ticket, outcome, state.now().getTime(), bytes);
  state.log.append(['r', ticket.jobId, ticket, outcome, job.receivedAt, bytes]);
  return reply.code(201).send(describe(job));
}

function cancelJob(state: State, id: string, reply: FastifyReply): FastifyReply {
  state.printDue();
  const job = state.jobs.get(id);
  if (!job) return problem(reply, 404, 'job_not_found');
  if (job.status === 'received') {
    const at = state.now().getTime();
    state.cancel(job, at);
    state.log.append(['c', id, at]);
  }
  return job.status === 'cancelled' ? reply.send(describe(job)) : problem(reply, 409, 'already_printed');
}

function describe(job: Job) {
  return {
    jobId: job.ticket.jobId,
    status: job.status,
    changedAt: new Date(job.changedAt).toISOString(),
  };
}

function parseTicket(text: string | undefined): JobTicket | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return TicketCheck.Check(value) ? (value as JobTicket) : undefined;
  } catch {
    return undefined;
  }
}

async function collect(body: AsyncIterable<Uint8Array>, limit: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function problem(reply: FastifyReply, status: number, code: string): FastifyReply {
  return reply.code(status).type('application/problem+json').send(JSON.stringify({ status, code }));
}
