import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { type Access, readAccess } from './access.ts';
import type { ReadLetter } from './citizen.ts';
import type { SuiteInput } from './run-suite.ts';

/** The suite's end of the line protocol of `run-suite.ts`. */
export interface Suite {
  readonly input: SuiteInput;
  readonly access: Access;
  /** Tries one thing and reports how it went; never throws. */
  check(name: string, body: () => Promise<void> | void): Promise<void>;
  /** Has a person log in at the portal and read a letter. */
  readLetter(forsendelseId: string, fnr: string, level?: number): Promise<ReadLetter>;
  /** Has the run kill the server it started, without warning, and start it again on what it had stored. */
  restartServer(): Promise<void>;
  done(): void;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

const write = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

/** Reads the input named on the command line. */
export function openSuite(): Suite {
  const input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as SuiteInput;
  const waiting = new Map<number, (reply: Reply) => void>();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const reply = JSON.parse(line) as Reply;
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  let lastId = 0;
  const ask = async (type: string, details: object): Promise<unknown> => {
    const id = ++lastId;
    const reply = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    write({ ...details, type, id });
    const { answer, error } = await reply;
    if (error !== undefined) throw new Error(error);
    return answer;
  };
  return {
    input,
    access: readAccess(input.access),
    check: async (name, body) => {
      const begun = Date.now();
      try {
        await body();
        write({ type: 'result', name, ok: true, ms: Date.now() - begun });
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
        write({ type: 'result', name, ok: false, ms: Date.now() - begun, error: text.slice(0, 3000) });
      }
    },
    readLetter: async (forsendelseId, fnr, level = 3) =>
      (await ask('read-letter', { forsendelseId, fnr, level })) as ReadLetter,
    restartServer: async () => {
      await ask('restart-server', {});
    },
    done: () => {
      write({ type: 'done' });
      lines.close();
    },
  };
}

const PATIENCE_MS = 60_000;

/** Asks again until the answer is the wanted one; throws with the last answer after a minute. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`Still ${JSON.stringify(answer)} after ${PATIENCE_MS / 1000} s`);
    await wait(200);
  }
}

/** A title that no other letter has, so that no letter is taken for a repetition. */
export function uniqueTitle(text: string): string {
  return `${text} ${randomUUID().slice(0, 8)}`;
}
