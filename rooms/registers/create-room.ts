import type { TokenSupplier } from '@grunnmur/kernel/outgoing';
import type { Room } from '@grunnmur/kernel/room';
import type { ContactRegister, OrganisationRegister, PopulationRegister } from './contract.ts';
import { createEnhetsregisterClient } from './external/enhetsregister-client.ts';
import { createFolkeregisterClient } from './external/folkeregister-client.ts';
import { createKrrClient } from './external/krr-client.ts';
import type { UpstreamOptions } from './external/upstream.ts';

type WithToken = UpstreamOptions & { readonly token: TokenSupplier };

export interface RegistersOptions {
  /** `https://kontaktregisteret.no`. Scopes krr:global/kontaktinformasjon.read and krr:global/digitalpost.read. */
  readonly krr: WithToken;
  /** `https://data.brreg.no`. Open, no token. */
  readonly enhetsregisteret: Omit<UpstreamOptions, 'token'>;
  /** Base with right package. Scope e.g. folkeregister:deling/offentligmedhjemmel. */
  readonly folkeregister: WithToken;
  /**
   * Accept synthetic identity and organisation numbers. Default `true`; production passes `false`, and then a
   * synthetic number is an error before anything is sent.
   */
  readonly synthetic?: boolean;
  /** Clock; default the system's. */
  readonly now?: () => Date;
}

export interface RegistersRoom {
  readonly room: Room;
  readonly contacts: ContactRegister;
  readonly organisations: OrganisationRegister;
  readonly population: PopulationRegister;
}

/** The gateways to the national registers. The room owns no tables: registers are asked at the time of use. */
export function createRegistersRoom(options: RegistersOptions): RegistersRoom {
  const synthetic = options.synthetic ?? true;
  const now = options.now ?? (() => new Date());
  const contacts = createKrrClient({ ...options.krr, synthetic, now });
  const organisations = createEnhetsregisterClient({ ...options.enhetsregisteret, synthetic });
  const population = createFolkeregisterClient({ ...options.folkeregister, synthetic });
  return {
    room: {
      name: 'registers',
      stop: async () => {
        await Promise.all([contacts.close(), organisations.close(), population.close()]);
      },
    },
    contacts,
    organisations,
    population,
  };
}
