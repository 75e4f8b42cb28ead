import { unknownFieldWarnings, WARNINGS_TOLD } from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { renameFields } from '../../service/invalid-content.ts';
import { answerAccepted } from '../shared/answer-accepted.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { forsendelseId } from '../shared/forsendelse-ids.ts';
import { IDEMPOTENCY_HEADER, idempotencyKey } from '../shared/idempotency-key.ts';
import { receiveForsendelse } from '../shared/receive-forsendelse.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { ForsendelsesIdV1, ForsendelseV1, SendV1 } from './models.ts';
import { fieldNameInV1, forsendelseFromV1 } from './translate.ts';

/** `POST /sendForsendelse`, and `POST /{id}/sendForsendelse` with an id from `startNyForsendelse`. */
export function sendForsendelse(scope: FastifyInstance, deps: FaceDeps): void {
  const input = {
    body: SendV1,
    consumes: ['multipart/form-data'],
    reads: { headers: IDEMPOTENCY_HEADER },
    answerHeaders: WARNINGS_TOLD,
  };
  scope.post(
    '/sendForsendelse',
    { schema: documented('sendForsendelse', 'Send en forsendelse', 200, ForsendelsesIdV1, input) },
    (request, reply) => accept(deps, request, reply),
  );
  scope.post<{ Params: { id: string } }>(
    '/:id/sendForsendelse',
    {
      schema: documented(
        'sendForsendelseMedId',
        'Send en forsendelse med reservert id',
        200,
        ForsendelsesIdV1,
        input,
      ),
    },
    (request, reply) => accept(deps, request, reply, forsendelseId(request.params.id)),
  );
}

async function accept(
  deps: FaceDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  reservedId?: string,
): Promise<{ id: string }> {
  const { ctx, konto } = accountCaller(request);
  const key = idempotencyKey(request);
  return receiveForsendelse(request, deps.limits, async (json, files) => {
    const translated = forsendelseFromV1(json);
    try {
      const accepted = await deps.service.accept(ctx, {
        konto,
        ...translated,
        files,
        face: 'v1',
        advarsler: unknownFieldWarnings(ForsendelseV1, json),
        ...(reservedId === undefined ? {} : { reservedId }),
        ...(key === undefined ? {} : { idempotencyKey: key }),
      });
      return answerAccepted(reply, accepted);
    } catch (error) {
      throw renameFields(error, fieldNameInV1);
    }
  });
}
