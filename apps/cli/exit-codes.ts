/** What the process answers to its caller; `docs/cli.md` and the help list the same. */
export const EXIT = {
  ok: 0,
  /** The work was done or tried, and the outcome is bad: a letter not delivered, a check that failed. */
  failed: 1,
  /** The command itself is wrong: unknown option, missing file, number with a wrong check digit. */
  usage: 2,
  /** Nobody answers at the address. */
  unreachable: 3,
  /** Login or permission was refused (401, 403, or no token). */
  refused: 4,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface CliErrorOptions {
  /** What the reader can do about it. */
  readonly hint?: string;
  /** Stable code, e.g. `post.invalid`; default `cli.<exit code's name>`. */
  readonly code?: string;
  readonly cause?: unknown;
}

/** A failure the reader is meant to see: one sentence, one exit code, and where possible the way out. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly code: string;

  constructor(exitCode: ExitCode, message: string, options: CliErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.hint = options.hint;
    this.code = options.code ?? `cli.${nameOf(exitCode)}`;
  }
}

function nameOf(exitCode: ExitCode): string {
  return Object.entries(EXIT).find(([, code]) => code === exitCode)?.[0] ?? 'failed';
}
