import { caller } from '@grunnmur/access';
import { KernelError } from '@grunnmur/kernel/errors';
import { readMultipart } from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidField, isObject, type JsonObject } from '../service/field-report.ts';
import { maxSentBytes } from '../service/store-object.ts';
import { documented } from './documented.ts';
import type { DokumentlagerFaceDeps } from './face-deps.ts';
import { EndreBody, KryptertQuery, LastOppMultipart, SokBody, SokQuery } from './models.ts';

interface KontoParams {
  fiksOrgId: string;
  kontoId: string;
}

/** Parts of an upload; a few more than the two it needs. */
const MAX_PARTS = 8;
/** Boundaries and part headers. */
const MULTIPART_BYTES = 262_144;

const UploadResult = Type.Object({
  id: Type.String({ format: 'uuid' }),
  dokumentnavn: Type.String(),
  mimeType: Type.String(),
  ukryptertStorrelse: Type.Integer(),
  kryptertStorrelse: Type.Integer(),
});

const LOCATION = {
  Location: {
    description: 'Adressen som dokumentet lastes ned fra',
    schema: { type: 'string', format: 'uri' },
  },
} as const;

/** `POST /api/v1/{fiksOrgId}/kontoer/{kontoId}/dokumenter/?kryptert=`: Java sends the trailing slash. */
export function uploadRoute(scope: FastifyInstance, deps: DokumentlagerFaceDeps): void {
  scope.post<{ Params: KontoParams; Querystring: { kryptert?: unknown } }>(
    '/api/v1/:fiksOrgId/kontoer/:kontoId/dokumenter',
    {
      schema: documented('lastOpp', 'Last opp et dokument', 201, UploadResult, {
        consumes: ['multipart/form-data'],
        reads: { body: LastOppMultipart, querystring: KryptertQuery },
        answerHeaders: LOCATION,
      }),
    },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      const kryptert = readKryptert(request.query.kryptert);
      refuseTooLarge(request, deps, kryptert);
      const { fiksOrgId, kontoId } = request.params;
      const parts = readMultipart(request, {
        maxParts: MAX_PARTS,
        idleTimeoutMs: deps.limits.uploadIdleMs,
        totalTimeoutMs: deps.limits.uploadTimeoutMs,
      });
      try {
        const upload = { fiksOrgId, kontoId, kryptert, parts };
        const result = await deps.dokumentlager.upload(ctx, principal, upload);
        return reply.status(201).header('location', downloadUrl(deps, result.id)).send(result);
      } finally {
        await parts.return(undefined);
      }
    },
  );
}

/** Absent is false. A misspelt value must not make plaintext of a document that was meant to be encrypted. */
function readKryptert(value: unknown): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalidField('kryptert', 'enum', 'må være true eller false');
}

/** What says itself that it is too large is refused before a byte of it is read (fiks-io §6.11). */
function refuseTooLarge(request: FastifyRequest, deps: DokumentlagerFaceDeps, kryptert: boolean): void {
  const { maxBytes, maxJsonBytes } = deps.limits;
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxSentBytes(maxBytes, kryptert) + maxJsonBytes + MULTIPART_BYTES)
    throw KernelError.tooLarge({ params: { limit: maxBytes } });
}

/** Where a person fetches the document, or an integration when no person can. */
function downloadUrl(deps: DokumentlagerFaceDeps, id: string): string {
  return `${deps.publicUrl}/dokumentlager/nedlasting/${deps.persons ? 'niva4/' : ''}${id}`;
}

const Tilgjengelighet = Type.Object({
  id: Type.String({ format: 'uuid' }),
  tilgjengeligTil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});

const Sokeresultat = Type.Object({
  totaltAntallTreff: Type.Integer(),
  dokumenter: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      dokumentnavn: Type.String(),
      kryptertStorrelse: Type.Integer(),
      ukryptertStorrelse: Type.Integer(),
      opprettet: Type.String({ format: 'date-time' }),
      mimetype: Type.String(),
      slettet: Type.Boolean(),
      korrelasjonsid: Type.String({ format: 'uuid' }),
    }),
  ),
});

/** Changing, deleting and finding a konto's own documents (fiks-io §2.6). */
export function manageRoutes(scope: FastifyInstance, deps: DokumentlagerFaceDeps): void {
  const { dokumentlager } = deps;
  const base = '/api/v1/:fiksOrgId/kontoer/:kontoId';
  scope.patch<{ Params: KontoParams & { dokumentId: string } }>(
    `${base}/dokumenter/:dokumentId`,
    {
      schema: documented('endre', 'Endre hvor lenge et dokument er tilgjengelig', 200, Tilgjengelighet, {
        reads: { body: EndreBody },
      }),
    },
    async (request) => {
      const { ctx, principal } = caller(request);
      return dokumentlager.changeTilgjengelighet(ctx, principal, request.params, jsonBody(request));
    },
  );
  scope.delete<{ Params: KontoParams & { dokumentId: string } }>(
    `${base}/dokumenter/:dokumentId`,
    { schema: documented('slett', 'Slett et dokument', 200) },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      await dokumentlager.delete(ctx, principal, request.params);
      return reply.status(200).send();
    },
  );
  scope.delete<{ Params: KontoParams & { korrelasjonsid: string } }>(
    `${base}/korrelasjonsid/:korrelasjonsid`,
    { schema: documented('slettKorrelasjon', 'Slett dokumentene med en korrelasjonsid', 204) },
    async (request, reply) => {
      const { ctx, principal } = caller(request);
      await dokumentlager.deleteKorrelasjon(ctx, principal, request.params);
      return reply.status(204).send();
    },
  );
  scope.post<{ Params: KontoParams; Querystring: { fra?: unknown; til?: unknown } }>(
    `${base}/dokumenter/sok`,
    {
      schema: documented('sok', 'Finn dokumentene med en korrelasjonsid', 200, Sokeresultat, {
        reads: { body: SokBody, querystring: SokQuery },
      }),
    },
    async (request) => {
      const { ctx, principal } = caller(request);
      const { fra, til } = request.query;
      return dokumentlager.search(ctx, principal, request.params, { fra, til }, jsonBody(request));
    },
  );
}

function jsonBody(request: FastifyRequest): JsonObject {
  if (isObject(request.body)) return request.body;
  throw invalidField('meldingen', 'type', 'må være et JSON-objekt');
}
