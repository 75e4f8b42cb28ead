import { KernelError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import type { FastifyRequest } from 'fastify';

/** The id of a letter's address; anything else is a page that does not exist. */
export function letterId(value: string): string {
  if (!isUuid(value)) throw KernelError.notFound();
  return value.toLowerCase();
}

/** How browsers say that they fetch ahead: today's way (Fetch §2.2.6), and those of Safari, older Chrome and older Firefox. */
const PURPOSE = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/** A browser that fetches ahead of the reader's choice must not mark the letter as opened. */
export function refuseSpeculation({ headers }: FastifyRequest): void {
  const ahead = PURPOSE.some((name) =>
    /\b(?:prefetch|prerender|preview)\b/i.test(String(headers[name] ?? '')),
  );
  if (ahead) throw KernelError.forbidden();
}
