import type { FastifyInstance } from 'fastify';
import { findUnstorable, isStorable } from '../db/index.ts';
import { KernelError } from '../errors/index.ts';

/**
 * Refuses what no table could hold (NUL, half surrogate pairs) wherever a request carries it, before any route sees it: 400
 * in the shape of the face. Here for addresses and parsed bodies; streamed forms name their parts in `readMultipart`, and
 * what is decoded later (claims of a token, credentials) is looked at where it is decoded.
 */
export function refuseUnstorable(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    refuse(request.params);
    refuse(request.query);
  });
  app.addHook('preValidation', async (request) => {
    if (isParsed(request.body)) refuse(request.body);
  });
}

/** Not a stream, which the route reads by itself. */
function isParsed(body: unknown): boolean {
  return typeof (body as { pipe?: unknown } | undefined)?.pipe !== 'function';
}

function refuse(value: unknown): void {
  const items = value instanceof URLSearchParams ? Object.fromEntries(value) : value;
  const field = findUnstorable(items);
  // What a route takes as the rest of its address has no name of its own.
  if (field !== undefined) throw unstorable(field === '*' ? 'adressen' : field);
}

/** `kernel.validation` (400) that names the field. */
function unstorable(field: string) {
  const message = 'har tegn som ikke er tillatt';
  return KernelError.validation({
    params: { detail: `${field || 'meldingen'}: ${message}` },
    fields: [{ field, rule: 'characters', message }],
  });
}

/** Throws {@link unstorable} for a text that cannot be stored. */
export function checkStorable(field: string, text: string | undefined): void {
  if (text !== undefined && !isStorable(text)) throw unstorable(field);
}
