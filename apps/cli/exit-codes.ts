import type { MessageParams } from '@grunnmur/kernel/i18n';

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

/** A text of `locales/`, to be written when the reader's language is known. */
export interface Said {
  readonly key: string;
  readonly params: MessageParams;
}

export function said(key: string, params: MessageParams = {}): Said {
  return { key, params };
}

/** Words that come from elsewhere, such as a server's answer: written as they are. */
export function quoted(text: string): Said {
  return said('cli.error.as_is', { text });
}

export interface CliErrorOptions {
  /** What the reader can do about it; one line each. */
  readonly hint?: Said | readonly Said[];
  /** Stable code, e.g. `post.invalid`; default `cli.<exit code's name>`. */
  readonly code?: string;
  readonly cause?: unknown;
}

/** A failure the reader is meant to see: one sentence, one exit code, and where possible the way out. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly said: Said;
  readonly hints: readonly Said[];
  readonly code: string;

  constructor(exitCode: ExitCode, message: Said, options: CliErrorOptions = {}) {
    super(
      `${message.key} ${JSON.stringify(message.params)}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.said = message;
    this.hints = [options.hint ?? []].flat();
    this.code = options.code ?? `cli.${nameOf(exitCode)}`;
  }
}

function nameOf(exitCode: ExitCode): string {
  return Object.entries(EXIT).find(([, code]) => code === exitCode)?.[0] ?? 'failed';
}
