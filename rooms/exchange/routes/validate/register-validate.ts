import { type AuthenticateDeps, authenticateIntegrations, caller, INTEGRATION_LOGIN } from '@grunnmur/access';
import { KernelError } from '@grunnmur/kernel/errors';
import {
  type FaceDescription,
  type MultipartPart,
  PROBLEM,
  problemBody,
  readMultipart,
  registerFace,
} from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Rapport } from '../../protocols/definitions/validator-rapport.ts';
import type { EgneSkjemaer, MeldingMetadata } from '../../protocols/validate-message.ts';
import { PAKKE_GRENSER, validatePackage } from '../../protocols/validate-package.ts';
import { invalidPart, Metadata, readMetadata } from './read-metadata.ts';
import { readPayload } from './read-payload.ts';

export interface ValidateFaceDeps extends AuthenticateDeps {
  /** Schemas that the operator has loaded; they go before our own definitions. */
  readonly skjemaer?: EgneSkjemaer | undefined;
}

/** As OpenAPI tells it; read-metadata.ts and read-payload.ts are what read it. */
const ValiderMultipart = Type.Object(
  {
    metadata: Metadata,
    payload: Type.Optional(Type.Array(Type.String({ format: 'binary' }))),
  },
  {
    examples: [
      { metadata: { meldingstype: 'no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.kvittering' } },
    ],
  },
);

const DESCRIPTION: FaceDescription = {
  tag: 'Grunnmur: validering',
  description: 'Kontroll av meldinger mot protokollene; ingenting tas vare på.',
  login: INTEGRATION_LOGIN,
  errors: PROBLEM,
};

/** A document of up to 20 MB is held while it is checked, so only so many at a time; the others are told to come back. */
const SAMTIDIGE = 4;
/** Of those, for one organisation: what one leaves idle takes no other's place. */
const PER_ORGANISASJON = 2;
/** The payload is at hand when it is sent to be checked: who pauses for longer is gone. */
const PAUSE_MS = 10_000;

const Problem = Type.Object({}, { additionalProperties: true });

/**
 * `POST /api/exchange/valider`: is this message right by its protocol? (fiks-io §5.) The payload is given unencrypted, as files or as
 * one ASiC-E container; nothing of it is kept.
 */
export async function registerValidate(app: FastifyInstance, deps: ValidateFaceDeps): Promise<void> {
  let naa = 0;
  const perOrganisasjon = new Map<string, number>();
  const face = {
    name: 'exchange-validate',
    prefix: '/api/exchange/valider',
    errorBody: problemBody,
    description: DESCRIPTION,
  };
  await registerFace(app, face, (scope) => {
    authenticateIntegrations(scope, deps);
    scope.post(
      '',
      {
        schema: {
          operationId: 'exchangeValider',
          summary: 'Kontroller en melding mot protokollen',
          description:
            'multipart/form-data: `metadata` (application/json) først, så `payload`: enten filene i payloaden, hver med filnavn, eller én ASiC-E-beholder. Alt ukryptert. Uten `payload` kontrolleres en melding uten innhold.',
          tags: [DESCRIPTION.tag],
          consumes: ['multipart/form-data'],
          reads: { body: ValiderMultipart },
          response: { 200: Rapport, '4xx': Problem, '5xx': Problem },
        },
      },
      async (request) => {
        const { tenant } = caller(request).ctx;
        const egne = perOrganisasjon.get(tenant!) ?? 0;
        // The last place is for who has none.
        if (naa >= SAMTIDIGE || egne >= PER_ORGANISASJON || (naa === SAMTIDIGE - 1 && egne > 0))
          throw KernelError.rateLimited({ params: { seconds: 2 } });
        naa += 1;
        perOrganisasjon.set(tenant!, egne + 1);
        try {
          return await handle(request, deps);
        } finally {
          naa -= 1;
          const left = (perOrganisasjon.get(tenant!) ?? 1) - 1;
          if (left > 0) perOrganisasjon.set(tenant!, left);
          else perOrganisasjon.delete(tenant!);
        }
      },
    );
  });
}

async function handle(request: FastifyRequest, deps: ValidateFaceDeps): Promise<Rapport> {
  if (Number(request.headers['content-length']) > PAKKE_GRENSER.bytes + 1_000_000) {
    throw KernelError.tooLarge({ params: { limit: PAKKE_GRENSER.bytes } });
  }
  const parts = readMultipart(request, { maxParts: PAKKE_GRENSER.filer + 1, idleTimeoutMs: PAUSE_MS });
  try {
    const metadata = await metadataOf(parts);
    const { ctx } = caller(request);
    return await readPayload(parts, metadata, (payload) =>
      validatePackage({ metadata, payload }, { skjemaer: deps.skjemaer, now: ctx.now() }),
    );
  } finally {
    await parts.return(undefined);
  }
}

/** The message type decides which of the files are read, so it comes before them. */
async function metadataOf(parts: AsyncGenerator<MultipartPart>): Promise<MeldingMetadata> {
  const { value: part } = await parts.next();
  if (part?.name !== 'metadata') throw invalidPart('metadata', part ? 'må være den første delen' : 'mangler');
  return readMetadata(part.body);
}
