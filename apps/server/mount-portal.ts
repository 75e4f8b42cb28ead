import { createHmac } from 'node:crypto';
import { ACCESS } from '@grunnmur/access';
import { EXCHANGE } from '@grunnmur/exchange';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { LoginClient, PersonReader } from '@grunnmur/kernel/room';
import { loginAddress, personReader, portalPlugin } from '@grunnmur/portal';
import { POST } from '@grunnmur/post';
import { REGISTERS } from '@grunnmur/registers';
import type { FastifyInstance } from 'fastify';
import type { Assembly } from './assembly.ts';
import type { BuiltRooms } from './build-rooms.ts';
import { createContactStatus } from './contact-status.ts';
import { ROOMS } from './rooms.ts';

/** The portal as a client of the ID-porten simulator; its secret follows from the master key. */
export function portalClient(baseUrl: string, masterKey: Buffer): LoginClient {
  return {
    clientId: 'grunnmur-portal',
    clientSecret: createHmac('sha256', masterKey).update('portal-client-secret').digest('base64url'),
    redirectUris: () => [`${baseUrl}/logg-inn/retur`],
    postLogoutRedirectUris: () => [`${baseUrl}/logget-ut`],
    logoutUri: () => `${baseUrl}/logg-ut/idporten`,
  };
}

/** Who has logged in at the portal, for faces that are reached with her session. */
export function personDownloads({ baseUrl, requestCtx }: Assembly, use: BuiltRooms['use']): PersonReader {
  let find: PersonReader['find'] | undefined;
  return {
    find: (request) => {
      find ??= personReader({ access: use(ACCESS), baseCtx: requestCtx, publicUrl: () => baseUrl });
      return find(request);
    },
    loginAddress: (path) => loginAddress(path, 4),
  };
}

export async function mountPortal(
  app: FastifyInstance,
  assembly: Assembly,
  { use }: Pick<BuiltRooms, 'use'>,
): Promise<void> {
  const { config, baseUrl, masterKey } = assembly;
  const { env } = config;
  const access = use(ACCESS);
  const { contacts, invented } = use(REGISTERS);
  const simulated = portalClient(baseUrl, masterKey);
  await app.register(
    portalPlugin({
      post: use(POST),
      access,
      exchange: use(EXCHANGE),
      oidc: {
        issuer: () => env.IDPORTEN_ISSUER ?? access.loginIssuer()!,
        clientId: env.IDPORTEN_CLIENT_ID ?? simulated.clientId,
        clientSecret: env.IDPORTEN_CLIENT_SECRET ?? simulated.clientSecret,
        demonstration: config.demonstration,
      },
      publicUrl: () => baseUrl,
      baseCtx: assembly.requestCtx,
      demonstration: config.demonstration,
      operator: {
        name: env.OPERATOR_NAME ?? 'Eksempel kommune',
        contactEmail: env.OPERATOR_EMAIL ?? 'post@eksempel.example',
      },
      roomLocales: ROOMS.map(({ locales }) => locales),
      contactStatus: createContactStatus(contacts),
      ...(invented
        ? { personName: async (_ctx: Ctx, fnr: string) => invented.population.findPerson(fnr)?.name }
        : {}),
    }),
  );
}
