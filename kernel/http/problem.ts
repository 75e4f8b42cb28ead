import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AppError } from '../errors/index.ts';
import type { ErrorAnswer } from './face.ts';

/** The error shape of our own API: a problem document (RFC 9457) with stable code, trace id and field pointers. */
export function problemBody(error: AppError, request: FastifyRequest): ErrorAnswer {
  return {
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: {
      type: `urn:grunnmur:error:${error.code}`,
      title: error.message,
      status: error.status,
      code: error.code,
      instance: request.url.split('?', 1)[0],
      traceId: request.id,
      retryable: error.retry,
      ...(error.fields.length > 0 ? { errors: error.fields } : {}),
    },
  };
}

/** How OpenAPI tells of it. */
export const PROBLEM = {
  name: 'Problem',
  mediaType: 'application/problem+json',
  schema: Type.Object({
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ description: 'Stabil kode; se docs/errors.md' }),
    instance: Type.String(),
    traceId: Type.String(),
    retryable: Type.Boolean(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ field: Type.String(), rule: Type.String(), message: Type.Optional(Type.String()) }),
      ),
    ),
  }),
};
