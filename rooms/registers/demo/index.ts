import type { DemoHost, RoomDemo } from '@grunnmur/kernel/room';
import type { Invented } from '../contract.ts';
import { MAILBOX_SUPPLIERS } from '../population/create-contact.ts';
import { createPopulation } from '../population/create-population.ts';
import { enhetsregisterSimulator } from '../simulators/enhetsregister-simulator.ts';
import { folkeregisterSimulator } from '../simulators/folkeregister-simulator.ts';
import { krrSimulator } from '../simulators/krr-simulator.ts';

/** The invented people and organisations, and the suppliers of their digital mailboxes, each with a certificate of its own. */
export async function inventCountry(demo: DemoHost): Promise<Invented> {
  const mailboxes = await Promise.all(
    Object.values(MAILBOX_SUPPLIERS).map(async (orgnr) => ({
      orgnr,
      ...(await demo.keyPair(`mailbox-${orgnr}`, orgnr)),
    })),
  );
  return { population: createPopulation(), mailboxes };
}

/** The registers, answering over HTTP as the real ones do. */
export function registerSimulators(
  { clock: { now }, scopes }: DemoHost,
  { population, mailboxes }: Invented,
): RoomDemo['simulators'] {
  const certificates = Object.fromEntries(
    mailboxes.map(({ orgnr, certificatePem }) => [orgnr, certificatePem]),
  );
  return {
    krr: krrSimulator({ population, certificates, verify: scopes, now }).plugin,
    enhetsregisteret: enhetsregisterSimulator({ population, now }).plugin,
    folkeregisteret: folkeregisterSimulator({ population, verify: scopes }).plugin,
  };
}
