import type { AuthenticateDeps } from '@grunnmur/access';
import type { FastifySchema } from 'fastify';
import type { TSchema } from 'typebox';
import type { KontoDeps } from '../../service/kontoer/change.ts';
import { ErrorMessage } from './error-message.ts';

/** What the account faces (katalog, konto, protokoll, admin) are built on. */
export interface KontoRouteDeps extends AuthenticateDeps, KontoDeps {
  readonly access: AuthenticateDeps['access'] & KontoDeps['access'];
}

/** The schema of a route: what OpenAPI is made from and what its answers are serialised by. */
export function documented(
  tag: string,
  operationId: string,
  summary: string,
  responses: Readonly<Record<number, TSchema>>,
  input: Pick<FastifySchema, 'answerHeaders' | 'consumes'> & {
    readonly body?: TSchema;
    readonly querystring?: TSchema;
  } = {},
) {
  return {
    operationId,
    summary,
    tags: [tag],
    ...input,
    response: { ...responses, '4xx': ErrorMessage, '5xx': ErrorMessage },
  };
}
