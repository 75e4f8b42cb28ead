import { type Box, heightOf, widthOf } from './fit-page.ts';
import type { Pdfium } from './pdfium.ts';

/** Pages looked at of one document, and objects of one page; what lies beyond is not warned of. */
const MOST_PAGES = 50;
const MOST_OBJECTS = 4000;
/** Forms within forms. */
const DEEPEST_FORM = 4;
/** So much of a text must lie under the cover for it to be hidden. */
const HIDDEN_SHARE = 0.8;
/** A picture of so much of the page is a scan: the text under it was read from it. */
const SCAN_SHARE = 0.7;
/** A rectangle, closed, with rounded corners: what is drawn with more is a figure. */
const MOST_SEGMENTS = 14;

/** FPDF_PAGEOBJ_*. */
const TEXT = 1;
const PATH = 2;
const IMAGE = 3;
const FORM = 5;
/** Text that is not painted (ISO 32000-1, 9.3.6): a reading of a scan. */
const INVISIBLE = 3;
/** FPDF_ANNOT_SQUARE and _REDACT: what people cover names with. */
const COVERING = new Set([5, 28]);
/** Bits of an annotation's flags: Invisible, Hidden, NoView. */
const UNSEEN = 1 | 2 | 32;
const INTERIOR_COLOUR = 1;
const OPAQUE = 255;
/** FPDFBitmap_BGRA. */
const BGRA = 4;

interface Drawn {
  readonly box: Box;
  /** Place in the order of painting. */
  readonly order: number;
  /** Of a picture, whose holes are looked at only when it lies over text. */
  readonly image?: number;
}

/** What one page paints, as far as it matters here. */
interface Painted {
  readonly texts: Drawn[];
  readonly covers: Drawn[];
  objects: number;
}

/** a b c d e f of ISO 32000-1, 8.3.3. */
type Matrix = readonly [number, number, number, number, number, number];
const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/**
 * Pages (from 1) on which readable text lies under something opaque: covered, not removed, so that whoever gets the file can
 * copy it. Bounding boxes are compared, in the order of painting; a box that is drawn first is a background.
 */
export function pagesWithCoveredText(pdfium: Pdfium, handle: number, pages: number): number[] {
  const found: number[] = [];
  for (let page = 1; page <= Math.min(pages, MOST_PAGES); page++) {
    const loaded = pdfium.api.FPDF_LoadPage(handle, page - 1);
    if (loaded === 0) continue;
    if (hasCoveredText(pdfium, handle, loaded)) found.push(page);
    pdfium.api.FPDF_ClosePage(loaded);
  }
  return found;
}

function hasCoveredText(pdfium: Pdfium, handle: number, page: number): boolean {
  const { api } = pdfium;
  const painted: Painted = { texts: [], covers: [], objects: 0 };
  const size = api.FPDF_GetPageWidthF(page) * api.FPDF_GetPageHeightF(page);
  const count = api.FPDFPage_CountObjects(page);
  for (let index = 0; index < count; index++)
    look(pdfium, api.FPDFPage_GetObject(page, index), IDENTITY, size, painted, 0);
  if (painted.texts.length === 0) return false;
  for (const box of coveringAnnotations(pdfium, page))
    painted.covers.push({ box, order: Number.POSITIVE_INFINITY });
  return painted.covers.some(
    (cover) =>
      painted.texts.some(
        (text) =>
          text.order < cover.order && sharedArea(text.box, cover.box) >= HIDDEN_SHARE * areaOf(text.box),
      ) &&
      (cover.image === undefined || isWhole(pdfium, handle, page, cover.image)),
  );
}

/** Is most of the picture opaque? A soft mask or a stencil leaves open what it does not paint. */
function isWhole(pdfium: Pdfium, handle: number, page: number, image: number): boolean {
  const { api } = pdfium;
  const bitmap = api.FPDFImageObj_GetRenderedBitmap(handle, page, image);
  if (bitmap === 0) return false;
  const pixels = api.FPDFBitmap_GetStride(bitmap) * api.FPDFBitmap_GetHeight(bitmap);
  const start = api.FPDFBitmap_GetBuffer(bitmap);
  let opaque = true;
  if (api.FPDFBitmap_GetFormat(bitmap) === BGRA) {
    const bytes = pdfium.heap().subarray(start, start + pixels);
    let painted = 0;
    for (let at = 3; at < bytes.length; at += 4) if (bytes[at] === OPAQUE) painted++;
    opaque = painted * 4 >= HIDDEN_SHARE * bytes.length;
  }
  api.FPDFBitmap_Destroy(bitmap);
  return opaque;
}

function look(
  pdfium: Pdfium,
  object: number,
  matrix: Matrix,
  pageSize: number,
  painted: Painted,
  depth: number,
): void {
  const { api } = pdfium;
  const order = painted.objects++;
  if (object === 0 || order >= MOST_OBJECTS) return;
  const type = api.FPDFPageObj_GetType(object);
  if (type === FORM) {
    if (depth === DEEPEST_FORM || api.FPDFPageObj_HasTransparency(object)) return;
    const inner = multiply(readMatrix(pdfium, object), matrix);
    const count = api.FPDFFormObj_CountObjects(object);
    for (let index = 0; index < count; index++)
      look(pdfium, api.FPDFFormObj_GetObject(object, index), inner, pageSize, painted, depth + 1);
    return;
  }
  if (type === TEXT) {
    if (api.FPDFTextObj_GetTextRenderMode(object) === INVISIBLE) return;
  } else if (
    !(type === IMAGE ? !api.FPDFPageObj_HasTransparency(object) : isOpaquePath(pdfium, object, type))
  )
    return;
  const box = boundsOf(pdfium, object, matrix);
  if (box === undefined) return;
  if (type === TEXT) painted.texts.push({ box, order });
  else if (type !== IMAGE) painted.covers.push({ box, order });
  else if (areaOf(box) < SCAN_SHARE * pageSize) painted.covers.push({ box, order, image: object });
}

function isOpaquePath(pdfium: Pdfium, object: number, type: number): boolean {
  const { api, scratch } = pdfium;
  if (type !== PATH || api.FPDFPath_CountSegments(object) > MOST_SEGMENTS) return false;
  if (!api.FPDFPath_GetDrawMode(object, scratch, scratch + 4) || pdfium.readInteger(scratch) === 0)
    return false;
  const coloured = api.FPDFPageObj_GetFillColor(object, scratch, scratch + 4, scratch + 8, scratch + 12);
  return coloured && pdfium.readInteger(scratch + 12) === OPAQUE && !api.FPDFPageObj_HasTransparency(object);
}

/** What is seen of an object, within its clipping path; undefined for what has no size. */
function boundsOf(pdfium: Pdfium, object: number, matrix: Matrix): Box | undefined {
  const { api, scratch } = pdfium;
  if (!api.FPDFPageObj_GetBounds(object, scratch, scratch + 4, scratch + 8, scratch + 12)) return undefined;
  const [left, bottom, right, top] = pdfium.readFloats(scratch, 4) as [number, number, number, number];
  const box = within({ left, bottom, right, top }, clipOf(pdfium, object));
  return widthOf(box) > 0 && heightOf(box) > 0 ? transformed(box, matrix) : undefined;
}

/** Bounding box of all clipping paths together; undefined when there is none. */
function clipOf(pdfium: Pdfium, object: number): Box | undefined {
  const { api, scratch } = pdfium;
  const clip = api.FPDFPageObj_GetClipPath(object);
  let box: Box | undefined;
  const paths = clip === 0 ? 0 : Math.max(0, api.FPDFClipPath_CountPaths(clip));
  for (let path = 0; path < paths; path++) {
    const points: number[][] = [];
    const segments = api.FPDFClipPath_CountPathSegments(clip, path);
    for (let index = 0; index < segments; index++) {
      const segment = api.FPDFClipPath_GetPathSegment(clip, path, index);
      if (api.FPDFPathSegment_GetPoint(segment, scratch, scratch + 4))
        points.push(pdfium.readFloats(scratch, 2));
    }
    if (points.length > 0) box = within(boxOf(points), box);
  }
  return box;
}

function* coveringAnnotations(pdfium: Pdfium, page: number): Generator<Box> {
  const { api, scratch } = pdfium;
  const count = api.FPDFPage_GetAnnotCount(page);
  for (let index = 0; index < Math.min(count, MOST_OBJECTS); index++) {
    const annotation = api.FPDFPage_GetAnnot(page, index);
    if (annotation === 0) continue;
    const seen = (api.FPDFAnnot_GetFlags(annotation) & UNSEEN) === 0;
    if (seen && COVERING.has(api.FPDFAnnot_GetSubtype(annotation)) && isOpaqueAnnotation(pdfium, annotation))
      if (api.FPDFAnnot_GetRect(annotation, scratch)) {
        // FS_RECTF: left, top, right, bottom.
        const [left, top, right, bottom] = pdfium.readFloats(scratch, 4) as [number, number, number, number];
        yield boxOf([
          [left, top],
          [right, bottom],
        ]);
      }
    api.FPDFPage_CloseAnnot(annotation);
  }
}

/** By its appearance, which readers show; without one by its interior colour. */
function isOpaqueAnnotation(pdfium: Pdfium, annotation: number): boolean {
  const { api, scratch } = pdfium;
  const drawn = api.FPDFAnnot_GetObjectCount(annotation);
  for (let index = 0; index < Math.min(drawn, MOST_SEGMENTS); index++) {
    const object = api.FPDFAnnot_GetObject(annotation, index);
    if (isOpaquePath(pdfium, object, api.FPDFPageObj_GetType(object))) return true;
  }
  const [red, green, blue, alpha] = [scratch, scratch + 4, scratch + 8, scratch + 12] as const;
  return (
    drawn <= 0 &&
    api.FPDFAnnot_HasKey(annotation, 'IC') &&
    api.FPDFAnnot_GetColor(annotation, INTERIOR_COLOUR, red, green, blue, alpha) &&
    pdfium.readInteger(alpha) === OPAQUE
  );
}

function readMatrix(pdfium: Pdfium, object: number): Matrix {
  const address = pdfium.alloc(24);
  const found = pdfium.api.FPDFPageObj_GetMatrix(object, address);
  const matrix = found ? (pdfium.readFloats(address, 6) as unknown as Matrix) : IDENTITY;
  pdfium.free(address);
  return matrix;
}

function multiply([a, b, c, d, e, f]: Matrix, [p, q, r, s, t, u]: Matrix): Matrix {
  return [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u];
}

function transformed({ left, bottom, right, top }: Box, [a, b, c, d, e, f]: Matrix): Box {
  const corners = [
    [left, bottom],
    [right, bottom],
    [left, top],
    [right, top],
  ] as const;
  return boxOf(corners.map(([x, y]) => [a * x + c * y + e, b * x + d * y + f]));
}

function boxOf(points: readonly (readonly number[])[]): Box {
  const xs = points.map(([x]) => x!);
  const ys = points.map(([, y]) => y!);
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) };
}

function within(box: Box, limit: Box | undefined): Box {
  if (limit === undefined) return box;
  return {
    left: Math.max(box.left, limit.left),
    bottom: Math.max(box.bottom, limit.bottom),
    right: Math.min(box.right, limit.right),
    top: Math.min(box.top, limit.top),
  };
}

function areaOf(box: Box): number {
  return Math.max(0, widthOf(box)) * Math.max(0, heightOf(box));
}

function sharedArea(one: Box, other: Box): number {
  return areaOf(within(one, other));
}
