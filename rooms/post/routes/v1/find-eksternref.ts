import type { FastifyInstance } from 'fastify';
import { FORSENDELSE_LIMITS } from '../../service/forsendelse-limits.ts';
import { invalidField } from '../../service/invalid-content.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { rawReference } from '../shared/raw-reference.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { ForsendelsesIdResultV1 } from './models.ts';

/** `GET /eksternref/{eksternref}`: the reference is all that is left of the address. Unknown: an empty list. */
export function findEksternref(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get(
    '/eksternref/*',
    {
      config: { ownText: 'eksternref' },
      schema: documented(
        'eksternref',
        'Finn forsendelser med ekstern referanse',
        200,
        ForsendelsesIdResultV1,
      ),
    },
    async (request) => {
      const reference = rawReference(request.originalUrl, '/eksternref/');
      if (reference.length > FORSENDELSE_LIMITS.eksternReferanse) {
        throw invalidField('/eksternref', 'maxLength', `høyst ${FORSENDELSE_LIMITS.eksternReferanse} tegn`);
      }
      const { ctx, konto } = accountCaller(request);
      const found = await service.findByEksternReferanse(ctx, konto, reference);
      return { forsendelseIder: found.map(({ id }) => ({ id })) };
    },
  );
}
