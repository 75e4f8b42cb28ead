import { CmsError, encryptCms } from '@grunnmur/kernel/crypto';
import { answerReader, unavailable } from './channel-answer.ts';
import { type ChannelAnswer, type ChannelHttp, createChannelHttp, type HttpLimits } from './channel-http.ts';
import { ChannelUnavailable, refused, type SendOutcome, sent } from './channel-outcome.ts';
import { parcelStream } from './dpi-container.ts';
import {
  DPI_LIMITS,
  DPI_MIME_TYPES,
  type DpiLetter,
  MessagesAnswer,
  StatusesAnswer,
} from './dpi-messages.ts';
import { type DpiReceipt, digitalSbd, headerOf, receiptOf } from './dpi-sbd.ts';
import {
  certificateOrgnr,
  createDpiSigner,
  createJwsVerifier,
  type DpiCredentials,
  type DpiSigner,
  type JwsVerifier,
} from './dpi-signer.ts';
import { ParcelTooLarge, type Spooled, spool } from './dpi-spool.ts';
import { multipartBody } from './multipart-body.ts';

/**
 * Maskinporten token with scope `digitalpostinnbygger:send`. `consumerOrg` is the organisation a supplier sends for
 * (Maskinporten: consumer_org), undefined for its own letters and for receipts.
 */
export type DpiTokenSupplier = (options: {
  readonly fresh: boolean;
  readonly consumerOrg: string | undefined;
}) => string | Promise<string>;

export interface DpiClientOptions {
  /** The access point, e.g. `https://…/api/v2/dpi`. */
  readonly baseUrl: string;
  readonly token: DpiTokenSupplier;
  readonly credentials: DpiCredentials;
  /** Organisation of the credentials' certificate. */
  readonly signerOrgnr: string;
  /** Issuers (or certificates) of the mailboxes, PEM: receipts signed by others are unreadable. */
  readonly trustedCertificatesPem: readonly string[];
  /** Keeps this system's receipts apart from those of the sender's other systems: `[A-Za-z0-9_-]`, at most 28. */
  readonly channel?: string;
  /** Existing folder for large encrypted parcels while they are sent. */
  readonly spoolDirectory: string;
  /** Parcels up to this size stay in memory. Default 1 MiB. */
  readonly spoolMemoryBytes?: number;
  readonly limits?: Partial<HttpLimits>;
  /** Longest time for one upload. Default 15 minutes. */
  readonly uploadTimeoutMs?: number;
  /** Told to the mailbox: we wait this long for its receipt. Default 48 hours. */
  readonly receiptWithinMs?: number;
  readonly now: () => Date;
}

/** A message that cannot be trusted or understood. Acknowledge it too, or it is given again for ever. */
export interface UnreadableReceipt {
  readonly type: 'unreadable';
  readonly receiptId: string;
}

/** The access point's own view: FEILET means that the mailbox never got it. */
export type DpiTransport = 'OPPRETTET' | 'SENDT' | 'FEILET';

export interface DpiSendOptions {
  /** An earlier attempt may have got through: ask the access point before sending again. */
  readonly repeated?: boolean;
  readonly signal?: AbortSignal;
}

export interface DpiClient {
  /**
   * Packs, signs, encrypts and hands over one letter; `reference` is the letter's id. Throws `ChannelUnavailable`,
   * `DocumentChanged`, or what reading a document failed with.
   */
  send(letter: DpiLetter, options?: DpiSendOptions): Promise<SendOutcome>;
  /** The latest transport status; undefined when the access point does not know the letter. */
  transport(id: string, signal?: AbortSignal): Promise<DpiTransport | undefined>;
  /** Receipts not yet acknowledged, at most `max` (1–100). Throws `ChannelUnavailable`. */
  fetchReceipts(max: number, signal?: AbortSignal): Promise<(DpiReceipt | UnreadableReceipt)[]>;
  /** Call when the receipt is stored; it is not given again. Repeatable. Throws `ChannelUnavailable`. */
  acknowledge(receiptId: string, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface Deps {
  readonly options: DpiClientOptions;
  readonly http: ChannelHttp;
  readonly signer: DpiSigner;
  readonly verify: JwsVerifier;
}

const readStatuses = answerReader(StatusesAnswer);
const readMessages = answerReader(MessagesAnswer);

/**
 * Client of an access point for Digital post til innbyggere, to its published API (OpenAPI, version 1.0.0). Throws
 * when the credentials do not fit together or do not belong to `signerOrgnr`.
 */
export function createDpiClient(options: DpiClientOptions): DpiClient {
  if (options.channel !== undefined && !/^[A-Za-z0-9_-]{1,28}$/.test(options.channel)) {
    throw new Error('The channel may hold A-Z, a-z, 0-9, _ and -, at most 28 characters');
  }
  const signer = createDpiSigner(options.credentials);
  if (signer.orgnr !== options.signerOrgnr) {
    throw new Error('The certificate belongs to another organisation than the signer');
  }
  const deps: Deps = {
    options,
    http: createChannelHttp({
      channel: 'sdp',
      baseUrl: options.baseUrl,
      token: ({ fresh }) => options.token({ fresh, consumerOrg: undefined }),
      limits: { maxResponseBytes: 4 * 1024 * 1024, ...options.limits },
    }),
    signer,
    verify: createJwsVerifier(options.trustedCertificatesPem, options.now),
  };
  return {
    send: (letter, sendOptions) => send(deps, letter, sendOptions ?? {}),
    transport: (id, signal) => transport(deps.http, id, signal),
    fetchReceipts: (max, signal) => fetchReceipts(deps, max, signal),
    acknowledge: (receiptId, signal) => acknowledge(deps.http, receiptId, signal),
    close: () => deps.http.close(),
  };
}

async function send(
  deps: Deps,
  letter: DpiLetter,
  { repeated, signal }: DpiSendOptions,
): Promise<SendOutcome> {
  if (repeated) {
    const known = await outcomeOfEarlier(deps.http, letter.id, signal);
    if (known) return known;
  }
  const unfit = unfitReason(letter);
  if (unfit) return refused('rejected', unfit);
  const parcel = await packParcel(deps, letter);
  if ('outcome' in parcel) return parcel;
  try {
    const answer = await upload(deps, letter, parcel, signal);
    if (answer.status >= 200 && answer.status < 300) return sent(letter.id);
    // The contract has no answer of its own for a repeated id: it comes as a validation error.
    if (answer.status === 400 || answer.status === 409) {
      const known = await outcomeOfEarlier(deps.http, letter.id, signal);
      return known ?? refused('rejected', `sdp HTTP ${answer.status}`);
    }
    if (answer.status === 413) return refused('rejected', 'sdp HTTP 413');
    throw unavailable('sdp', answer);
  } finally {
    await parcel.dispose();
  }
}

function unfitReason(letter: DpiLetter): string | undefined {
  if (letter.documents.length > DPI_LIMITS.attachments + 1) return 'sdp too many attachments';
  if (letter.documents.some(({ mimeType }) => !DPI_MIME_TYPES.has(mimeType))) return 'sdp MIME type';
  const size = letter.documents.reduce((sum, document) => sum + document.size, 0);
  return size > DPI_LIMITS.parcelBytes ? 'sdp parcel too large' : undefined;
}

async function packParcel(deps: Deps, letter: DpiLetter): Promise<Spooled | SendOutcome> {
  const plain = await parcelStream(letter, deps.signer, deps.options.now());
  try {
    return await spool(encryptCms(plain, [letter.mailbox.certificatePem], { transport: 'oaep' }), {
      directory: deps.options.spoolDirectory,
      memoryBytes: deps.options.spoolMemoryBytes ?? 1024 * 1024,
      maxBytes: DPI_LIMITS.parcelBytes,
    });
  } catch (error) {
    if (error instanceof ParcelTooLarge) return refused('rejected', 'sdp parcel too large');
    if (error instanceof CmsError)
      return refused('unknown_recipient', `sdp mailbox certificate ${error.code}`);
    throw error;
  } finally {
    plain.destroy();
  }
}

async function upload(
  deps: Deps,
  letter: DpiLetter,
  parcel: Spooled,
  signal: AbortSignal | undefined,
): Promise<ChannelAnswer> {
  const answer = await uploadOnce(deps, letter, parcel, false, signal);
  return answer.status === 401 ? uploadOnce(deps, letter, parcel, true, signal) : answer;
}

async function uploadOnce(
  deps: Deps,
  letter: DpiLetter,
  parcel: Spooled,
  fresh: boolean,
  signal: AbortSignal | undefined,
): Promise<ChannelAnswer> {
  const { options } = deps;
  const token = await letterToken(options, letter, fresh);
  const now = options.now();
  const sbd = digitalSbd(letter, {
    signerOrgnr: options.signerOrgnr,
    parcelSha256: parcel.sha256,
    maskinportenToken: token,
    now,
    expectedResponse: new Date(now.getTime() + (options.receiptWithinMs ?? 48 * 3_600_000)),
  });
  const { body, contentType, length } = multipartBody([
    {
      name: 'forretningsmelding',
      filename: 'sbd.jwt',
      contentType: 'application/jwt',
      content: await deps.signer.jws(sbd),
    },
    {
      name: 'dokumentpakke',
      filename: 'asic.cms',
      contentType: 'application/cms',
      content: parcel.read(),
      size: parcel.size,
    },
  ]);
  const query = options.channel === undefined ? '' : `?kanal=${options.channel}`;
  return deps.http.request({
    method: 'POST',
    path: `/messages/out${query}`,
    contentType,
    body,
    contentLength: length,
    token,
    totalTimeoutMs: options.uploadTimeoutMs ?? 15 * 60_000,
    signal,
  });
}

async function letterToken(options: DpiClientOptions, letter: DpiLetter, fresh: boolean): Promise<string> {
  const consumerOrg = letter.senderOrgnr === options.signerOrgnr ? undefined : letter.senderOrgnr;
  try {
    return await options.token({ fresh, consumerOrg });
  } catch (cause) {
    throw new ChannelUnavailable('sdp', 'authorisation', { cause });
  }
}

/** What became of an earlier attempt with this id, if there was one that got through. */
async function outcomeOfEarlier(
  http: ChannelHttp,
  id: string,
  signal: AbortSignal | undefined,
): Promise<SendOutcome | undefined> {
  const status = await transport(http, id, signal);
  if (status === undefined) return undefined;
  return status === 'FEILET' ? refused('rejected', 'sdp transport FEILET') : sent(id, true);
}

async function transport(
  http: ChannelHttp,
  id: string,
  signal?: AbortSignal,
): Promise<DpiTransport | undefined> {
  const path = `/messages/out/${encodeURIComponent(id)}/statuses`;
  const answer = await http.request({ method: 'GET', path, signal });
  if (answer.status === 404 || answer.status === 204) return undefined;
  if (answer.status !== 200) throw unavailable('sdp', answer);
  const statuses = readStatuses('sdp', answer).map(({ status }) => status);
  return (['SENDT', 'FEILET', 'OPPRETTET'] as const).find((status) => statuses.includes(status));
}

async function fetchReceipts(
  deps: Deps,
  max: number,
  signal?: AbortSignal,
): Promise<(DpiReceipt | UnreadableReceipt)[]> {
  const query = new URLSearchParams({ page_size: String(Math.min(Math.max(Math.trunc(max), 1), 100)) });
  if (deps.options.channel !== undefined) query.set('kanal', deps.options.channel);
  const answer = await deps.http.request({ method: 'GET', path: `/messages/in?${query}`, signal });
  if (answer.status === 204) return [];
  if (answer.status !== 200) throw unavailable('sdp', answer);
  const messages = readMessages('sdp', answer);
  const read = await Promise.all(
    messages.map(({ forretningsmelding }) => readReceipt(deps, forretningsmelding)),
  );
  return read.filter((receipt) => receipt !== undefined);
}

/** One bad message must not hold back the others. Undefined only when it does not even tell its own id. */
async function readReceipt(deps: Deps, jws: string): Promise<DpiReceipt | UnreadableReceipt | undefined> {
  try {
    const { payload, certificate } = await deps.verify(jws);
    const receipt = receiptOf(payload);
    // The signer must be the header's sender (Digital post til innbyggere: struktur på melding).
    if (receipt && receipt.supplierOrgnr === certificateOrgnr(certificate)) return receipt;
  } catch {
    // Not trusted or not a JWS: reported as unreadable below.
  }
  const receiptId = unverifiedId(jws);
  return receiptId === undefined ? undefined : { type: 'unreadable', receiptId };
}

function unverifiedId(jws: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return headerOf(payload)?.documentIdentification.instanceIdentifier;
  } catch {
    return undefined;
  }
}

async function acknowledge(http: ChannelHttp, receiptId: string, signal?: AbortSignal): Promise<void> {
  const path = `/messages/in/${encodeURIComponent(receiptId)}/read`;
  const answer = await http.request({ method: 'POST', path, signal });
  // Gone already is as good: an earlier acknowledgement got through.
  if (answer.status === 404 || (answer.status >= 200 && answer.status < 300)) return;
  throw unavailable('sdp', answer);
}
