import { createApp } from '@grunnmur/kernel/http';
import { createLogger } from '@grunnmur/kernel/log';
import { expect, it } from 'vitest';
import { registerKontoer } from '../routes/register-kontoer.ts';

const under = (prefix: string, calls: string[]) => calls.map((call) => call.replace(' ', ` ${prefix}`));
const KONTO = '/kontoer/{kontoId}';
const P = '/{fiksOrgId}/systemer/{systemId}';

/** Every call of fiks-io §2.3, §2.4 and §2.5, and our own. */
const EXPECTED = [
  ...under('/fiks-io/katalog/api/v1', [
    `GET ${KONTO}`,
    `GET ${KONTO}/status`,
    `GET ${KONTO}/offentligNokkel`,
    `PUT ${KONTO}/offentligNokkel`,
    'GET /lookup',
    'POST /matchendeAdresser',
    'POST /sertifikat/verifiser',
  ]),
  ...under('/fiks-protokoll/katalog/api/v1', [`GET ${KONTO}`, `GET ${KONTO}/status`]),
  ...under('/fiks-io/konto/api/v1', [
    'POST /kontoer',
    `GET ${KONTO}`,
    `DELETE ${KONTO}`,
    `PUT ${KONTO}/kontoNavn`,
    `PUT ${KONTO}/aktiver`,
    `PUT ${KONTO}/deaktiver`,
    `GET ${KONTO}/offentligNokkel`,
    `PUT ${KONTO}/offentligNokkel`,
    `DELETE ${KONTO}/offentligNokkel`,
    `PUT ${KONTO}/offentligNokkelString`,
    'GET /kontosok',
    `GET ${KONTO}/aksepterteAvsendere`,
    `POST ${KONTO}/aksepterteAvsendere`,
    `PUT ${KONTO}/aksepterteAvsendere/aktiver`,
    `PUT ${KONTO}/aksepterteAvsendere/deaktiver`,
    `DELETE ${KONTO}/aksepterteAvsendere/{avsenderKontoId}`,
    `GET ${KONTO}/adresser`,
    `POST ${KONTO}/adresser`,
    `DELETE ${KONTO}/adresser/{adresseId}`,
    `PUT ${KONTO}/adresser/{adresseId}/aktiver`,
    `PUT ${KONTO}/adresser/{adresseId}/deaktiver`,
    `PUT ${KONTO}/adresser/{adresseId}/beskrivelse`,
    ...['identifikatorer', 'meldingsprotokoller', 'sikkerhetsnivaer'].flatMap((kind) => [
      `POST ${KONTO}/adresser/{adresseId}/${kind}`,
      `POST ${KONTO}/adresser/{adresseId}/${kind}/fjern`,
    ]),
    `POST ${KONTO}/validerMelding`,
  ]),
  ...under('/fiks-protokoll/api/v1/konfigurasjon', [
    `POST ${P}/kontoer`,
    `GET ${P}${KONTO}`,
    `DELETE ${P}${KONTO}`,
    `PUT ${P}${KONTO}/info`,
    `PUT ${P}${KONTO}/pem`,
    `POST ${P}${KONTO}/parter`,
    `GET ${P}${KONTO}/tilganger`,
    `POST ${P}${KONTO}/tilganger/{eksternSystemId}`,
    `DELETE ${P}${KONTO}/tilganger/{eksternSystemId}`,
    `GET ${P}${KONTO}/forespurteTilganger`,
    `DELETE ${P}${KONTO}/forespurteTilganger/{eksternSystemId}`,
    `POST ${P}${KONTO}/system-sok`,
    `POST ${P}/forespurteTilganger/{eksternKonto}`,
    `DELETE ${P}/forespurteTilganger/{eksternKonto}`,
    `DELETE ${P}/tilganger/{eksternKonto}`,
    `POST ${P}/konto-sok`,
    `GET ${P}/organisasjoner`,
    `GET ${P}`,
    `PUT ${P}/info`,
    'GET /{fiksOrgId}/protokoller',
    'GET /{fiksOrgId}/protokoller/{navn}',
    'GET /{fiksOrgId}/protokoller/{navn}/{versjon}',
  ]),
  ...under('/api/exchange/admin/organisasjoner/{orgId}', [
    'GET /systemer',
    'POST /systemer',
    'PATCH /systemer/{systemId}',
    'POST /systemer/{systemId}/passord',
    'POST /systemer/{systemId}/kontoer',
    'GET /kontoer',
    `PATCH ${KONTO}`,
    `PUT ${KONTO}/nokkel`,
    `GET ${KONTO}/nokler`,
  ]),
];

interface OpenApi {
  readonly paths: Record<string, Record<string, { operationId: string; summary: string; responses: object }>>;
}

it('describes exactly the calls of the specification, each under a name of its own', async () => {
  const app = await createApp({
    log: createLogger({ level: 'silent' }),
    version: 'test',
    publicUrl: 'http://127.0.0.1',
  });
  // Only routes are built; nothing is called.
  await registerKontoer(app, {} as Parameters<typeof registerKontoer>[1]);
  await app.ready();
  const { paths } = app.swagger() as unknown as OpenApi;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      call: `${method.toUpperCase()} ${path}`,
      ...operation,
    })),
  );
  expect(operations.map(({ call }) => call).sort()).toEqual([...EXPECTED].sort());
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(EXPECTED.length);
  for (const { call, summary, responses } of operations)
    expect([call, summary.length > 5, Object.keys(responses).length > 0]).toEqual([call, true, true]);
  await app.close();
});
