/**
 * What the print supplier takes. The one table: inspection and acceptance check it, the job ticket and the print file
 * keep to it. An installation's supplier may take less or more (`PRINT_…` in its settings); docs/print.md tells senders.
 */
export interface PrintLimits {
  /** Pages of one envelope, front page and blank backs included. The job ticket has room for 10,000. */
  readonly pages: number;
  /** Sheets of one envelope. */
  readonly sheets: number;
  /** Shortest and longest side of a page that can be fitted on A4, in millimetres. */
  readonly leastSideMm: number;
  readonly mostSideMm: number;
  /** How many times longer than wide a page may be. */
  readonly mostRatio: number;
}

/**
 * A label is some millimetres high, a plan from a roll up to three metres long, a till receipt thirty times longer than
 * wide. Beyond that a page is a fault of the program that made it, and its paper would show nothing.
 */
export const PRINT_LIMITS: PrintLimits = {
  pages: 10_000,
  sheets: 10_000,
  leastSideMm: 5,
  mostSideMm: 3000,
  mostRatio: 50,
};

/** May a page with these sides (points) be fitted on A4? */
export function isPrintableSize(limits: PrintLimits, width: number, height: number): boolean {
  const [least, most] = [Math.min(width, height), Math.max(width, height)];
  return (
    least >= points(limits.leastSideMm) &&
    most <= points(limits.mostSideMm) &&
    most <= least * limits.mostRatio
  );
}

/** Points (1/72 inch) of a length in millimetres. */
function points(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

export function millimetres(length: number): number {
  return Math.round((length * 25.4) / 72);
}

/** ISO 216, in points. */
export const A4 = { width: points(210), height: points(297) } as const;
/** Programs round: a page this near to A4 (1 mm) is A4. */
export const PAPER_TOLERANCE = points(1);
