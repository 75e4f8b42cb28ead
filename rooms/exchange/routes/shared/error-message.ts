import { STATUS_CODES } from 'node:http';
import { INTEGRATION_LOGIN } from '@grunnmur/access';
import type { AppError } from '@grunnmur/kernel/errors';
import type { ErrorAnswer, FaceDescription } from '@grunnmur/kernel/http';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';

/** The platform's error body (fiks-io §1.6). */
export const ErrorMessage = Type.Object({
  timestamp: Type.Integer(),
  status: Type.Integer(),
  error: Type.String(),
  errorId: Type.String({ format: 'uuid' }),
  path: Type.String(),
  originalPath: Type.String(),
  message: Type.String(),
  errorCode: Type.Optional(Type.String()),
  errorJson: Type.Optional(Type.String()),
});
export type ErrorMessage = Static<typeof ErrorMessage>;

/** What OpenAPI tells of a Fiks IO face (fiks-io §1.4, §1.6). */
export function fiksDescription(tag: string, description: string): FaceDescription {
  return {
    tag,
    description,
    login: INTEGRATION_LOGIN,
    errors: { name: 'ErrorMessage', schema: ErrorMessage, mediaType: 'application/json' },
    parameters: {
      navn: { type: 'string', description: 'Protokollens navn' },
      versjon: { type: 'string', description: 'Protokollens versjon' },
    },
  };
}

/** `errorId` is the request's id, under which our log has the rest; `errorCode` is our own stable code. */
export function toErrorMessage(error: AppError, request: FastifyRequest, now: Date): ErrorMessage {
  return {
    timestamp: now.getTime(),
    status: error.status,
    error: STATUS_CODES[error.status] ?? 'Error',
    errorId: isUuid(request.id) ? request.id : newId(),
    path: withoutQuery(request.url),
    originalPath: withoutQuery(request.originalUrl),
    message: error.message,
    errorCode: error.code,
    ...(error.fields.length > 0 ? { errorJson: JSON.stringify(error.fields) } : {}),
  };
}

/** `Face.errorBody` of every Fiks IO face: use as `errorBody: errorMessage((request) => deps.baseCtx(request).now())`. */
export function errorMessage(now: (request: FastifyRequest) => Date) {
  return (error: AppError, request: FastifyRequest): ErrorAnswer => ({
    headers: errorHeaders(error),
    body: toErrorMessage(error, request, now(request)),
  });
}

/** How to log in. */
function errorHeaders(error: AppError): Record<string, string> {
  return error.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
}

function withoutQuery(url: string): string {
  return url.split('?', 1)[0]!;
}
