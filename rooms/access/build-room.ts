import type { Room, RoomHost } from '@grunnmur/kernel/room';
import { isSyntheticOrgnr, personNumberRules, REGISTERS } from '@grunnmur/registers';
import type { AccessContract } from './contract.ts';
import { type AccessRoom, createAccessRoom } from './create-room.ts';
import { Settings } from './settings.ts';

/** Organisations, logins, tokens. In a demonstration with the login simulator, for the invented people. */
export async function buildRoom(host: RoomHost): Promise<Room> {
  const { BUILT_IN_ISSUER, TOKEN_AUDIENCES } = host.settings(Settings);
  const demonstration = host.mode === 'demonstration';
  const hasIssuer = BUILT_IN_ISSUER === undefined ? demonstration : BUILT_IN_ISSUER === 'true';
  // Loaded late: production has none of it.
  const demo = host.demo && (await import('./demo/index.ts'));
  const invented = demo && host.use(REGISTERS).invented;
  const keys = { metadata: 'oauth-authorization-server', demonstration } as const;
  const access = createAccessRoom({
    db: host.db,
    log: host.log,
    now: () => new Date(),
    masterKey: host.masterKey,
    publicUrl: () => host.publicUrl,
    audiences: TOKEN_AUDIENCES?.split(' ') ?? [],
    // In production the issuers decide who may log in.
    ...(demonstration
      ? { personNumbers: personNumberRules(true) }
      : { organisationNumbers: { synthetic: false } }),
    ...(host.trustedIssuer ? { trustedIssuers: [{ issuer: host.trustedIssuer, keys }] } : {}),
    ...(hasIssuer ? { issuer: { demonstration } } : {}),
    ...(demo && invented
      ? {
          idporten: {
            persons: () => demo.loginPersons(invented.population),
            client: host.loginClients[0]!,
          },
        }
      : {}),
  });
  const contract: AccessContract = {
    ...access.access,
    loginIssuer: access.idportenIssuer,
    demonstration: () => {
      throw new Error('There is no demonstration');
    },
  };
  return {
    ...access.room,
    contract,
    productionFaults: () => demoData(host, access),
    ...(demo && invented ? { demo: demo.createDemo(host, access, invented.population, contract) } : {}),
  };
}

/** A database that holds a demonstration: its logins are known to everybody. */
async function demoData({ systemCtx }: RoomHost, { access }: AccessRoom): Promise<string[]> {
  const organisations = await access.listOrganisations(systemCtx);
  return organisations.some(({ orgnr }) => isSyntheticOrgnr(orgnr))
    ? ['DATABASE_URL: the database holds a demonstration (an invented organisation)']
    : [];
}
