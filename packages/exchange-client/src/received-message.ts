import { Readable } from 'node:stream';
import { type DecryptionKey, decryptCms } from '@grunnmur/cms';
import type { ConsumeMessage } from 'amqplib';
import { type AsiceContainer, type AsiceEntry, openAsice, type ReadAsiceOptions } from './asice/index.ts';
import { ExchangeClientError } from './client-error.ts';
import type { Dokumentlager } from './dokumentlager.ts';
import { networkError } from './http-api.ts';
import type { SendWish, SentMessage } from './send-message.ts';

/** Limits of reading a payload; see the defaults of {@link openAsice}. */
export interface PayloadOptions extends ReadAsiceOptions {
  readonly signal?: AbortSignal;
}

/** What an answer says itself; the rest comes from the message (fiks-io §5.2). */
export type ReplyWish = Omit<SendWish, 'to' | 'svarPaMelding'>;

/** A message from the konto's queue (fiks-io §3.4). Answer for it with one of `ack`, `nack` and `requeue`. */
export interface ReceivedMessage {
  readonly meldingId: string;
  readonly type: string;
  readonly avsenderKontoId: string;
  readonly mottakerKontoId: string;
  /** The message that this one answers. */
  readonly svarPaMelding: string | undefined;
  readonly klientMeldingId: string | undefined;
  readonly klientKorrelasjonsId: string | undefined;
  /** The sender's own headers. */
  readonly headere: Readonly<Record<string, string>>;
  /** Milliseconds left when it was delivered. */
  readonly ttl: number | undefined;
  /** It has been delivered before, perhaps to you. */
  readonly redelivered: boolean;
  readonly dokumentlagerId: string | undefined;
  readonly hasPayload: boolean;
  /**
   * The files, decrypted and verified while they are read; empty without payload. A body is right only when it has ended
   * without an error. Larger payloads are kept in a temporary file meanwhile.
   */
  files(options?: PayloadOptions): AsyncGenerator<AsiceEntry>;
  /** Like `files`, with the signers. Throws `no_payload`. Close it. */
  openContainer(options?: PayloadOptions): Promise<AsiceContainer>;
  /** The payload as it was sent: CMS. Throws `no_payload`. */
  encryptedPayload(options?: Pick<PayloadOptions, 'signal'>): Promise<Readable>;
  /** Sends an answer to the sender, with the same klientKorrelasjonsId. Does not acknowledge the message. */
  reply(wish: ReplyWish): Promise<SentMessage>;
  /** Done with it. */
  ack(): void;
  /** Does not want it: removed, and the sender hears nothing (fiks-io §3.5). */
  nack(): void;
  /** Back to its place in the queue. The third failed attempt ends with `serverfeil` to the sender (fiks-io §3.5). */
  requeue(): void;
  /** Whether one of the three was called. */
  readonly settled: boolean;
}

export type Settle = (outcome: 'ack' | 'nack' | 'requeue') => void;

export interface MessageDeps {
  readonly keys: readonly DecryptionKey[];
  readonly dokumentlager: Dokumentlager;
  readonly send: (wish: SendWish) => Promise<SentMessage>;
  readonly temporaryFolder?: string;
}

const CUSTOM = 'egendefinert-header.';
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Undefined when a required header is missing or malformed. */
export function receivedMessage(
  delivery: ConsumeMessage,
  deps: MessageDeps,
  settle: Settle,
): ReceivedMessage | undefined {
  const headers = textHeaders(delivery);
  const meldingId = headers.get('melding-id');
  const type = headers.get('type');
  const avsenderKontoId = headers.get('avsender-id');
  if (!meldingId || !UUID.test(meldingId) || !type || !avsenderKontoId || !UUID.test(avsenderKontoId))
    return undefined;
  const headere = Object.fromEntries(
    [...headers].flatMap(([name, value]) =>
      name.startsWith(CUSTOM) ? [[name.slice(CUSTOM.length), value]] : [],
    ),
  );
  const own = (name: string) => (Object.hasOwn(headere, name) ? headere[name] : undefined);
  // The second is the old, misspelt name (fiks-io §6.4).
  const klientKorrelasjonsId = own('klientKorrelasjonsId') ?? own('klientKorrelasjonId');
  const dokumentlagerId = headers.get('dokumentlager-id');
  const hasPayload = dokumentlagerId !== undefined || delivery.content.length > 0;
  const payload = payloadOf(delivery.content, dokumentlagerId, deps);
  let settled = false;
  const answer = (outcome: Parameters<Settle>[0]) => {
    if (settled) throw new ExchangeClientError('already_settled', 'The message was answered for already');
    settle(outcome);
    settled = true;
  };
  return {
    meldingId,
    type,
    avsenderKontoId,
    mottakerKontoId: delivery.fields.routingKey.replace(/^fiksio\.konto\./, ''),
    svarPaMelding: headers.get('svar-til'),
    klientMeldingId: own('klientMeldingId'),
    klientKorrelasjonsId,
    headere,
    ttl: ttlOf(delivery),
    redelivered: delivery.fields.redelivered,
    dokumentlagerId,
    hasPayload,
    ...payload,
    reply: (wish) =>
      deps.send({
        ...(klientKorrelasjonsId === undefined ? {} : { klientKorrelasjonsId }),
        ...wish,
        to: avsenderKontoId,
        svarPaMelding: meldingId,
      }),
    ack: () => answer('ack'),
    nack: () => answer('nack'),
    requeue: () => answer('requeue'),
    get settled() {
      return settled;
    },
  };
}

function payloadOf(content: Buffer, dokumentlagerId: string | undefined, deps: MessageDeps) {
  const encryptedPayload: ReceivedMessage['encryptedPayload'] = async ({ signal } = {}) => {
    if (dokumentlagerId !== undefined)
      return deps.dokumentlager.download(dokumentlagerId, signal ? { signal } : {});
    if (content.length > 0) return Readable.from([content], { objectMode: false });
    throw new ExchangeClientError('no_payload', 'The message has no payload');
  };
  const openContainer: ReceivedMessage['openContainer'] = async ({ signal, ...options } = {}) => {
    if (deps.keys.length === 0)
      throw new ExchangeClientError('bad_options', 'Reading a payload needs the option privateKeys');
    const encrypted = await encryptedPayload(signal ? { signal } : {});
    const { temporaryFolder } = deps;
    try {
      return await openAsice(decryptCms(encrypted, deps.keys), {
        ...(temporaryFolder === undefined ? {} : { temporaryFolder }),
        ...options,
      });
    } catch (cause) {
      encrypted.destroy();
      throw payloadError(cause, signal);
    }
  };
  async function* files(options?: PayloadOptions): AsyncGenerator<AsiceEntry> {
    if (dokumentlagerId === undefined && content.length === 0) return;
    const container = await openContainer(options);
    try {
      yield* container.entries();
    } finally {
      await container.close();
    }
  }
  return { encryptedPayload, openContainer, files };
}

function payloadError(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted)
    return new ExchangeClientError('aborted', 'Reading the payload was aborted', { cause });
  const { name, message } = cause as Error;
  return name === 'CmsError' || name === 'AsiceError'
    ? new ExchangeClientError('bad_payload', message, { cause })
    : networkError(cause, signal);
}

function textHeaders(delivery: ConsumeMessage): Map<string, string> {
  const entries = Object.entries(delivery.properties.headers ?? {});
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function ttlOf({ properties }: ConsumeMessage): number | undefined {
  const expiration: unknown = properties.expiration;
  return typeof expiration === 'string' && /^\d{1,15}$/.test(expiration) ? Number(expiration) : undefined;
}
