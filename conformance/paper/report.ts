import type { ComparedFile } from './compare-corpus.ts';
import type { Outcome } from './compare-file.ts';

export interface PaperReport {
  readonly files: number;
  readonly alike: number;
  /** How many, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly undrawn: readonly ComparedFile[];
  readonly failed: readonly ComparedFile[];
  readonly differing: readonly ComparedFile[];
  /** Of those that differ or failed, the ones that nobody knew. */
  readonly unknown: readonly string[];
}

const isKind =
  (kind: Outcome['kind']) =>
  ({ outcome }: ComparedFile): boolean =>
    outcome.kind === kind;

/** Adds up a run. */
export function reportOf(results: readonly ComparedFile[], known: ReadonlySet<string>): PaperReport {
  const refused: Record<string, number> = {};
  for (const { outcome } of results)
    if (outcome.kind === 'refused') refused[outcome.reason] = (refused[outcome.reason] ?? 0) + 1;
  const failed = results.filter(isKind('failed'));
  const differing = results.filter(isKind('differs'));
  return {
    files: results.length,
    alike: results.filter(isKind('alike')).length,
    refused,
    undrawn: results.filter(isKind('undrawn')),
    failed,
    differing,
    unknown: [...failed, ...differing].map(({ file }) => file).filter((file) => !known.has(file)),
  };
}

/** 1 when something is wrong that nobody knew, or when nothing was compared: such a run has shown nothing. */
export function exitCodeOf({ unknown, files }: PaperReport): 0 | 1 {
  return unknown.length > 0 || files === 0 ? 1 : 0;
}

/** Names in a list of known files: one a line, `#` begins a comment. */
export function readKnown(text: string): Set<string> {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return new Set(lines.filter((line) => line !== ''));
}

/** A line about a file. */
export function lineOf({ file, outcome }: ComparedFile): string {
  switch (outcome.kind) {
    case 'alike':
      return `alike    ${file} (${outcome.pages} pages)`;
    case 'differs': {
      const pages = outcome.pages.map(({ page, share }) => `page ${page}: ${(share * 100).toFixed(2)} %`);
      const told = outcome.notices.length > 0 ? ` [told: ${outcome.notices.join(', ')}]` : '';
      return `DIFFERS  ${file} (${pages.join(', ')})${told}`;
    }
    case 'failed':
      return `FAILED   ${file} (accepted, but not printed: ${outcome.reason})`;
    case 'refused':
    case 'undrawn':
      return `${outcome.kind.padEnd(8)} ${file} (${outcome.reason})`;
  }
}

export function summaryOf(report: PaperReport): string {
  const reasons = Object.entries(report.refused).sort((one, other) => other[1] - one[1]);
  const refused = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${report.files} files: ${report.alike} alike, ${refused} refused, ${report.differing.length} differing, ` +
      `${report.failed.length} failed, ${report.undrawn.length} that the renderer could not draw`,
    ...reasons.map(([reason, count]) => `  refused as ${reason}: ${count}`),
    `${report.unknown.length} of the differing and failed are not known`,
  ].join('\n');
}
