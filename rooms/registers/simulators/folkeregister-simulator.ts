import type { ErrorAnswer } from '@grunnmur/kernel/simulator';
import type { FastifyPluginAsync } from 'fastify';
import { type Static, Type } from 'typebox';
import { FOLKEREGISTER_PATH, FOLKEREGISTER_SCOPE } from '../external/scopes.ts';
import type { Population } from '../population/create-population.ts';
import type { SyntheticPerson } from '../population/types.ts';
import { toPersonDocument } from './person-document.ts';
import { bearerCheck, createSimulator, type Simulator, type VerifyToken } from './simulator.ts';

export interface FolkeregisterSimulatorOptions {
  readonly population: Population;
  readonly verify: VerifyToken;
}

const MAX_HITS = 10_000;

/** The population register's look-up and search (JSON), right package "offentlig med hjemmel". */
export function folkeregisterSimulator(options: FolkeregisterSimulatorOptions): Simulator {
  const { population } = options;
  const routes: FastifyPluginAsync = async (app) => {
    app.addHook('onRequest', bearerCheck(options.verify, [FOLKEREGISTER_SCOPE], errorAnswer));
    const persons = `${FOLKEREGISTER_PATH}/v1/personer`;
    const search = { schema: { querystring: Query } };
    app.get<{ Querystring: Query }>(`${persons}/soek`, search, async (request, reply) => {
      const hits = population.persons.filter((person) => matches(person, request.query));
      if (hits.length > MAX_HITS) return errorAnswer(request, reply, 400);
      return { foedselsEllerDNummer: hits.map((person) => person.fnr) };
    });
    app.get<{ Params: { fnr: string }; Querystring: Static<typeof Parts> }>(
      `${persons}/:fnr`,
      { schema: { querystring: Parts } },
      async (request, reply) => {
        const person = population.findPerson(request.params.fnr);
        if (!person) return errorAnswer(request, reply, 404);
        return toPersonDocument(person, request.query.part ?? ['person-basis'], population);
      },
    );
  };
  return createSimulator(routes, errorAnswer);
}

const parameter = () => Type.Optional(Type.String({ maxLength: 300 }));
const Query = Type.Object({
  navn: parameter(),
  kommunenummer: parameter(),
  foedselsaarFraOgMed: parameter(),
  inkluderDoede: parameter(),
});
type Query = Static<typeof Query>;

const Parts = Type.Object({
  part: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 })),
});

/** Every word must begin a part of the name. Persons with a graded address are left out of lists. */
function matches(person: SyntheticPerson, query: Query): boolean {
  if (person.protection !== 'none') return false;
  if (person.diedOn && query.inkluderDoede !== 'true') return false;
  if (query.kommunenummer && person.address.municipalityNumber !== query.kommunenummer) return false;
  if (query.foedselsaarFraOgMed && person.born < query.foedselsaarFraOgMed) return false;
  const own = person.name.toLowerCase().split(/[\s-]+/);
  const words = (query.navn ?? '')
    .toLowerCase()
    .split(/[\s-]+/)
    .filter(Boolean);
  return words.every((word) => own.some((part) => part.startsWith(word)));
}

const MESSAGES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['FREG-004', 'Ugyldig forespørsel.'],
  401: ['FREG-002', 'Autentiseringsinformasjon mangler.'],
  403: ['FREG-003', 'Virksomheten mangler autorisasjon for tjenesten.'],
  404: ['FREG-005', 'Fant ikke ressursen.'],
  429: ['FREG-006', 'For mange kall på kort tid.'],
};

const errorAnswer: ErrorAnswer = (_request, reply, status) => {
  const [kode, melding] = MESSAGES[status] ?? ['FREG-001', 'Feil i tjenesten. Vennligst prøv igjen senere.'];
  return reply.code(status).send({ kode, melding });
};
