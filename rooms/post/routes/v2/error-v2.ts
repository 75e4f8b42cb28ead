import { STATUS_CODES } from 'node:http';
import type { AppError } from '@grunnmur/kernel/errors';
import type { ErrorAnswer } from '@grunnmur/kernel/http';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import type { FastifyRequest } from 'fastify';
import { errorCode, errorHeaders } from '../shared/error-code.ts';
import type { ErrorV2 } from './models.ts';

/** v2's error; `errorId` is the request's id, under which our log has the rest (SvarUt: error bodies). */
export function errorV2(now: (request: FastifyRequest) => Date) {
  return (error: AppError, request: FastifyRequest): ErrorAnswer => {
    const body: ErrorV2 = {
      timestamp: now(request).getTime(),
      status: error.status,
      error: STATUS_CODES[error.status] ?? 'Error',
      errorId: isUuid(request.id) ? request.id : newId(),
      path: withoutQuery(request.url),
      originalPath: withoutQuery(request.originalUrl),
      message: error.message,
      errorCode: errorCode(error),
    };
    return { headers: errorHeaders(error, 'Bearer'), body };
  };
}

function withoutQuery(url: string): string {
  return url.split('?', 1)[0]!;
}
