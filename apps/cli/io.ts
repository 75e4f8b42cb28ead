/** The world around a command: passed in, so that a test can stand in its place. */
export interface Io {
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

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly data?: string;
}
