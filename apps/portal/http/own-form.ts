import { KernelError } from '@grunnmur/kernel/errors';
import type { FastifyRequest } from 'fastify';
import { csrfTokenMatches, fromOwnSite } from './csrf.ts';
import { type Portal, requestState } from './portal-context.ts';

/** Throws `kernel.forbidden` unless the request is a form of our own pages, made for this very session if there is one. */
export function requireOwnForm(portal: Portal, request: FastifyRequest): void {
  const token = requestState(request).session?.token;
  const { csrf } = (request.body ?? {}) as { csrf?: unknown };
  const genuine = fromOwnSite(request, portal.options.publicUrl());
  if (!genuine || (token !== undefined && !csrfTokenMatches(token, csrf))) throw KernelError.forbidden();
}
