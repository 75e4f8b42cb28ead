import { authenticateIntegrations, INTEGRATION_LOGIN } from '@grunnmur/access';
import { type FaceDescription, parseBodies, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { invalidContent } from '../../service/invalid-content.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { deleteDokumenter } from './delete-dokumenter.ts';
import { V2_TAG } from './documented.ts';
import { errorV2 } from './error-v2.ts';
import { findEksternref } from './find-eksternref.ts';
import { findEksternrefMetadata } from './find-eksternref-metadata.ts';
import { findMottakersystem } from './find-mottakersystem.ts';
import { getHendelser } from './get-hendelser.ts';
import { getMetadata } from './get-metadata.ts';
import { getSigneringshendelser } from './get-signeringshendelser.ts';
import { listForsendelsestyper } from './list-forsendelsestyper.ts';
import { ErrorV2 } from './models.ts';
import { searchStatuser } from './search-statuser.ts';
import { sendForsendelse } from './send-forsendelse.ts';
import { setLest } from './set-lest.ts';

const ENDPOINTS = [
  sendForsendelse,
  findEksternref,
  findEksternrefMetadata,
  searchStatuser,
  getHendelser,
  getSigneringshendelser,
  setLest,
  getMetadata,
  deleteDokumenter,
  listForsendelsestyper,
  findMottakersystem,
];

const DESCRIPTION: FaceDescription = {
  tag: V2_TAG,
  description: 'Sending av brev med token og integrasjon.',
  login: INTEGRATION_LOGIN,
  errors: { name: 'FeilV2', schema: ErrorV2, mediaType: 'application/json' },
};

/** Mounts SvarUt REST v2 at `/api/v2`: its clients replace the path of their base address, so it cannot be moved. */
export async function registerV2(app: FastifyInstance, deps: FaceDeps): Promise<void> {
  const face = {
    name: 'svarut-v2',
    prefix: '/api/v2',
    errorBody: errorV2((request) => deps.baseCtx(request).now()),
    description: DESCRIPTION,
  };
  await registerFace(app, face, (scope) => {
    parseBodies(scope, {
      maxJsonBytes: deps.limits.maxJsonBytes,
      invalid: invalidContent,
      emptyIsAbsent: false,
    });
    authenticateIntegrations(scope, deps);
    for (const endpoint of ENDPOINTS) endpoint(scope, deps);
  });
}
