import { createApp } from '@grunnmur/kernel/http';
import { createLogger } from '@grunnmur/kernel/log';
import { registerDokumentlager } from '../rooms/documents/routes/register-dokumentlager.ts';
import { registerAdmin } from '../rooms/exchange/routes/admin/register-admin.ts';
import { registerApi as registerExchangeApi } from '../rooms/exchange/routes/api/register-api.ts';
import {
  registerKatalog,
  registerProtokollKatalog,
} from '../rooms/exchange/routes/katalog/register-katalog.ts';
import { registerKonto } from '../rooms/exchange/routes/konto/register-konto.ts';
import { registerProtokoll } from '../rooms/exchange/routes/protokoll/register-protokoll.ts';
import { registerSend } from '../rooms/exchange/routes/send/register-send.ts';
import { registerValidate } from '../rooms/exchange/routes/validate/register-validate.ts';
import { registerApi as registerPostApi } from '../rooms/post/routes/api/register-api.ts';
import { registerPublicKey } from '../rooms/post/routes/shared/register-public-key.ts';
import { registerV1 } from '../rooms/post/routes/v1/register-v1.ts';
import { registerV2 } from '../rooms/post/routes/v2/register-v2.ts';

const FACES = [
  registerV1,
  registerV2,
  registerPublicKey,
  registerPostApi,
  registerKatalog,
  registerProtokollKatalog,
  registerKonto,
  registerProtokoll,
  registerAdmin,
  registerSend,
  registerExchangeApi,
  registerValidate,
  registerDokumentlager,
];

/** The OpenAPI document of all faces, without a database: routes are registered and nothing is called. */
export async function apiDocument(): Promise<Record<string, unknown>> {
  const app = await createApp({
    log: createLogger({ level: 'silent' }),
    version: 'test',
    publicUrl: 'http://127.0.0.1:3000',
  });
  for (const register of FACES)
    await (register as (app: unknown, deps: unknown) => unknown)(app, { limits: {}, persons: {} });
  await app.ready();
  const document = app.swagger() as unknown as Record<string, unknown>;
  await app.close();
  return JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
}
