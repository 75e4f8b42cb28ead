import type { Access } from './access.ts';
import { readLetter } from './citizen.ts';
import {
  type ClientReceiveQuestion,
  type ClientSendQuestion,
  clientReceive,
  clientSend,
} from './fiks-io-client.ts';
import type { RunningServer } from './start-server.ts';

/** What a suite may ask the run to do, by the type of its message (`run-suite.ts`). */
export type Questions = Readonly<Record<string, (question: never) => Promise<unknown>>>;

interface ReadLetterQuestion {
  readonly forsendelseId: string;
  readonly fnr: string;
  readonly level: number;
}

/** What this run can do. Without a server of its own it does not restart one. */
export function createQuestions(
  baseUrl: string,
  access: Access,
  server: RunningServer | undefined,
): Questions {
  return {
    'read-letter': ({ forsendelseId, fnr, level }: ReadLetterQuestion) =>
      readLetter(baseUrl, forsendelseId, fnr, level),
    'client-send': (question: ClientSendQuestion) => clientSend(access, baseUrl, question),
    'client-receive': (question: ClientReceiveQuestion) => clientReceive(access, baseUrl, question),
    ...(server && { 'restart-server': () => server.restart() }),
  };
}
