import { KernelError } from '@grunnmur/kernel/errors';
import { type MultipartPart, parseJsonMessage, readMultipart } from '@grunnmur/kernel/http';
import type { FastifyRequest } from 'fastify';
import { invalidContent, invalidField } from '../../service/invalid-content.ts';
import type { FilePart } from '../../types.ts';
import type { FaceLimits } from './deps.ts';

/**
 * Reads a send call (SvarUt: multipart rules): the first part is named `forsendelse` and is JSON whatever its
 * Content-Type or file name; the parts after it are handed on as they arrive. `use` gets both and must consume the
 * files; whatever it leaves unread is thrown away.
 */
export async function receiveForsendelse<R>(
  request: FastifyRequest,
  limits: FaceLimits,
  use: (forsendelse: unknown, files: AsyncIterable<FilePart>) => Promise<R>,
): Promise<R> {
  const parts = readMultipart(request, limits);
  try {
    const first = await parts.next();
    if (first.done || first.value.name !== 'forsendelse') {
      throw invalidField('/forsendelse', 'firstPart', 'må være første del i multipart-meldingen');
    }
    const forsendelse = parseJsonMessage(
      await readSmall(first.value.body, limits.maxJsonBytes),
      invalidContent,
    );
    return await use(forsendelse, fileParts(parts));
  } finally {
    await parts.return(undefined);
  }
}

async function* fileParts(parts: AsyncIterable<MultipartPart>): AsyncGenerator<FilePart> {
  for await (const part of parts) yield { filename: part.filename, body: part.body, disposable: true };
}

async function readSmall(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw KernelError.tooLarge({ params: { limit } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
