import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { KontoAdmin } from '../../service/kontoer/create-konto-admin.ts';
import { Uuid } from '../shared/models.ts';
import { CreatedSystem, NewSystem, SystemAnswer, SystemChange } from './models.ts';
import { adminSchema, ORG, type OrgParams, organisasjonCall } from './organisasjon-call.ts';

type SystemParams = OrgParams & { readonly systemId: string };

/** Systems of an organisation with their integrations and passwords: what the hosted platform has in its portal only. */
export function systemRoutes(scope: FastifyInstance, admin: KontoAdmin): void {
  scope.post<{ Params: OrgParams; Body: NewSystem }>(
    `${ORG}/systemer`,
    {
      schema: adminSchema(
        'createSystem',
        'Oppretter et system med integrasjon og passord',
        { 201: CreatedSystem },
        NewSystem,
      ),
    },
    async (request, reply) => {
      const { navn, beskrivelse, eposter, offentlig, automatiskGodkjenning } = request.body;
      const { konfigureresAvIntegrasjon, leverandorNavn, leverandorKontaktpunkt } = request.body;
      const { autorisertOrgnr, klientIder } = request.body;
      const created = await admin.createSystem(organisasjonCall(request), {
        navn,
        beskrivelse,
        eposter,
        offentlig,
        automatiskGodkjenning,
        konfigureresAvIntegrasjon,
        leverandorNavn,
        leverandorKontaktpunkt,
        autorisertOrgnr,
        klientIder,
      });
      // The password is shown here and nowhere else; nobody on the way may keep it.
      return reply.status(201).header('cache-control', 'no-store').send(created);
    },
  );
  scope.get<{ Params: OrgParams }>(
    `${ORG}/systemer`,
    {
      schema: adminSchema('listSystems', 'Organisasjonens systemer, høyst 1000', {
        200: Type.Array(SystemAnswer),
      }),
    },
    async (request) => {
      const systems = await admin.listSystems(organisasjonCall(request));
      return systems.map((system) => ({
        systemId: system.id,
        integrasjonId: system.integrasjon_id,
        navn: system.navn,
        beskrivelse: system.beskrivelse,
        offentlig: system.offentlig,
        automatiskGodkjenning: system.automatisk_godkjenning,
        konfigureresAvIntegrasjon: system.konfigureres_av_integrasjon,
        opprettet: system.opprettet.toISOString(),
      }));
    },
  );
  scope.patch<{ Params: SystemParams; Body: SystemChange }>(
    `${ORG}/systemer/:systemId`,
    {
      schema: adminSchema(
        'changeSystem',
        'Slår FIKS.KONFIGURER av eller på',
        { 204: Type.Null() },
        SystemChange,
      ),
    },
    async (request, reply) => {
      const ctx = organisasjonCall(request);
      const { systemId } = request.params;
      await admin.setKonfigureresAvIntegrasjon(ctx, systemId, request.body.konfigureresAvIntegrasjon);
      return reply.status(204).send();
    },
  );
  scope.post<{ Params: SystemParams }>(
    `${ORG}/systemer/:systemId/passord`,
    {
      schema: adminSchema('rotatePassword', 'Gir integrasjonen et nytt passord', {
        201: Type.Object({ integrasjonId: Uuid(), integrasjonPassord: Type.String() }),
      }),
    },
    async (request, reply) => {
      const rotated = await admin.rotatePassword(organisasjonCall(request), request.params.systemId);
      return reply.status(201).header('cache-control', 'no-store').send(rotated);
    },
  );
}
