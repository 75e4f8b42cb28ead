import { setTimeout as sleep } from 'node:timers/promises';
import { type AuthenticateDeps, authenticateIntegrations, caller } from '@grunnmur/access';
import { KernelError } from '@grunnmur/kernel/errors';
import {
  type MultipartPart,
  readMultipart,
  registerFace,
  unknownFieldWarnings,
  WARNINGS_TOLD,
  warn,
} from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Sender } from '../../service/meldinger/create-sender.ts';
import type { MeldingLimits } from '../../service/meldinger/limits.ts';
import { invalidMetadata, parseMetadata, readMetadata } from '../../service/meldinger/read-metadata.ts';
import { refuseAnnounced } from '../../service/meldinger/receive-payload.ts';
import { ErrorMessage, errorMessage, fiksDescription } from '../shared/error-message.ts';
import { SendMultipart } from './models.ts';

export interface SendFaceDeps extends AuthenticateDeps {
  readonly send: Sender;
  readonly limits: MeldingLimits;
}

/** Exactly these fields: one published client fails on any other, another on a `ttl` of null (fiks-io §2.2). */
const SendtMelding = Type.Object(
  {
    meldingId: Type.String({ format: 'uuid' }),
    meldingType: Type.String(),
    avsenderKontoId: Type.String({ format: 'uuid' }),
    mottakerKontoId: Type.String({ format: 'uuid' }),
    ttl: Type.Integer(),
    dokumentlagerId: Type.Optional(Type.String({ format: 'uuid' })),
    svarPaMelding: Type.Optional(Type.String({ format: 'uuid' })),
    headere: Type.Record(Type.String(), Type.String()),
  },
  { additionalProperties: false },
);

const DESCRIPTION = fiksDescription('Fiks IO', 'Sending av meldinger. De hentes med AMQP.');

/** How long and how much of a refused call is read on, so that the client reads our answer instead of a broken pipe. */
const READ_ON_MS = 10_000;
const READ_ON_BYTES = 64 * 1024 ** 2;

/** `POST /fiks-io/api/v1/send` (fiks-io §2.2). */
export async function registerSend(app: FastifyInstance, deps: SendFaceDeps): Promise<void> {
  const errorBody = errorMessage((request) => deps.baseCtx(request).now());
  const face = { name: 'fiks-io-send', prefix: '/fiks-io/api/v1', errorBody, description: DESCRIPTION };
  await registerFace(app, face, (scope) => {
    authenticateIntegrations(scope, deps);
    scope.post(
      '/send',
      {
        schema: {
          operationId: 'fiksIoSend',
          summary: 'Send en melding',
          description:
            'multipart/form-data: `metadata` (application/json) først, så `data` (kryptert innhold) hvis meldingen har innhold.',
          tags: [DESCRIPTION.tag],
          consumes: ['multipart/form-data'],
          reads: { body: SendMultipart },
          answerHeaders: WARNINGS_TOLD,
          response: { 202: SendtMelding, '4xx': ErrorMessage, '5xx': ErrorMessage },
        },
      },
      async (request, reply) => {
        try {
          return await reply.status(202).send(await handle(request, reply, deps));
        } catch (error) {
          await readOn(request);
          throw error;
        }
      },
    );
  });
}

async function handle(request: FastifyRequest, reply: FastifyReply, deps: SendFaceDeps) {
  const { ctx, principal } = caller(request);
  const announcedBytes = Number(request.headers['content-length']) || undefined;
  refuseAnnounced(announcedBytes, deps.limits);
  const parts = readMultipart(request, {
    maxParts: 2,
    idleTimeoutMs: deps.limits.uploadIdleMs,
    totalTimeoutMs: deps.limits.uploadTimeoutMs,
  });
  try {
    const given = await metadataOf(parts, deps.limits);
    const metadata = readMetadata(given);
    const data = await dataOf(parts);
    const finish = async () => {
      for await (const part of parts) refusePart(part);
    };
    const sent = await deps.send(ctx, principal, { metadata, body: data?.body, finish, announcedBytes });
    // In a header: published clients fail on a field of the answer that they do not know.
    warn(reply, [
      ...(sent.fremmedSvar ? [{ kode: 'svar_pa_fremmed', felt: '/svarPaMelding' }] : []),
      ...unknownFieldWarnings(SendMultipart.properties.metadata, given),
    ]);
    return {
      meldingId: sent.meldingId,
      meldingType: metadata.meldingType,
      avsenderKontoId: metadata.avsenderKontoId,
      mottakerKontoId: metadata.mottakerKontoId,
      ttl: metadata.ttl,
      ...(sent.dokumentlagerId ? { dokumentlagerId: sent.dokumentlagerId } : {}),
      ...(metadata.svarPaMelding ? { svarPaMelding: metadata.svarPaMelding } : {}),
      headere: metadata.headere,
    };
  } finally {
    await parts.return(undefined);
  }
}

type Parts = AsyncGenerator<MultipartPart>;

/** Metadata comes first, as every published client sends it: who the payload is for must be known before it is stored. */
async function metadataOf(parts: Parts, limits: MeldingLimits): Promise<Record<string, unknown>> {
  const { value: part } = await parts.next();
  if (!part) throw missing('mangler');
  if (part.name !== 'metadata') throw missing('må være den første delen');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of part.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limits.maxMetadataBytes)
      throw KernelError.tooLarge({ params: { limit: limits.maxMetadataBytes } });
    chunks.push(chunk);
  }
  return parseMetadata(Buffer.concat(chunks));
}

async function dataOf(parts: Parts): Promise<MultipartPart | undefined> {
  const { value: part } = await parts.next();
  if (part && part.name !== 'data') refusePart(part);
  return part;
}

function refusePart(part: MultipartPart): never {
  const field = (part.name ?? '(uten navn)').slice(0, 60);
  throw invalidMetadata([
    { field, rule: 'part', message: 'ukjent eller gjentatt del; metadata og data ventes, i den rekkefølgen' },
  ]);
}

function missing(message: string) {
  return invalidMetadata([{ field: 'metadata', rule: 'part', message }]);
}

/** Throws the rest of a refused call away while it comes (fiks-io §6.7: no answer before the body is read). */
async function readOn({ raw }: FastifyRequest): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return;
  let read = 0;
  const late = new AbortController();
  const ended = new Promise<void>((resolve) => {
    raw.on('data', (chunk: Uint8Array) => {
      read += chunk.length;
      if (read > READ_ON_BYTES) resolve();
    });
    raw
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
  });
  await Promise.race([ended, sleep(READ_ON_MS, undefined, { signal: late.signal }).catch(() => {})]);
  late.abort();
}
