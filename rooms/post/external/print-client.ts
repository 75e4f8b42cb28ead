import { Readable } from 'node:stream';
import { parseJson } from '@grunnmur/kernel/outgoing';
import { answerReader, unavailable } from './channel-answer.ts';
import {
  type ChannelAnswer,
  type ChannelHttp,
  createChannelHttp,
  type HttpLimits,
  type TokenSupplier,
} from './channel-http.ts';
import { refused, type SendOutcome, sent } from './channel-outcome.ts';
import { multipartBody } from './multipart-body.ts';
import {
  JobAnswer,
  type JobTicket,
  MAX_PRINT_RECEIPTS,
  type PrintReceipt,
  type PrintStatus,
  ReceiptsAnswer,
} from './print-messages.ts';

export interface PrintClientOptions {
  readonly baseUrl: string;
  readonly token: TokenSupplier;
  readonly limits?: Partial<HttpLimits>;
  /** Longest time for one upload. Default 15 minutes. */
  readonly uploadTimeoutMs?: number;
}

export interface PrintJob extends JobTicket {
  /** The merged PDF with its front page. Read once, as fast as the supplier takes it; a stream is closed afterwards. */
  readonly pdf: AsyncIterable<Uint8Array>;
  /** Bytes of the PDF, when known. */
  readonly size?: number;
}

export interface PrintState {
  readonly status: PrintStatus;
  readonly changed: Date;
}

/** `printed`: too late, it is on paper. */
export type PrintCancel = 'cancelled' | 'printed' | 'not_found';

export interface PrintClient {
  /**
   * Hands over one job; `reference` is the job id. Safe to repeat with the same id. Throws `ChannelUnavailable`; an
   * error in reading the PDF itself is thrown as it is.
   */
  send(job: PrintJob, signal?: AbortSignal): Promise<SendOutcome>;
  /** Undefined when the supplier does not know the job. Throws `ChannelUnavailable`. */
  status(jobId: string, signal?: AbortSignal): Promise<PrintState | undefined>;
  /** Stops a job that is not yet printed; repeatable. Throws `ChannelUnavailable`. */
  cancel(jobId: string, signal?: AbortSignal): Promise<PrintCancel>;
  /** The oldest receipts not yet acknowledged, at most `max` (1–1000). Throws `ChannelUnavailable`. */
  fetchReceipts(max: number, signal?: AbortSignal): Promise<PrintReceipt[]>;
  /** Call when the receipts are stored; they are not given again. Repeatable. Throws `ChannelUnavailable`. */
  acknowledge(receiptIds: readonly string[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const readJob = answerReader(JobAnswer);
const readReceipts = answerReader(ReceiptsAnswer);

/** Client of the print supplier interface that this folder's README documents. */
export function createPrintClient(options: PrintClientOptions): PrintClient {
  const limits = { maxResponseBytes: 1024 * 1024, ...options.limits };
  const http = createChannelHttp({
    channel: 'print',
    baseUrl: options.baseUrl,
    token: options.token,
    limits,
  });
  const uploadTimeoutMs = options.uploadTimeoutMs ?? 15 * 60_000;
  return {
    send: (job, signal) => send(http, job, uploadTimeoutMs, signal),
    status: (jobId, signal) => status(http, jobId, signal),
    cancel: (jobId, signal) => cancel(http, jobId, signal),
    fetchReceipts: (max, signal) => fetchReceipts(http, max, signal),
    acknowledge: (receiptIds, signal) => acknowledge(http, receiptIds, signal),
    close: () => http.close(),
  };
}

async function send(
  http: ChannelHttp,
  job: PrintJob,
  totalTimeoutMs: number,
  signal?: AbortSignal,
): Promise<SendOutcome> {
  const { pdf, size, ...ticket } = job;
  const { body, contentType, length } = multipartBody([
    {
      name: 'ticket',
      filename: 'ticket.json',
      contentType: 'application/json',
      content: JSON.stringify(ticket),
    },
    { name: 'document', filename: 'letter.pdf', contentType: 'application/pdf', content: pdf, size },
  ]);
  const answer = await http
    .request({
      method: 'POST',
      path: '/jobs',
      contentType,
      body,
      contentLength: length,
      totalTimeoutMs,
      signal,
    })
    .finally(() => {
      // An opened object is closed also when the exchange never came as far as reading it.
      if (pdf instanceof Readable) pdf.destroy();
    });
  if (answer.status === 201 || answer.status === 200) {
    return sent(readJob('print', answer).jobId, answer.status === 200);
  }
  if (answer.status === 400 || answer.status === 413 || answer.status === 422) {
    const code = codeOf(answer);
    return { ...refused('rejected', `print ${code ?? `HTTP ${answer.status}`}`), ...(code ? { code } : {}) };
  }
  throw unavailable('print', answer, codeOf(answer));
}

async function status(
  http: ChannelHttp,
  jobId: string,
  signal?: AbortSignal,
): Promise<PrintState | undefined> {
  const answer = await http.request({ method: 'GET', path: pathOf(jobId), signal });
  if (isUnknownJob(answer)) return undefined;
  if (answer.status !== 200) throw unavailable('print', answer, codeOf(answer));
  const job = readJob('print', answer);
  return { status: job.status, changed: new Date(job.changedAt) };
}

async function cancel(http: ChannelHttp, jobId: string, signal?: AbortSignal): Promise<PrintCancel> {
  const answer = await http.request({ method: 'DELETE', path: pathOf(jobId), signal });
  if (isUnknownJob(answer)) return 'not_found';
  if (answer.status === 409) return 'printed';
  if (answer.status !== 200) throw unavailable('print', answer, codeOf(answer));
  readJob('print', answer);
  return 'cancelled';
}

async function fetchReceipts(http: ChannelHttp, max: number, signal?: AbortSignal): Promise<PrintReceipt[]> {
  const limit = Math.min(Math.max(Math.trunc(max), 1), MAX_PRINT_RECEIPTS);
  const answer = await http.request({ method: 'GET', path: `/receipts?limit=${limit}`, signal });
  if (answer.status !== 200) throw unavailable('print', answer, codeOf(answer));
  return readReceipts('print', answer).receipts;
}

async function acknowledge(
  http: ChannelHttp,
  receiptIds: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (let start = 0; start < receiptIds.length; start += MAX_PRINT_RECEIPTS) {
    const batch = receiptIds.slice(start, start + MAX_PRINT_RECEIPTS);
    const answer = await http.request({
      method: 'POST',
      path: '/receipts/acknowledgements',
      contentType: 'application/json',
      body: JSON.stringify({ receiptIds: batch }),
      signal,
    });
    if (answer.status !== 204) throw unavailable('print', answer, codeOf(answer));
  }
}

function pathOf(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}`;
}

/** A 404 without the code comes from something in front of the supplier, e.g. a wrong address. */
function isUnknownJob(answer: ChannelAnswer): boolean {
  return answer.status === 404 && codeOf(answer) === 'job_not_found';
}

/** The problem's code, when it looks like one: free text could hold anything. */
function codeOf(answer: ChannelAnswer): string | undefined {
  const code = (parseJson(answer.text) as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^[a-z_]{1,50}$/.test(code) ? code : undefined;
}
