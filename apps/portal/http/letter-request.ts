import { KernelError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import type { FastifyRequest } from 'fastify';

/** The id of a letter's address; anything else is a page that does not exist. */
export function letterId(value: string): string {
  if (!isUuid(value)) throw KernelError.notFound();
  return value.toLowerCase();
}

/** A browser that fetches ahead of the reader's choice must not mark the letter as opened. */
export function refuseSpeculation(request: FastifyRequest): void {
  if (String(request.headers['sec-purpose'] ?? '').startsWith('prefetch')) throw KernelError.forbidden();
}
