import { caller } from '@grunnmur/access';
import { STREAMED } from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { ExchangeError } from '../../errors.ts';
import { check } from '../../service/kontoer/invalid.ts';
import { setNokkel } from '../../service/kontoer/manage-nokler.ts';
import { offentligNokkel } from '../../service/kontoer/offentlig-nokkel.ts';
import { configurableKonto } from '../../service/kontoer/require-configurable.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { OffentligNokkel, Pem } from '../shared/models.ts';
import { readSmallForm } from '../shared/read-form.ts';

/** JSON of two published spellings, or a form with the part `file` (fiks-io §2.4). */
const Body = Type.Object(
  { pem: Type.Optional(Pem()), nokkel: Type.Optional(Pem()), file: Type.Optional(Pem()) },
  STREAMED,
);

/**
 * `PUT …/offentligNokkel` in every form a client has sent it: `{pem}`, `{nokkel}`, or multipart `file`. The Java client
 * calls it at start-up and counts on 201.
 */
export function putNokkel(
  scope: FastifyInstance,
  deps: KontoRouteDeps,
  route: { readonly path: string; readonly tag: string; readonly operationId: string },
): void {
  const responses: Record<number, TSchema> = { 201: OffentligNokkel };
  scope.put<{ Params: { kontoId: string } }>(
    route.path,
    {
      schema: documented(route.tag, route.operationId, 'Gir kontoen en ny offentlig nøkkel', responses, {
        body: Body,
        consumes: ['application/json', 'multipart/form-data'],
      }),
    },
    (request, reply) => storeNokkel(request, reply, deps),
  );
}

async function storeNokkel(
  request: FastifyRequest<{ Params: { kontoId: string } }>,
  reply: FastifyReply,
  deps: KontoRouteDeps,
) {
  const { ctx, principal } = caller(request);
  const konto = await configurableKonto(ctx, deps, principal, request.params.kontoId);
  await setNokkel(ctx, deps, konto.id, await sentPem(request));
  const row = await deps.kontoer.nokkel(ctx, konto.id);
  if (!row) throw ExchangeError.nokkelNotFound();
  return reply.status(201).send(offentligNokkel(row, ctx.now()));
}

async function sentPem(request: FastifyRequest): Promise<string> {
  if (/^multipart\//i.test(request.headers['content-type'] ?? '')) {
    const file = (await readSmallForm(request)).get('file');
    check(file !== undefined, 'file', 'required', 'mangler');
    return file.toString('latin1');
  }
  const { pem, nokkel } = (request.body ?? {}) as { pem?: unknown; nokkel?: unknown };
  const text = pem ?? nokkel;
  check(typeof text === 'string', 'pem', 'required', 'mangler, eller er ikke en tekst');
  return text;
}
