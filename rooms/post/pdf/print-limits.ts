/**
 * What the print supplier takes. The one table: inspection and acceptance check it, the job ticket and the print file
 * keep to it. docs/print.md tells senders.
 */
export interface PrintLimits {
  /** Pages of one envelope, front page and blank backs included. */
  readonly pages: number;
  /** Sheets of one envelope. */
  readonly sheets: number;
  /** Shortest and longest side of a page that can be fitted on A4, in millimetres. */
  readonly leastSideMm: number;
  readonly mostSideMm: number;
}

/** A0 is 1189 mm long; a till receipt is 57 mm wide. */
export const PRINT_LIMITS: PrintLimits = { pages: 10_000, sheets: 10_000, leastSideMm: 40, mostSideMm: 1200 };

/** Points (1/72 inch) of a length in millimetres. */
export function points(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

export function millimetres(length: number): number {
  return Math.round((length * 25.4) / 72);
}

/** ISO 216, in points. */
export const A4 = { width: points(210), height: points(297) } as const;
/** Programs round: a page this near to A4 (1 mm) is A4. */
export const PAPER_TOLERANCE = points(1);
