import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { encryptCms } from '@grunnmur/cms';
import { type AsiceFile, type PreparedSigner, writeAsiceWith } from './asice/index.ts';
import { ExchangeClientError } from './client-error.ts';
import type { HttpApi } from './http-api.ts';
import { multipartBody } from './multipart-body.ts';
import type { PublicKeys } from './public-keys.ts';

export interface SendWish {
  /** The receiver's kontoId. */
  readonly to: string;
  readonly type: string;
  /** Without files the message has no payload. Streams are read once, one after another. */
  readonly files?: Iterable<AsiceFile> | AsyncIterable<AsiceFile>;
  /** Milliseconds; the service's default is 7 days, its minimum 1 s. */
  readonly ttl?: number;
  /** The message that this one answers. */
  readonly svarPaMelding?: string;
  readonly headere?: Readonly<Record<string, string>>;
  /** Your own id, the same when you send again. UUID. */
  readonly klientMeldingId?: string;
  /** Follows a dialogue; replies copy it. */
  readonly klientKorrelasjonsId?: string;
  readonly signal?: AbortSignal;
}

/** The service's answer (fiks-io §2.2): the message is accepted. */
export interface SentMessage {
  readonly meldingId: string;
  readonly meldingType: string;
  readonly avsenderKontoId: string;
  readonly mottakerKontoId: string;
  readonly ttl: number;
  readonly dokumentlagerId?: string;
  readonly svarPaMelding?: string;
  readonly headere: Readonly<Record<string, string>>;
}

export interface SendDeps {
  readonly api: HttpApi;
  readonly publicKeys: PublicKeys;
  readonly kontoId: string;
  readonly signer: PreparedSigner | undefined;
}

/** Signs, encrypts and sends in one stream: nothing is held in memory or on disk, whatever the size. */
export async function sendMessage(deps: SendDeps, wish: SendWish): Promise<SentMessage> {
  const headere = {
    ...wish.headere,
    ...(wish.klientMeldingId === undefined ? {} : { klientMeldingId: wish.klientMeldingId }),
    ...(wish.klientKorrelasjonsId === undefined ? {} : { klientKorrelasjonsId: wish.klientKorrelasjonsId }),
  };
  const metadata = {
    avsenderKontoId: deps.kontoId,
    mottakerKontoId: wish.to,
    meldingType: wish.type,
    svarPaMelding: wish.svarPaMelding ?? null,
    ttl: wish.ttl ?? null,
    headere,
  };
  const payload = wish.files ? await encryptedPayload(deps, wish.files, wish) : undefined;
  let failure: Error | undefined;
  payload?.on('error', (error) => {
    failure = error;
  });
  const file = payload && { name: 'data', fileName: randomUUID(), content: payload };
  const { contentType, body } = multipartBody(metadata, file);
  try {
    return await deps.api.json<SentMessage>('/fiks-io/api/v1/send', {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
      accept: [202],
      ...(wish.signal ? { signal: wish.signal } : {}),
    });
  } catch (error) {
    // A file that could not be read explains more than the connection that it broke.
    if (failure && !(error instanceof ExchangeClientError && error.status !== undefined)) throw failure;
    throw error;
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}

async function encryptedPayload(
  { publicKeys, signer }: SendDeps,
  files: NonNullable<SendWish['files']>,
  { to, signal }: SendWish,
): Promise<Readable> {
  if (!signer) throw new ExchangeClientError('bad_options', 'Sending files needs the option signer');
  const certificate = await publicKeys.of(to, signal);
  return encryptCms(writeAsiceWith(files, signer), [certificate], { transport: 'oaep' });
}
