import { createInterface } from 'node:readline';
import type { Questions } from './questions.ts';
import type { Result } from './results.ts';
import { startProcess, stopProcess } from './run-process.ts';
import type { BrokerName } from './start-broker.ts';

/** What every suite is told, as a JSON file named in its first argument. */
export interface SuiteInput {
  readonly baseUrl: string;
  /** Path of the file with the logins. */
  readonly access: string;
  /** Folder with the sample documents. */
  readonly documents: string;
  /** True when the run started the server itself and so knows its settings. */
  readonly ownServer: boolean;
  /** Who has the queues of Fiks IO: RabbitMQ differs in a few ways that are told (docs/rabbitmq.md). */
  readonly broker: BrokerName;
}

interface ResultMessage {
  readonly type: 'result';
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: string;
}

type Message =
  | ResultMessage
  | { readonly type: 'done' }
  /** Any other type is a question. */
  | Question;

interface Question {
  readonly type: string;
  readonly id: number;
}

const SUITE_TIMEOUT_MS = 8 * 60_000;
const MAX_ERROR_OUTPUT = 8000;

/**
 * Runs a suite: a program around a published client that writes one JSON message a line to its standard output and may ask for
 * what it cannot do itself, which is answered with a line on its standard input.
 */
export async function runSuite(
  command: string,
  args: readonly string[],
  { questions, onResult }: { readonly questions: Questions; readonly onResult: (result: Result) => void },
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Result[]> {
  const begun = Date.now();
  // The JVM reads file names with æøå by the locale.
  const child = startProcess(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...environment, LC_ALL: 'C.UTF-8' },
  });
  const results: Result[] = [];
  let errors = '';
  let done = false;
  const add = (result: Result) => {
    results.push(result);
    onResult(result);
  };
  const answer = async (question: Question) => {
    const reply = await ask(questions, question).then(
      (answer) => ({ id: question.id, answer }),
      (error: unknown) => ({
        id: question.id,
        error: error instanceof Error ? error.message : String(error),
      }),
    );
    child.stdin?.write(`${JSON.stringify(reply)}\n`);
  };
  child.stdin?.on('error', () => {});
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-MAX_ERROR_OUTPUT);
  });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const message = parse(line);
    if (isResult(message)) {
      const { name, ok, ms, error } = message;
      add(error === undefined ? { name, ok, ms } : { name, ok, ms, error });
    } else if (message?.type === 'done') done = true;
    else if (message && 'id' in message) void answer(message);
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

const isResult = (message: Message | undefined): message is ResultMessage => message?.type === 'result';

async function ask(questions: Questions, question: Question): Promise<unknown> {
  const handler = questions[question.type];
  if (!handler) throw new Error(`this run cannot ${question.type}`);
  return handler(question as never);
}

function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}
