/** One thing that was tried with one client. */
export interface Result {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: string;
}

/** A program under test, with where its code came from. */
export interface Client {
  /** As its package registry names it, with version. */
  readonly coordinates: string;
  /** `Maven Central`, `npm`, or how else it got here. */
  readonly origin: string;
  /** False when it is not known to be the published file, which keeps its results off the protocol page. */
  readonly published: boolean;
  /** Of the file that ran, in hex. */
  readonly sha256?: string;
}

/** A tool is missing here, the client cannot be had, or the installation does not offer what the client needs. */
export type NotRunReason = 'tools' | 'unavailable' | 'installation';

export interface SuiteReport {
  /** Short name for the command line. */
  readonly suite: string;
  readonly title: string;
  /** File in `docs/protocols` that the results belong on. */
  readonly page: string;
  /** Who had the queues, when not the platform itself: `RabbitMQ 3.10.8`. */
  readonly broker?: string;
  readonly clients: readonly Client[];
  readonly results: readonly Result[];
  /** Why nothing was run. */
  readonly notRun?: { readonly reason: NotRunReason; readonly explanation: string };
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

/** Adds up; a suite that did not run counts as one failure where that is not allowed. */
export function addUp(
  reports: readonly SuiteReport[],
  mayBeMissing: (reason: NotRunReason) => boolean,
): Totals {
  const results = reports.flatMap((report) => report.results);
  const missing = reports.filter((report) => report.notRun && !mayBeMissing(report.notRun.reason));
  const passed = results.filter((result) => result.ok).length;
  return { passed, failed: results.length - passed + missing.length };
}

export function resultLine(result: Result): string {
  const line = `  ${result.ok ? '✓' : '✗'} ${result.name} (${result.ms} ms)`;
  return result.error ? `${line}\n${result.error.replace(/^/gm, '      ')}` : line;
}
