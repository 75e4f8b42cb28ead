import { ErrorMessage } from '@grunnmur/exchange';
import type { FastifySchema } from 'fastify';
import { type TSchema, Type } from 'typebox';

export const DOKUMENTLAGER_TAG = 'Fiks Dokumentlager';

/** The schema of a route: what OpenAPI describes, and what its answer is serialised by. */
export function documented(
  operationId: string,
  summary: string,
  status: 200 | 201 | 204,
  answer?: TSchema,
  input: Pick<FastifySchema, 'answerHeaders' | 'consumes' | 'reads'> = {},
) {
  return {
    operationId: `fiksDokumentlager_${operationId}`,
    summary,
    tags: [DOKUMENTLAGER_TAG],
    ...input,
    response: { [status]: answer ?? Type.Null(), '4xx': ErrorMessage, '5xx': ErrorMessage },
  };
}

/** The same for an answer of bytes or text, which is sent as it is. */
export function documentedBytes(operationId: string, summary: string, produces: string) {
  return {
    operationId: `fiksDokumentlager_${operationId}`,
    summary,
    tags: [DOKUMENTLAGER_TAG],
    produces: [produces],
  };
}
