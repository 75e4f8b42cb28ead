import { createInterface } from 'node:readline';
import { readLetter } from './citizen.ts';
import type { Result } from './results.ts';
import { startProcess, stopProcess } from './run-process.ts';

/** What every suite is told, as a JSON file named in its first argument. */
export interface SuiteInput {
  readonly baseUrl: string;
  /** Path of the file with the logins. */
  readonly access: string;
  /** Folder with the sample documents. */
  readonly documents: string;
  /** True when the run started the server itself and so knows its settings. */
  readonly ownServer: boolean;
}

type Message =
  | {
      readonly type: 'result';
      readonly name: string;
      readonly ok: boolean;
      readonly ms: number;
      readonly error?: string;
    }
  | {
      readonly type: 'read-letter';
      readonly id: number;
      readonly forsendelseId: string;
      readonly fnr: string;
      readonly level: number;
    }
  | { readonly type: 'done' };

const SUITE_TIMEOUT_MS = 8 * 60_000;
const MAX_ERROR_OUTPUT = 8000;

/**
 * Runs a suite: a program around a published client that writes one JSON message a line to its standard output and may ask for
 * something to be done as a citizen, which is answered with a line on its standard input.
 */
export async function runSuite(
  command: string,
  args: readonly string[],
  { baseUrl, onResult }: { readonly baseUrl: string; readonly onResult: (result: Result) => void },
): Promise<Result[]> {
  const begun = Date.now();
  // The JVM reads file names with æøå by the locale.
  const child = startProcess(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  const results: Result[] = [];
  let errors = '';
  let done = false;
  const add = (result: Result) => {
    results.push(result);
    onResult(result);
  };
  const answer = async (message: Extract<Message, { type: 'read-letter' }>) => {
    const reply = await readLetter(baseUrl, message.forsendelseId, message.fnr, message.level).then(
      (letter) => ({ id: message.id, letter }),
      (error: unknown) => ({ id: message.id, error: error instanceof Error ? error.message : String(error) }),
    );
    child.stdin?.write(`${JSON.stringify(reply)}\n`);
  };
  child.stdin?.on('error', () => {});
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-MAX_ERROR_OUTPUT);
  });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const message = parse(line);
    if (message?.type === 'result') {
      const { name, ok, ms, error } = message;
      add(error === undefined ? { name, ok, ms } : { name, ok, ms, error });
    } else if (message?.type === 'read-letter') void answer(message);
    else if (message?.type === 'done') done = true;
    else errors += `${line}\n`;
  });
  const timer = setTimeout(() => void stopProcess(child), SUITE_TIMEOUT_MS);
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', resolve);
  });
  clearTimeout(timer);
  // A suite that breaks off would otherwise look like one with fewer things to try.
  if (code !== 0 || !done)
    add({
      name: 'the suite runs to its end',
      ok: false,
      ms: Date.now() - begun,
      error: `exit code ${code}\n${errors.trim()}`,
    });
  else if (results.length === 0)
    add({
      name: 'the suite tries something',
      ok: false,
      ms: Date.now() - begun,
      error: 'no result was reported',
    });
  return results;
}

function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}
