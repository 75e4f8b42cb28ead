import { createHmac } from 'node:crypto';
import type { AccessRoom, LoginClient } from '@grunnmur/access/create';
import type { ExchangeRoom, PersonDownloads } from '@grunnmur/exchange/create';
import { loginAddress, personReader, portalPlugin } from '@grunnmur/portal';
import type { PostRoom } from '@grunnmur/post/create';
import type { RegistersRoom } from '@grunnmur/registers/create';
import type { FastifyInstance } from 'fastify';
import type { Assembly } from './assembly.ts';
import { createContactStatus } from './contact-status.ts';

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

/** Who has logged in at the portal may fetch what is opened to her in Dokumentlager. */
export function personDownloads({ baseUrl, requestCtx }: Assembly, { access }: AccessRoom): PersonDownloads {
  return {
    find: personReader({ access, baseCtx: requestCtx, publicUrl: () => baseUrl }),
    loginAddress: (path) => loginAddress(path, 4),
  };
}

export async function mountPortal(
  app: FastifyInstance,
  assembly: Assembly,
  rooms: { access: AccessRoom; post: PostRoom; exchange: ExchangeRoom; registers: RegistersRoom },
  personName: ((fnr: string) => string | undefined) | undefined,
): Promise<void> {
  const { config, baseUrl, masterKey } = assembly;
  const { env } = config;
  const simulated = portalClient(baseUrl, masterKey);
  await app.register(
    portalPlugin({
      post: rooms.post.post,
      access: rooms.access.access,
      exchange: rooms.exchange.exchange,
      oidc: {
        issuer: () => env.IDPORTEN_ISSUER ?? rooms.access.idportenIssuer()!,
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
      roomLocales: [rooms.post.room, rooms.access.room, rooms.exchange.room].flatMap((room) =>
        room.locales ? [room.locales] : [],
      ),
      contactStatus: createContactStatus(rooms.registers.contacts),
      ...(personName ? { personName: async (_ctx, fnr) => personName(fnr) } : {}),
    }),
  );
}
