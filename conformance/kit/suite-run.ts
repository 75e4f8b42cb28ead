import type { Access } from './access.ts';
import type { Questions } from './questions.ts';
import type { Result, SuiteReport } from './results.ts';

/** What a suite is run with. */
export interface SuiteRun {
  /** Path of what the suite is told. */
  readonly inputFile: string;
  readonly baseUrl: string;
  readonly access: Access;
  /** Folder of the run, for what a suite needs to have lying about. */
  readonly folder: string;
  /** Handed to Maven unchanged. */
  readonly mavenArguments: readonly string[];
  readonly questions: Questions;
  readonly onResult: (result: Result) => void;
}

/** Two kontoer that may exchange messages, and queues to take them from over TLS. */
export function offersFiksIo({ amqp, fiksIoAccounts }: Access): boolean {
  return Boolean(amqp?.tlsPort) && (fiksIoAccounts?.length ?? 0) >= 2;
}

export const WITHOUT_FIKS_IO: NonNullable<SuiteReport['notRun']> = {
  reason: 'installation',
  explanation: 'The file with the logins has no amqp.tlsPort, or fewer than two fiksIoAccounts.',
};
