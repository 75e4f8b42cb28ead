import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ExchangeError } from '../../errors.ts';
import { check } from '../../service/kontoer/invalid.ts';
import {
  createKonto,
  getKonto,
  removeKonto,
  setKontoInfo,
  setParter,
} from '../../service/kontoer/manage-kontoer.ts';
import { setNokkel } from '../../service/kontoer/manage-nokler.ts';
import { offentligNokkel } from '../../service/kontoer/offentlig-nokkel.ts';
import { describeParts } from '../../service/kontoer/protokoll-parter.ts';
import { describeProtokollKonto } from '../../service/kontoer/protokoll-system.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { OffentligNokkel } from '../shared/models.ts';
import {
  CreateProtokollKontoRequest,
  ParterResponse,
  PROTOKOLL_TAG,
  ProtokollKontoResponse,
  UpdateKontoInfoRequest,
  UpdateNokkelRequest,
  UpdateParterRequest,
} from './models.ts';
import { KONTO, type KontoParams, kontoCall, P, type SystemParams, systemCall } from './system-call.ts';

/** `POST P/kontoer`: a protokoll-konto, active from the start. */
export function createProtokollKonto(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.post<{ Params: SystemParams; Body: CreateProtokollKontoRequest }>(
    `${P}/kontoer`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_createKonto',
        'Oppretter en protokollkonto',
        { 201: ProtokollKontoResponse },
        { body: CreateProtokollKontoRequest },
      ),
    },
    async (request, reply) => {
      const { ctx, system } = await systemCall(request, deps);
      const { navn, beskrivelse, stottetProtokollNavn, offentligNokkel: pem } = request.body;
      const { parts, part, stottetProtokollVersjon } = request.body;
      const id = await createKonto(ctx, deps, {
        systemId: system.id,
        navn,
        beskrivelse,
        protokoll: stottetProtokollNavn.trim(),
        parter: wantedParter({ parts, part, stottetProtokollVersjon }),
        ...(pem === undefined ? {} : { offentligNokkel: pem }),
      });
      return reply.status(201).send(await describeProtokollKonto(ctx, deps, await getKonto(ctx, id)));
    },
  );
}

/** The parties of the present form, or the one of the older. */
function wantedParter({
  parts,
  part,
  stottetProtokollVersjon,
}: Pick<CreateProtokollKontoRequest, 'parts' | 'part' | 'stottetProtokollVersjon'>) {
  if (parts) return partRefs(parts);
  check(
    part !== undefined && stottetProtokollVersjon !== undefined,
    'parts',
    'required',
    'mangler (eller part og stottetProtokollVersjon)',
  );
  return [{ part, versjon: stottetProtokollVersjon }];
}

function partRefs(parts: UpdateParterRequest['parts']) {
  return parts.map(({ partNavn, stottetProtokollVersjon }) => ({
    part: partNavn,
    versjon: stottetProtokollVersjon,
  }));
}

/** `GET` and `DELETE P/kontoer/{kontoId}`. */
export function readAndDeleteKonto(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<{ Params: KontoParams }>(
    KONTO,
    {
      schema: documented(PROTOKOLL_TAG, 'protokollKonfigurasjon_getKonto', 'En protokollkonto', {
        200: ProtokollKontoResponse,
      }),
    },
    async (request) => {
      const { ctx, konto } = await kontoCall(request, deps);
      return describeProtokollKonto(ctx, deps, await getKonto(ctx, konto.id));
    },
  );
  scope.delete<{ Params: KontoParams }>(
    KONTO,
    {
      schema: documented(PROTOKOLL_TAG, 'protokollKonfigurasjon_deleteKonto', 'Sletter en konto', {
        204: Type.Null(),
      }),
    },
    async (request, reply) => {
      const { ctx, konto } = await kontoCall(request, deps);
      await removeKonto(ctx, deps, konto);
      return reply.status(204).send();
    },
  );
}

/** `PUT P/kontoer/{kontoId}/info` and `/pem`, `POST …/parter`. */
export function changeKonto(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.put<{ Params: KontoParams; Body: UpdateKontoInfoRequest }>(
    `${KONTO}/info`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_updateKontoInfo',
        'Endrer navn og beskrivelse',
        { 204: Type.Null() },
        { body: UpdateKontoInfoRequest },
      ),
    },
    async (request, reply) => {
      const { ctx, konto } = await kontoCall(request, deps);
      const { navn, beskrivelse } = request.body;
      await setKontoInfo(ctx, deps, konto.id, { navn, beskrivelse });
      return reply.status(204).send();
    },
  );
  scope.put<{ Params: KontoParams; Body: UpdateNokkelRequest }>(
    `${KONTO}/pem`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_updateKontoOffentligNokkel',
        'Gir kontoen en ny offentlig nøkkel',
        { 200: OffentligNokkel },
        { body: UpdateNokkelRequest },
      ),
    },
    async (request) => {
      const { ctx, konto } = await kontoCall(request, deps);
      await setNokkel(ctx, deps, konto.id, request.body.offentligNokkel);
      const row = await deps.kontoer.nokkel(ctx, konto.id);
      if (!row) throw ExchangeError.nokkelNotFound();
      return offentligNokkel(row, ctx.now());
    },
  );
  scope.post<{ Params: KontoParams; Body: UpdateParterRequest }>(
    `${KONTO}/parter`,
    {
      schema: documented(
        PROTOKOLL_TAG,
        'protokollKonfigurasjon_updateParter',
        'Gir kontoen disse partene',
        { 200: ParterResponse },
        { body: UpdateParterRequest },
      ),
    },
    async (request) => {
      const { ctx, konto } = await kontoCall(request, deps);
      await setParter(ctx, deps, konto, partRefs(request.body.parts));
      const { protokoll, parter } = await getKonto(ctx, konto.id);
      return { parter: describeParts(protokoll, parter) };
    },
  );
}
