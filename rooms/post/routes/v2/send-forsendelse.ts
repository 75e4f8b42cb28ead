import { unknownFieldWarnings, WARNINGS_TOLD } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { renameFields } from '../../service/invalid-content.ts';
import { answerAccepted } from '../shared/answer-accepted.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { IDEMPOTENCY_HEADER, idempotencyKey } from '../shared/idempotency-key.ts';
import { receiveForsendelse } from '../shared/receive-forsendelse.ts';
import { documented } from './documented.ts';
import { kontoCall } from './integration-caller.ts';
import { ForsendelseV2, SendResponseV2, SendV2 } from './models.ts';
import { fieldNameInV2, forsendelseFromV2 } from './translate.ts';

/** `POST /kontoer/{kontoId}/forsendelser`, which the published client calls with a slash at the end. */
export function sendForsendelse(scope: FastifyInstance, deps: FaceDeps): void {
  scope.post<{ Params: { kontoId: string } }>(
    '/kontoer/:kontoId/forsendelser',
    {
      schema: documented('send', 'Send en forsendelse', 200, SendResponseV2, {
        body: SendV2,
        consumes: ['multipart/form-data'],
        reads: { headers: IDEMPOTENCY_HEADER },
        answerHeaders: WARNINGS_TOLD,
      }),
    },
    async (request, reply) => {
      const { ctx, konto } = kontoCall(request, request.params.kontoId);
      const key = idempotencyKey(request);
      return receiveForsendelse(request, deps.limits, async (json, files) => {
        const translated = forsendelseFromV2(json);
        try {
          const accepted = await deps.service.accept(ctx, {
            konto,
            ...translated,
            files,
            face: 'v2',
            advarsler: unknownFieldWarnings(ForsendelseV2, json),
            ...(key === undefined ? {} : { idempotencyKey: key }),
          });
          return answerAccepted(reply, accepted);
        } catch (error) {
          throw renameFields(error, fieldNameInV2);
        }
      });
    },
  );
}
