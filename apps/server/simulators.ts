import type { TokenVerifier } from '@grunnmur/kernel/auth';
import type { SelfSigned } from '@grunnmur/kernel/crypto';
import {
  type AltinnSimulator,
  altinnSimulator,
  type DpiSimulator,
  dpiSimulator,
  type PrintSimulator,
  printSimulator,
} from '@grunnmur/post/simulators';
import {
  enhetsregisterSimulator,
  folkeregisterSimulator,
  krrSimulator,
  type Population,
} from '@grunnmur/registers/simulators';
import type { FastifyInstance } from 'fastify';
import { machineNow } from './assembly.ts';

/** A simulated mailbox supplier: its certificate stands in the contact register and signs its receipts. */
export interface MailboxSupplier extends SelfSigned {
  readonly orgnr: string;
}

export interface SimulatorSetup {
  readonly population: Population;
  readonly mailboxes: readonly MailboxSupplier[];
  /** Certificate that our letters to the mailboxes are signed with. */
  readonly senderCertificatePem: string;
  readonly verifier: () => TokenVerifier;
  readonly printDelayMs: number;
  /** Folder for the append-only records of what the channels received. */
  readonly logDir: string;
  readonly now: () => Date;
}

export interface Simulators {
  readonly altinn: AltinnSimulator;
  readonly dpi: DpiSimulator;
  readonly print: PrintSimulator;
  mount(app: FastifyInstance): Promise<void>;
}

/** Where each simulator answers, below the public address. */
export const SIMULATOR_PATHS = {
  krr: '/simulator/krr',
  enhetsregisteret: '/simulator/enhetsregisteret',
  folkeregisteret: '/simulator/folkeregisteret',
  altinn: '/simulator/altinn',
  dpi: '/simulator/dpi',
  print: '/simulator/print',
} as const;

/** The outside services of a demonstration, answering over HTTP on our own port as the real ones do. */
export function createSimulators(setup: SimulatorSetup): Simulators {
  const { population, now, mailboxes: suppliers } = setup;
  const scopes = async (token: string): Promise<readonly string[] | null> => {
    try {
      return [...(await setup.verifier().verify(token)).scopes];
    } catch {
      return null;
    }
  };
  const authorise = async (token: string, scope: string) => (await scopes(token))?.includes(scope) ?? false;
  const certificates = Object.fromEntries(
    suppliers.map(({ orgnr, certificatePem }) => [orgnr, certificatePem]),
  );
  const altinn = altinnSimulator({
    authorise,
    now,
    logPath: `${setup.logDir}/altinn.jsonl`,
    // As the real one: it looks recipients up in Enhetsregisteret, and takes no message for one that is not there.
    outcomeFor: (recipient) =>
      recipient.length === 9 && !population.findOrganisation(recipient) ? 'unknown_recipient' : undefined,
  });
  const dpi = dpiSimulator({
    authorise,
    now: machineNow,
    suppliers,
    trustedSendersPem: [setup.senderCertificatePem],
    logPath: `${setup.logDir}/dpi.jsonl`,
  });
  const print = printSimulator({
    authorise,
    now,
    printDelayMs: setup.printDelayMs,
    logPath: `${setup.logDir}/print.jsonl`,
    filesDir: `${setup.logDir}/print`,
  });
  return {
    altinn,
    dpi,
    print,
    mount: async (app) => {
      const registers = {
        [SIMULATOR_PATHS.krr]: krrSimulator({ population, certificates, verify: scopes, now }),
        [SIMULATOR_PATHS.enhetsregisteret]: enhetsregisterSimulator({ population, now }),
        [SIMULATOR_PATHS.folkeregisteret]: folkeregisterSimulator({ population, verify: scopes }),
        [SIMULATOR_PATHS.altinn]: altinn,
        [SIMULATOR_PATHS.dpi]: dpi,
        [SIMULATOR_PATHS.print]: print,
      };
      for (const [prefix, simulator] of Object.entries(registers))
        await app.register(simulator.plugin, { prefix });
    },
  };
}
