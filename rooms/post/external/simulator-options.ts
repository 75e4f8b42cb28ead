import type { Authorise } from '@grunnmur/kernel/simulator';

export interface SimulatorOptions {
  readonly authorise: Authorise;
  /** Clock; tests fix it. */
  readonly now?: () => Date;
  /** Letters remembered; the oldest is forgotten first. Default 200 000. */
  readonly capacity?: number;
  /** Append-only file with one JSON array per event, read at start: what was received survives a killed process. */
  readonly logPath?: string;
}

export const DEFAULT_CAPACITY = 200_000;
