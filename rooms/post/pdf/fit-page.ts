import type { Pdfium } from './pdfium.ts';
import { A4, PAPER_TOLERANCE } from './print-limits.ts';

/** A rectangle in points from the origin of the page's own coordinates, before its rotation. */
export interface Box {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
}

export interface PageBoxes {
  /** What readers show: crop box within media box (ISO 32000-1, 14.11.2). */
  readonly shown: Box;
  /** The media box reaches beyond what is shown; printing machines may take that one. */
  readonly cropped: boolean;
}

const MEDIA_BOX = 0;
const CROP_BOX = 1;
/** Readers take US Letter for a page without a box. */
const NO_BOX: Box = { left: 0, bottom: 0, right: 612, top: 792 };

export function widthOf({ left, right }: Box): number {
  return right - left;
}

export function heightOf({ bottom, top }: Box): number {
  return top - bottom;
}

/** Boxes of a page (from 1), without reading its content. */
export function pageBoxes(pdfium: Pdfium, handle: number, page: number): PageBoxes {
  const media = readBox(pdfium, handle, page, MEDIA_BOX) ?? NO_BOX;
  const crop = readBox(pdfium, handle, page, CROP_BOX) ?? media;
  const shown = {
    left: Math.max(media.left, crop.left),
    bottom: Math.max(media.bottom, crop.bottom),
    right: Math.min(media.right, crop.right),
    top: Math.min(media.top, crop.top),
  };
  if (widthOf(shown) <= 0 || heightOf(shown) <= 0) return { shown: media, cropped: false };
  return { shown, cropped: !near(widthOf(shown), widthOf(media)) || !near(heightOf(shown), heightOf(media)) };
}

function readBox(pdfium: Pdfium, handle: number, page: number, kind: number): Box | undefined {
  const found = pdfium.api.EPDF_GetPageBoxByIndex(handle, page - 1, kind, pdfium.scratch);
  if (!found) return undefined;
  const [x1, y1, x2, y2] = pdfium.readFloats(pdfium.scratch, 4) as [number, number, number, number];
  const box = {
    left: Math.min(x1, x2),
    right: Math.max(x1, x2),
    bottom: Math.min(y1, y2),
    top: Math.max(y1, y2),
  };
  return widthOf(box) > 0 && heightOf(box) > 0 ? box : undefined;
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= PAPER_TOLERANCE;
}

/** A4, upright or lying, with nothing beyond it: printed as it is. */
export function isPaper({ shown, cropped }: PageBoxes): boolean {
  const sides = [widthOf(shown), heightOf(shown)];
  return !cropped && near(Math.min(...sides), A4.width) && near(Math.max(...sides), A4.height);
}

/** How much smaller a page becomes on the paper: 1 when it has room as it is. */
export function scaleOnPaper({ shown }: PageBoxes): number {
  const paper = paperFor(shown);
  return Math.min(1, paper.width / widthOf(shown), paper.height / heightOf(shown));
}

/** The paper lies when the page lies. */
function paperFor(shown: Box) {
  return widthOf(shown) > heightOf(shown) ? { width: A4.height, height: A4.width } : A4;
}

/**
 * Puts what a loaded page shows in the middle of an A4 page, made smaller when it has to be and never larger, and cuts
 * off what it does not show.
 */
export function fitOnPaper(pdfium: Pdfium, page: number, boxes: PageBoxes): void {
  const { api } = pdfium;
  const { shown } = boxes;
  const paper = paperFor(shown);
  const scale = scaleOnPaper(boxes);
  const x = (paper.width - scale * widthOf(shown)) / 2;
  const y = (paper.height - scale * heightOf(shown)) / 2;
  const numbers = pdfium.alloc(10 * 4);
  // FS_MATRIX a b c d e f, then FS_RECTF left, top, right, bottom: both in the paper's coordinates.
  pdfium.writeFloats(numbers, [scale, 0, 0, scale, x - scale * shown.left, y - scale * shown.bottom]);
  pdfium.writeFloats(numbers + 24, [x, y, x + scale * widthOf(shown), y + scale * heightOf(shown)]);
  api.FPDFPage_TransFormWithClip(page, numbers, numbers + 24);
  pdfium.free(numbers);
  api.FPDFPage_TransformAnnots(page, scale, 0, 0, scale, x - scale * shown.left, y - scale * shown.bottom);
  setBoxes(pdfium, page, { left: 0, bottom: 0, right: paper.width, top: paper.height });
}

/** Makes all boxes of a loaded page the same, whichever of them a printing machine takes. */
export function setBoxes(pdfium: Pdfium, page: number, { left, bottom, right, top }: Box): void {
  const { api } = pdfium;
  for (const set of [
    api.FPDFPage_SetMediaBox,
    api.FPDFPage_SetCropBox,
    api.FPDFPage_SetBleedBox,
    api.FPDFPage_SetTrimBox,
    api.FPDFPage_SetArtBox,
  ])
    set(page, left, bottom, right, top);
}
