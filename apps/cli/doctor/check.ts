/** One line of the doctor's report. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** The command or setting that mends it; every check that is not ok has one. */
  readonly fix?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail };
}

export function warning(name: string, detail: string, fix: string): Check {
  return { name, state: 'warning', detail, fix };
}

export function failed(name: string, detail: string, fix: string): Check {
  return { name, state: 'failed', detail, fix };
}

/** A check that throws has failed: the doctor must not die of what it looks for. */
export async function guarded(
  name: string,
  fix: string,
  run: () => Promise<Check | readonly Check[]>,
): Promise<Check[]> {
  try {
    return [await run()].flat();
  } catch (error) {
    return [failed(name, (error as Error).message, fix)];
  }
}
