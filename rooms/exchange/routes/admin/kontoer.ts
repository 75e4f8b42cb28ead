import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { KontoAdmin } from '../../service/kontoer/create-konto-admin.ts';
import { Pem } from '../shared/models.ts';
import { KontoAnswer, KontoChange, NewKonto, NokkelHistory } from './models.ts';
import { adminSchema, ORG, type OrgParams, organisasjonCall } from './organisasjon-call.ts';

type KontoParams = OrgParams & { readonly kontoId: string };
const NewNokkel = Type.Object({ pem: Pem() });

/** Kontoer of any system of an organisation, and their keys with the history of them. */
export function kontoRoutes(scope: FastifyInstance, admin: KontoAdmin): void {
  scope.post<{ Params: OrgParams & { systemId: string }; Body: NewKonto }>(
    `${ORG}/systemer/:systemId/kontoer`,
    {
      schema: adminSchema(
        'createKonto',
        'Oppretter en konto i et system',
        { 201: Type.Object({ kontoId: Type.String({ format: 'uuid' }) }) },
        NewKonto,
      ),
    },
    async (request, reply) => {
      const { navn, beskrivelse, protokoll, parter, offentligNokkel, aktiv } = request.body;
      const kontoId = await admin.createKonto(organisasjonCall(request), {
        systemId: request.params.systemId,
        navn,
        beskrivelse,
        protokoll,
        parter: parter?.map(({ part, versjon }) => ({ part, versjon })),
        offentligNokkel,
        aktiv,
      });
      return reply.status(201).send({ kontoId });
    },
  );
  scope.get<{ Params: OrgParams }>(
    `${ORG}/kontoer`,
    {
      schema: adminSchema('listKontoer', 'Organisasjonens kontoer, høyst 1000', {
        200: Type.Array(KontoAnswer),
      }),
    },
    async (request) => {
      const kontoer = await admin.listKontoer(organisasjonCall(request));
      return kontoer.map((konto) => ({
        kontoId: konto.id,
        systemId: konto.system_id,
        navn: konto.navn,
        beskrivelse: konto.beskrivelse,
        ...(konto.protokoll ? { protokoll: konto.protokoll } : {}),
        parter: konto.parter,
        aktiv: konto.aktiv,
        sendDeaktivert: konto.send_deaktivert,
        opprettet: konto.opprettet.toISOString(),
      }));
    },
  );
  scope.patch<{ Params: KontoParams; Body: KontoChange }>(
    `${ORG}/kontoer/:kontoId`,
    {
      schema: adminSchema(
        'changeKonto',
        'Stanser eller gjenopptar sending',
        { 204: Type.Null() },
        KontoChange,
      ),
    },
    async (request, reply) => {
      const { kontoId } = request.params;
      await admin.setSendDeaktivert(organisasjonCall(request), kontoId, request.body.sendDeaktivert);
      return reply.status(204).send();
    },
  );
  scope.put<{ Params: KontoParams; Body: { pem: string } }>(
    `${ORG}/kontoer/:kontoId/nokkel`,
    { schema: adminSchema('setNokkel', 'Gir kontoen en ny nøkkel', { 204: Type.Null() }, NewNokkel) },
    async (request, reply) => {
      await admin.setNokkel(organisasjonCall(request), request.params.kontoId, request.body.pem);
      return reply.status(204).send();
    },
  );
  scope.get<{ Params: KontoParams }>(
    `${ORG}/kontoer/:kontoId/nokler`,
    {
      schema: adminSchema('listNokler', 'Kontoens nøkler gjennom tidene, høyst 200', { 200: NokkelHistory }),
    },
    async (request) => {
      const nokler = await admin.nokler(organisasjonCall(request), request.params.kontoId);
      return nokler.map((nokkel) => ({
        fingeravtrykk: nokkel.fingeravtrykk,
        serienummer: nokkel.serienummer,
        gyldigFra: nokkel.gyldig_fra.toISOString(),
        gyldigTil: nokkel.gyldig_til.toISOString(),
        bits: nokkel.bits,
        opprettet: nokkel.opprettet.toISOString(),
        ...(nokkel.erstattet ? { erstattet: nokkel.erstattet.toISOString() } : {}),
      }));
    },
  );
}
