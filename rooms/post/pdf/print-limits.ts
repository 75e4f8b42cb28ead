/** Points (1/72 inch) of a length in millimetres. */
export function points(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

/** ISO 216, in points. */
export const A4 = { width: points(210), height: points(297) } as const;
/** Programs round: a page this near to A4 (1 mm) is A4. */
export const PAPER_TOLERANCE = points(1);
