import type { AddressInfo } from 'node:net';
import { createApp } from '@grunnmur/kernel/http';
import { newId } from '@grunnmur/kernel/ids';
import type { FastifyInstance } from 'fastify';
import { registerSend } from '../routes/send/register-send.ts';
import { createKontoer } from '../service/kontoer/index.ts';
import { createSender } from '../service/meldinger/create-sender.ts';
import { DEFAULT_MELDING_LIMITS } from '../service/meldinger/limits.ts';
import type { QueueRoom } from '../service/queues/create-queues.ts';
import type { Konto } from '../types.ts';
import type { QueueTest } from './queues-harness.ts';
import { storedDocuments } from './stored-documents.ts';

const LIMITS = {
  ...DEFAULT_MELDING_LIMITS,
  inlineMaxBytes: 1000,
  dokumentlagerOverBytes: 200_000,
  maxPayloadBytes: 1_000_000,
  maxMetadataBytes: 60_000,
};

export interface Part {
  readonly head: string;
  readonly body: string | Uint8Array;
}

export const metadataPart = (metadata: unknown): Part => ({
  head: 'Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=utf-8',
  body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
});
export const dataPart = (body: string | Uint8Array): Part => ({
  head: `Content-Disposition: form-data; name=data; filename=${newId()}; filename*=utf-8''${newId()}`,
  body,
});

export function multipart(parts: readonly Part[], end = '--grense--\r\n'): Buffer {
  const chunks = parts.flatMap(({ head, body }) => [`--grense\r\n${head}\r\n\r\n`, body, '\r\n']);
  return Buffer.concat([...chunks, end].map((chunk) => Buffer.from(chunk as Uint8Array)));
}

/** The send face over real HTTP, with real rules, storage and queues; the caller is whoever the integration's id says. */
export async function startSend(
  test: QueueTest,
  node: Pick<QueueRoom, 'arrived'>,
  fra: Konto,
): Promise<{ app: FastifyInstance; url: string }> {
  const systemCtx = test.ctx({ tenant: null });
  const access = {
    authenticateIntegration: async ({ integrasjonId = '' }: { integrasjonId?: string | undefined }) => ({
      kind: 'integration' as const,
      integrationId: integrasjonId,
      name: 'Prøve',
      orgnr: '310000000',
      tenant: fra.tenant,
      grants: [],
      actor: { kind: 'integration' as const, id: integrasjonId },
    }),
  };
  const app = await createApp({ log: systemCtx.log, version: '0', publicUrl: 'http://127.0.0.1' });
  await registerSend(app, {
    access,
    baseCtx: () => systemCtx,
    limits: LIMITS,
    send: createSender({
      storage: test.storage,
      documents: storedDocuments(test.storage),
      limits: LIMITS,
      kontoer: createKontoer(),
      systemCtx,
      arrived: node.arrived,
    }),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/fiks-io/api/v1/send`;
  return { app, url };
}
