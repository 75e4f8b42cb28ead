import type { FastifyInstance } from 'fastify';
import { invalidField } from '../../service/invalid-content.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { defined } from '../shared/form-values.ts';
import { mottakerInV1 } from './answers.ts';
import { accountCaller } from './authenticate-account.ts';
import { documented } from './documented.ts';
import { MottakerResultV1, MottakersystemQueryV1 } from './models.ts';

/** `GET /mottakersystem` with optional filters, and `GET /mottakersystem/{orgnr}`. */
export function findMottakersystem(scope: FastifyInstance, { service }: FaceDeps): void {
  scope.get<{ Querystring: MottakersystemQueryV1 }>(
    '/mottakersystem',
    {
      schema: documented('mottakersystem', 'Finn mottakersystemer', 200, MottakerResultV1, {
        querystring: MottakersystemQueryV1,
      }),
    },
    async (request) => {
      const { organisasjonsNummer, forsendelsesType, niva } = request.query;
      const { ctx } = accountCaller(request);
      const systems = await service.mottakersystemer(
        ctx,
        defined({
          orgnr: organisasjonsNummer,
          forsendelsestype: forsendelsesType,
          niva: niva === undefined ? undefined : Number(niva),
        }),
      );
      return { treff: systems.map(mottakerInV1) };
    },
  );
  scope.get<{ Params: { orgnr: string } }>(
    '/mottakersystem/:orgnr',
    {
      schema: documented(
        'mottakersystemForOrgnr',
        'Mottakersystemer for en organisasjon',
        200,
        MottakerResultV1,
      ),
    },
    async (request) => {
      const { orgnr } = request.params;
      if (!/^\d{9}$/.test(orgnr)) throw invalidField('/orgnr', 'pattern', 'må ha 9 siffer');
      const { ctx } = accountCaller(request);
      return { treff: (await service.mottakersystemer(ctx, { orgnr })).map(mottakerInV1) };
    },
  );
}
