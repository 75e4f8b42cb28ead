import { type AuthenticateDeps, authenticateIntegrations, INTEGRATION_LOGIN } from '@grunnmur/access';
import { type FaceDescription, PROBLEM, problemBody, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import type { KontoAdmin } from '../../service/kontoer/create-konto-admin.ts';
import { parseBodies } from '../shared/parse-bodies.ts';
import { kontoRoutes } from './kontoer.ts';
import { ADMIN_TAG } from './models.ts';
import { systemRoutes } from './systemer.ts';

export interface AdminRouteDeps extends AuthenticateDeps {
  readonly admin: KontoAdmin;
}

const DESCRIPTION: FaceDescription = {
  tag: ADMIN_TAG,
  description: 'Systemer, kontoer, nøkler og passord i en organisasjon.',
  login: INTEGRATION_LOGIN,
  errors: PROBLEM,
};

/**
 * Mounts our own administration API: what the hosted platform offers in its portal only (fiks-io §6 item 9). Creating
 * organisations is for the operator, on the command line.
 */
export async function registerAdmin(app: FastifyInstance, deps: AdminRouteDeps): Promise<void> {
  const face = {
    name: 'exchange-admin',
    prefix: '/api/exchange/admin',
    errorBody: problemBody,
    description: DESCRIPTION,
  };
  await registerFace(app, face, (scope) => {
    parseBodies(scope);
    authenticateIntegrations(scope, deps);
    systemRoutes(scope, deps.admin);
    kontoRoutes(scope, deps.admin);
  });
}
