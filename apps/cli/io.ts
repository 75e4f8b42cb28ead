import type { Texts } from './output/texts.ts';

/** The world around a command: passed in, so that a test can stand in its place. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** False when standard output is not a terminal, or `NO_COLOR` is set. */
  readonly colour: boolean;
  readonly now: () => Date;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Folder of the installation. */
  readonly root: string;
  /** Folder that relative paths are meant from. */
  readonly cwd: string;
}

/** The world of one command, with the one language that it speaks. */
export interface Io extends World {
  readonly texts: Texts;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly data?: string;
  /** Read before the command runs, see `languageOf`. */
  readonly lang?: string;
}
