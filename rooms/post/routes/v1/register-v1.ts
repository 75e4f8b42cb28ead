import { ACCOUNT_LOGIN } from '@grunnmur/access';
import { type FaceDescription, parseBodies, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { invalidContent } from '../../service/invalid-content.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { authenticateAccounts } from './authenticate-account.ts';
import { V1_TAG } from './documented.ts';
import { errorV1 } from './error-v1.ts';
import { findEksternref } from './find-eksternref.ts';
import { findMottakersystem } from './find-mottakersystem.ts';
import { getDokumentMetadata } from './get-dokument-metadata.ts';
import { getHistorikk } from './get-historikk.ts';
import { getSigneringhistorikk } from './get-signeringhistorikk.ts';
import { getStatus } from './get-status.ts';
import { listForsendelseTyper } from './list-forsendelse-typer.ts';
import { ErrorV1 } from './models.ts';
import { searchStatuser } from './search-statuser.ts';
import { sendForsendelse } from './send-forsendelse.ts';
import { setLest } from './set-lest.ts';
import { slettFiler } from './slett-filer.ts';
import { startNyForsendelse } from './start-ny-forsendelse.ts';

const ENDPOINTS = [
  startNyForsendelse,
  sendForsendelse,
  getStatus,
  searchStatuser,
  getHistorikk,
  getDokumentMetadata,
  getSigneringhistorikk,
  setLest,
  slettFiler,
  listForsendelseTyper,
  findMottakersystem,
  findEksternref,
];

const DESCRIPTION: FaceDescription = {
  tag: V1_TAG,
  description:
    'Sending av brev, slik SvarUts eldre klienter gjør det. Id-er er UUID-er; tider er millisekunder.',
  login: ACCOUNT_LOGIN,
  errors: { name: 'FeilV1', schema: ErrorV1, mediaType: 'application/json' },
  parameters: {
    orgnr: { type: 'string', description: 'Organisasjonsnummer', pattern: '^[0-9]{9}$' },
    eksternref: {
      type: 'string',
      description: 'Avsenderens egen referanse: hele resten av adressen',
      minLength: 1,
    },
  },
};

/** Mounts SvarUt REST v1 at `/tjenester/api/forsendelse/v1`. */
export async function registerV1(app: FastifyInstance, deps: FaceDeps): Promise<void> {
  const face = {
    name: 'svarut-v1',
    prefix: '/tjenester/api/forsendelse/v1',
    errorBody: errorV1,
    description: DESCRIPTION,
  };
  await registerFace(app, face, (scope) => {
    // The published client names every parameter, also those that it has no value for.
    parseBodies(scope, {
      maxJsonBytes: deps.limits.maxJsonBytes,
      invalid: invalidContent,
      emptyIsAbsent: true,
    });
    authenticateAccounts(scope, deps);
    for (const endpoint of ENDPOINTS) endpoint(scope, deps);
  });
}
