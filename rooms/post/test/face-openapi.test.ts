import { createApp } from '@grunnmur/kernel/http';
import { createLogger } from '@grunnmur/kernel/log';
import { expect, it } from 'vitest';
import { DEFAULT_FACE_LIMITS, type FaceDeps } from '../routes/shared/deps.ts';
import { registerPublicKey } from '../routes/shared/register-public-key.ts';
import { registerV1 } from '../routes/v1/register-v1.ts';
import { registerV2 } from '../routes/v2/register-v2.ts';

/** Every call that SvarUt publishes for REST v1 and v2, and the certificate. */
const PUBLISHED = [
  'GET /forsendelse/publickey/hent',
  ...[
    'POST /startNyForsendelse',
    'POST /sendForsendelse',
    'POST /{id}/sendForsendelse',
    'GET /{id}/status',
    'POST /statuser',
    'GET /{id}/historikk',
    'GET /{id}/dokumentMetadata',
    'GET /{id}/signeringhistorikk',
    'POST /{id}/settLest',
    'POST /slettFiler',
    'GET /forsendelseTyper',
    'GET /mottakersystem',
    'GET /mottakersystem/{orgnr}',
    'GET /eksternref/{eksternref}',
  ].map((call) => call.replace(' ', ' /tjenester/api/forsendelse/v1')),
  ...[
    'POST /kontoer/{kontoId}/forsendelser',
    'GET /kontoer/{kontoId}/forsendelser',
    'GET /kontoer/{kontoId}/forsendelser/metadata',
    'POST /kontoer/{kontoId}/forsendelser/status-sok',
    'GET /forsendelser/{id}/hendelser',
    'GET /forsendelser/{id}/signeringshendelser',
    'POST /forsendelser/{id}/lest',
    'GET /forsendelser/{id}/metadata',
    'DELETE /forsendelser/{id}/dokumenter',
    'GET /forsendelsestyper',
    'GET /mottakersystem',
  ].map((call) => call.replace(' ', ' /api/v2')),
];

interface OpenApi {
  readonly paths: Record<string, Record<string, { operationId: string; responses: object }>>;
}

it('describes exactly the published calls, each under a name of its own', async () => {
  const app = await createApp({
    log: createLogger({ level: 'silent' }),
    version: 'test',
    publicUrl: 'http://127.0.0.1',
  });
  const deps = { limits: DEFAULT_FACE_LIMITS } as FaceDeps;
  await registerV1(app, deps);
  await registerV2(app, deps);
  registerPublicKey(app, { certificatePem: () => '' });
  await app.ready();
  const { paths } = app.swagger() as unknown as OpenApi;
  await app.close();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      call: `${method.toUpperCase()} ${path}`,
      operationId,
    })),
  );
  expect(operations.map(({ call }) => call).sort()).toEqual([...PUBLISHED].sort());
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(PUBLISHED.length);
});
