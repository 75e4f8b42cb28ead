import type { ErrorAnswer } from '@grunnmur/kernel/simulator';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Population } from '../population/create-population.ts';
import type { SyntheticOrganisation } from '../population/types.ts';
import { createSimulator, type Simulator } from './simulator.ts';
import { toUnit } from './unit-document.ts';

export interface EnhetsregisterSimulatorOptions {
  readonly population: Population;
  readonly now: () => Date;
}

/** Deepest result that can be reached: (page + 1) · size (published limit of the search). */
const MAX_DEPTH = 10_000;
const DEFAULT_SIZE = 20;

type Kind = 'enheter' | 'underenheter';

/** Enhetsregisteret's open API: units, sub-units and search. No token, as the real one. */
export function enhetsregisterSimulator(options: EnhetsregisterSimulatorOptions): Simulator {
  const { organisations } = options.population;
  const listed: Readonly<Record<Kind, readonly SyntheticOrganisation[]>> = {
    enheter: organisations.filter((entry) => entry.form !== 'BEDR' && !entry.removed && !entry.deletedOn),
    underenheter: organisations.filter((entry) => entry.form === 'BEDR'),
  };
  const errorAnswer: ErrorAnswer = (request, reply, status) =>
    reply.code(status).send(errorBody(request, status, options.now()));
  const invalid: Invalid = (request, reply, parameter, value) =>
    reply.code(400).send({
      ...errorBody(request, 400, options.now()),
      antallFeil: 1,
      valideringsfeil: [
        {
          feilmelding: `Ugyldig verdi for ${parameter}`,
          parametere: [parameter],
          feilaktigVerdi: value.slice(0, 100),
        },
      ],
    });
  const routes: FastifyPluginAsync = async (app) => {
    for (const kind of ['enheter', 'underenheter'] as const) {
      const collection = `/enhetsregisteret/api/${kind}`;
      app.get<{ Params: { orgnr: string } }>(`${collection}/:orgnr`, async (request, reply) => {
        const { orgnr } = request.params;
        if (!/^\d{9}$/.test(orgnr)) return invalid(request, reply, 'organisasjonsnummer', orgnr);
        return one(request, reply, kind, options.population.findOrganisation(orgnr));
      });
      app.get<{ Querystring: Query }>(
        collection,
        { schema: { querystring: Query } },
        async (request, reply) => page(request, reply, kind, listed[kind], invalid),
      );
    }
  };
  return createSimulator(routes, errorAnswer);
}

type Invalid = (
  request: FastifyRequest,
  reply: FastifyReply,
  parameter: string,
  value: string,
) => FastifyReply;

const parameter = () => Type.Optional(Type.String({ maxLength: 300 }));
const Query = Type.Object({
  navn: parameter(),
  size: parameter(),
  page: parameter(),
  organisasjonsform: parameter(),
  kommunenummer: parameter(),
  overordnetEnhet: parameter(),
});
type Query = Static<typeof Query>;

function one(
  request: FastifyRequest,
  reply: FastifyReply,
  kind: Kind,
  found: SyntheticOrganisation | undefined,
): FastifyReply {
  if (!found || (found.form === 'BEDR') !== (kind === 'underenheter')) return reply.code(404).send();
  if (found.removed)
    return reply.code(410).send({ organisasjonsnummer: found.orgnr, slettedato: '2024-01-15' });
  return withType(request, reply).send(toUnit(found, baseOf(request, kind)));
}

/** The register answers with its vendor type when that is asked for, else with plain JSON. */
function withType(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const vendor = /application\/vnd\.brreg\.enhetsregisteret\.[a-z]+\.v\d\+json/.exec(
    request.headers.accept ?? '',
  )?.[0];
  return reply.type(`${vendor ?? 'application/json'};charset=UTF-8`);
}

function page(
  request: FastifyRequest<{ Querystring: Query }>,
  reply: FastifyReply,
  kind: Kind,
  all: readonly SyntheticOrganisation[],
  invalid: Invalid,
): FastifyReply {
  const { query } = request;
  const size = wholeNumber(query.size, DEFAULT_SIZE);
  const number = wholeNumber(query.page, 0);
  if (size === null) return invalid(request, reply, 'size', query.size ?? '');
  if (number === null) return invalid(request, reply, 'page', query.page ?? '');
  if ((number + 1) * size > MAX_DEPTH) return invalid(request, reply, 'size', String(size));
  const hits = search(all, query);
  const shown = hits.slice(number * size, (number + 1) * size);
  const base = baseOf(request, kind);
  return withType(request, reply).send({
    ...(shown.length > 0 && { _embedded: { [kind]: shown.map((entry) => toUnit(entry, base)) } }),
    _links: { self: { href: `${request.protocol}://${request.host}${request.url}` } },
    page: { size, totalElements: hits.length, totalPages: size ? Math.ceil(hits.length / size) : 0, number },
  });
}

/** Every word must begin a word of the name; names that begin with the text come first. */
function search(all: readonly SyntheticOrganisation[], query: Query): readonly SyntheticOrganisation[] {
  const text = (query.navn ?? '').trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const forms = query.organisasjonsform?.split(',');
  const hits = all.filter((entry) => {
    if (forms && !forms.includes(entry.form)) return false;
    if (query.kommunenummer && entry.address.municipalityNumber !== query.kommunenummer) return false;
    if (query.overordnetEnhet && entry.parentOrgnr !== query.overordnetEnhet) return false;
    const own = entry.name.toLowerCase().split(/[\s–-]+/);
    return words.every((word) => own.some((part) => part.startsWith(word)));
  });
  const score = (entry: SyntheticOrganisation) => (entry.name.toLowerCase().startsWith(text) ? 0 : 1);
  return hits.sort((a, b) => score(a) - score(b));
}

function wholeNumber(value: string | undefined, fallback: number): number | null {
  if (value === undefined) return fallback;
  return /^\d{1,6}$/.test(value) ? Number(value) : null;
}

function baseOf(request: FastifyRequest, kind: Kind): string {
  const prefix = request.url.slice(0, request.url.indexOf('/enhetsregisteret/api/'));
  return `${request.protocol}://${request.host}${prefix}/enhetsregisteret/api/${kind}`;
}

function errorBody(request: FastifyRequest, status: number, now: Date) {
  return {
    tidsstempel: now.getTime(),
    status,
    feilmelding: status === 400 ? 'Feilaktig forespørsel' : 'Det oppstod en feil',
    sti: request.url.split('?')[0],
  };
}
