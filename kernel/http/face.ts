import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../errors/index.ts';
import { retryHeaders } from '../errors/trouble.ts';
import { forgetBody } from './forget-body.ts';
import type { FaceDescription } from './openapi.ts';
import { toAppError } from './to-app-error.ts';

export interface ErrorAnswer {
  /** Default: the error's own status. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Face {
  /** Name of the external protocol, for logs and metrics. */
  readonly name: string;
  /** Path below which everything belongs to this face, unknown paths too. */
  readonly prefix: string;
  /** What OpenAPI tells of its operations; without it none of them is told. */
  readonly description?: FaceDescription;
  /** The face's own error shape. */
  readonly errorBody: (error: AppError, request: FastifyRequest) => ErrorAnswer;
}

/**
 * Mounts one external protocol as an encapsulated scope: hooks and parsers stay inside, and every error (thrown,
 * failed validation, unreadable body, unknown path) is answered in the face's own shape.
 */
export async function registerFace(
  app: FastifyInstance,
  face: Face,
  plugin: (scope: FastifyInstance) => Promise<void> | void,
): Promise<void> {
  await app.register(
    async (scope) => {
      scope.addHook('onRoute', (route) => {
        if (face.description) route.config = { ...route.config, description: face.description };
      });
      scope.setErrorHandler((thrown, request, reply) => answerError(face, thrown, request, reply));
      scope.setNotFoundHandler((request, reply) => {
        answerError(face, Object.assign(new Error('not found'), { statusCode: 404 }), request, reply);
      });
      // Bodies that are streams (multipart) are read by the route itself, as slowly as the client sends them.
      scope.addContentTypeParser(/^multipart\/form-data/i, (_request, payload, done) => done(null, payload));
      await plugin(scope);
    },
    { prefix: face.prefix },
  );
}

/**
 * Largest body, in bytes, that routes of `scope` read into memory; call it before they are added. Set at the routes and not
 * at a parser, so that the refusal can tell the limit.
 */
export function limitBodies(scope: FastifyInstance, bytes: number): void {
  scope.addHook('onRoute', (route) => {
    route.bodyLimit ??= bytes;
  });
}

function answerError(face: Face, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toAppError(thrown, request.routeOptions.bodyLimit);
  if (error.status >= 500) {
    request.log.error(
      { err: error.cause ?? error, face: face.name, code: error.code, reqId: request.id },
      'request failed',
    );
  }
  const answer = face.errorBody(error, request);
  forgetBody(reply, error.status)
    .status(answer.status ?? error.status)
    .headers({ ...retryHeaders(error), ...answer.headers })
    .send(answer.body);
}
