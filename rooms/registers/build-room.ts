import type { TokenSupplier } from '@grunnmur/kernel/outgoing';
import type { Room, RoomHost } from '@grunnmur/kernel/room';
import type { Invented, Registers } from './contract.ts';
import { createRegistersRoom } from './create-room.ts';
import { FOLKEREGISTER_PATH, FOLKEREGISTER_SCOPE, KRR_SCOPES } from './external/scopes.ts';
import { Settings } from './settings.ts';

/** The national registers, or their simulators at our own address. */
export async function buildRoom(host: RoomHost): Promise<Room> {
  const { KRR_URL, ENHETSREGISTERET_URL, FOLKEREGISTERET_URL } = host.settings(Settings);
  const token =
    (scope: string): TokenSupplier =>
    ({ fresh }) =>
      host.outgoing().tokens.token({ scope, fresh });
  const { room, ...gateways } = createRegistersRoom({
    krr: {
      baseUrl: KRR_URL ?? host.simulatorUrl('krr'),
      token: token(Object.values(KRR_SCOPES).join(' ')),
    },
    enhetsregisteret: { baseUrl: ENHETSREGISTERET_URL ?? host.simulatorUrl('enhetsregisteret') },
    folkeregister: {
      baseUrl: FOLKEREGISTERET_URL ?? `${host.simulatorUrl('folkeregisteret')}${FOLKEREGISTER_PATH}`,
      token: token(FOLKEREGISTER_SCOPE),
    },
    synthetic: host.mode === 'demonstration',
    now: () => new Date(),
  });
  if (!host.demo) return { ...room, contract: gateways satisfies Registers };
  // Loaded late: production has no invented people.
  const { inventCountry, registerSimulators } = await import('./demo/index.ts');
  const invented: Invented = await inventCountry(host.demo);
  return {
    ...room,
    contract: { ...gateways, invented } satisfies Registers,
    demo: {
      simulated: ['KRR', 'Enhetsregisteret', 'Folkeregisteret'],
      simulators: registerSimulators(host.demo, invented),
      access: async () => ({ persons: invented.population.demoPersons }),
    },
  };
}
