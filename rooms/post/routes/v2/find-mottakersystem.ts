import type { FastifyInstance } from 'fastify';
import type { FaceDeps } from '../shared/deps.ts';
import { defined } from '../shared/form-values.ts';
import { mottakersystemInV2 } from './answers.ts';
import { documented } from './documented.ts';
import { integrationCaller } from './integration-caller.ts';
import { MottakersystemerV2, MottakersystemQueryV2 } from './models.ts';

/** `GET /mottakersystem` with optional filters. */
export function findMottakersystem(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Querystring: MottakersystemQueryV2 }>(
    '/mottakersystem',
    {
      schema: documented('hentMottakersystem', 'Finn mottakersystemer', 200, MottakersystemerV2, {
        querystring: MottakersystemQueryV2,
      }),
    },
    async (request) => {
      const { organisasjonsnummer, forsendelseType, niva } = request.query;
      const { ctx } = integrationCaller(request);
      const systems = await service.mottakersystemer(
        ctx,
        defined({
          orgnr: organisasjonsnummer,
          forsendelsestype: forsendelseType,
          niva: niva === undefined ? undefined : Number(niva),
        }),
      );
      return { mottakersystemer: systems.map(mottakersystemInV2) };
    },
  );
}
