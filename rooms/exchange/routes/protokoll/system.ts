import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { setSystemInfo } from '../../service/kontoer/manage-systems.ts';
import { describeSystem } from '../../service/kontoer/protokoll-system.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { PROTOKOLL_TAG, ProtokollSystemResponse, UpdateSystemInfoRequest } from './models.ts';
import { P, type SystemParams, systemCall } from './system-call.ts';

/** `GET P` and `PUT P/info` (fiks-io §2.5). */
export function systemRoutes(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<{ Params: SystemParams }>(
    P,
    {
      schema: documented(PROTOKOLL_TAG, 'protokollKonfigurasjon_getSystem', 'Systemet', {
        200: ProtokollSystemResponse,
      }),
    },
    async (request) => {
      const { ctx, system, orgnr } = await systemCall(request, deps);
      return describeSystem(ctx, deps, system, orgnr);
    },
  );
  scope.put<{ Params: SystemParams; Body: UpdateSystemInfoRequest }>(
    `${P}/info`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_updateSystemInfo',
        'Endrer opplysninger om systemet',
        { 204: Type.Null() },
        { body: UpdateSystemInfoRequest },
      ),
    },
    async (request, reply) => {
      const { ctx, system } = await systemCall(request, deps);
      const { navn, beskrivelse, eposter, offentlig, leverandorNavn, leverandorKontaktpunkt } = request.body;
      await setSystemInfo(ctx, deps, system.id, {
        navn,
        beskrivelse,
        eposter,
        offentlig,
        leverandorNavn,
        leverandorKontaktpunkt,
        // What is not said of automatic approval stays as it is: turning it off by silence would surprise.
        automatiskGodkjenning: request.body.automatiskGodkjenning ?? system.automatisk_godkjenning,
      });
      return reply.status(204).send();
    },
  );
}
