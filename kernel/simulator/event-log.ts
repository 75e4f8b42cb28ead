import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** One line of the log: a kind and its values. */
export type LogLine = readonly [kind: string, ...values: unknown[]];

export interface EventLog {
  /** In the operating system's hands before it returns: survives `kill -9`, not a power cut. */
  append(line: LogLine): void;
  close(): void;
}

/** Replays what the file holds through `replay`, then appends to it. Without a path it does nothing. */
export function openEventLog(path: string | undefined, replay: (line: LogLine) => void): EventLog {
  if (path === undefined) return { append: () => undefined, close: () => undefined };
  if (existsSync(path)) for (const line of linesOf(path)) replay(line);
  let fd: number | undefined = openSync(path, 'a', 0o600);
  // Ends a line that a killed process left half written.
  writeSync(fd, '\n');
  return {
    append(line) {
      if (fd !== undefined) writeSync(fd, `${JSON.stringify(line)}\n`);
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function* linesOf(path: string): Generator<LogLine> {
  for (const text of textLines(path)) {
    // The last line may be cut where the process was killed.
    const line = text.endsWith(']') ? (JSON.parse(text) as unknown) : undefined;
    if (Array.isArray(line) && typeof line[0] === 'string') yield line as unknown as LogLine;
  }
}

/** Reads piece by piece: the log of a long run does not fit in memory. */
function* textLines(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(256 * 1024);
  let rest = '';
  try {
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    yield rest;
  } finally {
    closeSync(fd);
  }
}
