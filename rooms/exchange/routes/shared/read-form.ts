import { KernelError } from '@grunnmur/kernel/errors';
import { readMultipart } from '@grunnmur/kernel/http';
import type { FastifyRequest } from 'fastify';

const MAX_PARTS = 5;
const MAX_PART_BYTES = 262_144;

/** A small form whose parts fit in memory, by part name; of a repeated part the last counts. */
export async function readSmallForm(request: FastifyRequest): Promise<ReadonlyMap<string, Buffer>> {
  const parts = new Map<string, Buffer>();
  const limits = { maxParts: MAX_PARTS, idleTimeoutMs: 30_000, totalTimeoutMs: 60_000 };
  for await (const part of readMultipart(request, limits)) {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of part.body) {
      size += chunk.length;
      if (size > MAX_PART_BYTES) throw KernelError.tooLarge({ params: { limit: MAX_PART_BYTES } });
      chunks.push(chunk);
    }
    if (part.name !== undefined) parts.set(part.name, Buffer.concat(chunks));
  }
  return parts;
}
