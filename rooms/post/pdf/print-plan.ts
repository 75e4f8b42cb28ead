/** Stands for an inserted blank page in a plan. */
export const BLANK = 0;

export interface PlanOptions {
  /** Pages of the document. */
  readonly pages: number;
  /** Page numbers (from 1) of giro sheets. */
  readonly giroPages: readonly number[];
  readonly doubleSided: boolean;
  /** How many pages stand before this document in the merged file. */
  readonly pagesBefore: number;
}

/**
 * The pages of one document in print order, page numbers from 1, `BLANK` for inserted blank pages.
 *
 * Double-sided: the document begins on the front of a sheet, and a giro sheet is on the front of a sheet with a blank
 * back (SvarUt contract: with double-sided print a giro sheet must have a blank back).
 */
export function planPages(options: PlanOptions): number[] {
  const giro = new Set(options.giroPages);
  const plan: number[] = [];
  const startSheet = () => {
    if (options.doubleSided && (options.pagesBefore + plan.length) % 2 === 1) plan.push(BLANK);
  };
  startSheet();
  for (let page = 1; page <= options.pages; page++) {
    if (giro.has(page)) startSheet();
    plan.push(page);
    // A giro sheet at the very end has a blank back already: whatever follows begins on a new sheet.
    if (giro.has(page) && page < options.pages) startSheet();
  }
  return plan;
}
