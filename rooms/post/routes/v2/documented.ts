import type { FastifySchema } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { ErrorV2 } from './models.ts';

export const V2_TAG = 'SvarUt REST v2';

/**
 * The schema of a v2 route: what its description in OpenAPI is made from and what its answers are serialised by.
 * @param answer Body of the success answer; undefined when it is empty.
 * @param input What the route reads: `body` and `querystring`; and `answerHeaders` of a success answer.
 */
export function documented(
  operationId: string,
  summary: string,
  status: 200 | 204,
  answer: TSchema | undefined,
  input: Pick<FastifySchema, 'answerHeaders' | 'consumes' | 'reads'> & {
    readonly body?: TSchema;
    readonly querystring?: TSchema;
  } = {},
) {
  return {
    operationId: `svarutV2_${operationId}`,
    summary,
    tags: [V2_TAG],
    ...input,
    response: { [status]: answer ?? Type.Null(), '4xx': ErrorV2, '5xx': ErrorV2 },
  };
}
