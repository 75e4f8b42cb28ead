import type { OutgoingIdentity, RoomDemo, RoomHost } from '@grunnmur/kernel/room';
import type { Population } from '@grunnmur/registers';
import type { DemoPerson } from '../access-options.ts';
import type { AccessContract } from '../contract.ts';
import type { AccessRoom } from '../create-room.ts';
import { demoAccessInput, demoStaff, OWN_INTEGRATION } from './content.ts';
import type { DemoAccess } from './demo-access.ts';

/** Staff under a heading of their own, last; also somebody's private letters are there, as in life. */
export function loginPersons(population: Population): DemoPerson[] {
  const staff = demoStaff(population).map(({ fnr, name }) => ({ fnr, name, situation: 'staff' }));
  const isStaff = (fnr: string) => staff.some((each) => each.fnr === fnr);
  return [...population.demoPersons.filter(({ fnr }) => !isStaff(fnr)), ...staff];
}

/** Organisations, integrations and accounts; `contract` gets to know them when they are there. */
export function createDemo(
  host: RoomHost,
  room: AccessRoom,
  population: Population,
  contract: AccessContract,
): RoomDemo {
  let seeded: DemoAccess | undefined;
  contract.demonstration = () => {
    if (!seeded) throw new Error('The demonstration has not been seeded');
    return seeded;
  };
  return {
    simulated: ['ID-porten', 'Maskinporten'],
    seed: async () => {
      seeded = await room.seedDemo(host.systemCtx, demoAccessInput(population, host.demo!.ownScopes));
    },
    ownClient: () => ownIdentity(room, contract.demonstration()),
    access: async () => describe(room, contract.demonstration(), population),
  };
}

function ownIdentity(room: AccessRoom, access: DemoAccess): OutgoingIdentity {
  const issuer = room.issuer();
  const own = access.integrations.find((integration) => integration.name === OWN_INTEGRATION);
  if (!issuer || !own) throw new Error('The demonstration needs the built-in token issuer');
  const { clientId, privateKeyPem, certificatePem, orgnr } = own;
  return {
    issuer,
    tokenEndpoint: `${issuer}token`,
    clientId,
    privateKeyPem,
    certificatePem,
    keyId: undefined,
    orgnr,
  };
}

/** Everything a script needs to log in. */
function describe(room: AccessRoom, access: DemoAccess, population: Population) {
  const issuer = room.issuer()!;
  return {
    issuer,
    tokenEndpoint: `${issuer}token`,
    organisations: access.organisations,
    integrations: access.integrations.filter((integration) => integration.name !== OWN_INTEGRATION),
    svarutV1Accounts: access.svarutV1Accounts,
    mottakersystemer: access.mottakersystemer,
    staff: demoStaff(population),
  };
}
