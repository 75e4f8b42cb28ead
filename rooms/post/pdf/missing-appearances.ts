import type { Pdfium } from './pdfium.ts';

/** FPDF_ANNOT_FREETEXT, _STAMP and _WIDGET (fpdf_annot.h). */
const FREE_TEXT = 3;
const STAMP = 13;
const WIDGET = 20;
/** FPDF_ANNOT_HIGHLIGHT, _UNDERLINE, _SQUIGGLY and _STRIKEOUT. */
const TEXT_MARKUP = new Set([9, 10, 11, 12]);
const QUAD_NUMBERS = 8;
/** FPDF_FORMFIELD_CHECKBOX and _RADIOBUTTON (fpdf_formfill.h). */
const CHECKBOX = 2;
const RADIO_BUTTON = 3;
/** EPDFAnnot_HasAppearanceStream: the one that is shown when nobody points at it. */
const NORMAL_APPEARANCE = 0;
/** FPDF_STANDARD_FONT of EmbedPDF: Helvetica. */
const HELVETICA = 4;
const UNKNOWN_FONT = -1;
const STAMP_BORDER = 2;
/** How much of a circle's radius its curves' handles are long. */
const ROUND = 0.5523;

interface Rect {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
}

/** Has the annotation anything that can be drawn? */
function hasAppearance(pdfium: Pdfium, annotation: number): boolean {
  return pdfium.api.EPDFAnnot_HasAppearanceStream(annotation, NORMAL_APPEARANCE);
}

/** The page an annotation stands on. */
export interface AnnotatedPage {
  /** FPDF_DOCUMENT */
  readonly document: number;
  /** FPDF_PAGE */
  readonly page: number;
  /** FPDF_FORMHANDLE */
  readonly form: number;
}

/** Before PDFium makes appearances: makes those that it would not, or not rightly, make. */
export function prepareAppearance(pdfium: Pdfium, on: AnnotatedPage, annotation: number): void {
  const { api } = pdfium;
  const subtype = api.FPDFAnnot_GetSubtype(annotation);
  if (hasAppearance(pdfium, annotation)) return;
  if (subtype === FREE_TEXT) giveFont(pdfium, annotation);
  if (subtype === STAMP) drawStamp(pdfium, on.document, annotation);
  if (TEXT_MARKUP.has(subtype) && api.EPDFAnnot_GenerateAppearance(annotation))
    growToQuads(pdfium, annotation);
}

/** After PDFium has made appearances: a check mark or a dot for a chosen box or button without one (12.7.4.2). */
export function completeAppearance(pdfium: Pdfium, { form }: AnnotatedPage, annotation: number): void {
  if (pdfium.api.FPDFAnnot_GetSubtype(annotation) !== WIDGET || hasAppearance(pdfium, annotation)) return;
  drawChosen(pdfium, pdfium.api.FPDFAnnot_GetFormFieldType(form, annotation), annotation);
}

/** Writing the default appearance anew enters its font in the form's resources, where PDFium looks for it. */
function giveFont(pdfium: Pdfium, annotation: number): void {
  const { api } = pdfium;
  const numbers = pdfium.alloc(20);
  const found = api.EPDFAnnot_GetDefaultAppearance(
    annotation,
    numbers,
    numbers + 4,
    numbers + 8,
    numbers + 12,
    numbers + 16,
  );
  const [font, red, green, blue] = [0, 8, 12, 16].map((at) => pdfium.readInteger(numbers + at)) as [
    number,
    number,
    number,
    number,
  ];
  const [size] = pdfium.readFloats(numbers + 4, 1);
  pdfium.free(numbers);
  const known = found
    ? { font, size: size!, red, green, blue }
    : { font: HELVETICA, size: 12, red: 0, green: 0, blue: 0 };
  const usable = known.font === UNKNOWN_FONT ? HELVETICA : known.font;
  api.EPDFAnnot_SetDefaultAppearance(
    annotation,
    usable,
    known.size || 12,
    known.red,
    known.green,
    known.blue,
  );
}

function drawChosen(pdfium: Pdfium, type: number, annotation: number): void {
  const state = readString(pdfium, annotation, 'AS');
  const rect = readRect(pdfium, annotation);
  if (state === '' || state === 'Off' || !rect) return;
  const size = 0.4 * Math.min(rect.right - rect.left, rect.top - rect.bottom);
  const x = (rect.left + rect.right) / 2;
  const y = (rect.bottom + rect.top) / 2;
  if (type === CHECKBOX) setAppearance(pdfium, annotation, checkMark(x, y, size));
  if (type === RADIO_BUTTON) setAppearance(pdfium, annotation, dot(x, y, size * 0.6));
}

function checkMark(x: number, y: number, size: number): string {
  return `${numbers(size / 4)} w 1 J 1 j ${numbers(x - size, y)} m ${numbers(x - size * 0.3, y - size * 0.8)} l ${numbers(x + size, y + size)} l S`;
}

function dot(x: number, y: number, radius: number): string {
  const handle = radius * ROUND;
  return [
    `${numbers(x + radius, y)} m`,
    `${numbers(x + radius, y + handle, x + handle, y + radius, x, y + radius)} c`,
    `${numbers(x - handle, y + radius, x - radius, y + handle, x - radius, y)} c`,
    `${numbers(x - radius, y - handle, x - handle, y - radius, x, y - radius)} c`,
    `${numbers(x + handle, y - radius, x + radius, y - handle, x + radius, y)} c f`,
  ].join(' ');
}

function numbers(...values: readonly number[]): string {
  return values.map((value) => value.toFixed(3)).join(' ');
}

function setAppearance(pdfium: Pdfium, annotation: number, content: string): void {
  const address = pdfium.alloc((content.length + 1) * 2);
  pdfium.api.pdfium.stringToUTF16(content, address, (content.length + 1) * 2);
  pdfium.api.FPDFAnnot_SetAP(annotation, NORMAL_APPEARANCE, address);
  pdfium.free(address);
}

/** The stamp's name in a frame (12.5.6.12): every reader draws its own. */
function drawStamp(pdfium: Pdfium, document: number, annotation: number): void {
  const { api } = pdfium;
  const rect = readRect(pdfium, annotation);
  if (!rect) return;
  const name = readString(pdfium, annotation, 'Name') || 'Draft';
  const label = name.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
  const width = rect.right - rect.left;
  const height = rect.top - rect.bottom;
  const frame = api.FPDFPageObj_CreateNewRect(
    rect.left + STAMP_BORDER,
    rect.bottom + STAMP_BORDER,
    Math.max(0, width - 2 * STAMP_BORDER),
    Math.max(0, height - 2 * STAMP_BORDER),
  );
  api.FPDFPageObj_SetStrokeColor(frame, 180, 0, 0, 255);
  api.FPDFPageObj_SetStrokeWidth(frame, STAMP_BORDER);
  api.FPDFPath_SetDrawMode(frame, 0, true);
  api.FPDFAnnot_AppendObject(annotation, frame);
  // Capitals of Helvetica are about 0.7 of their size wide and as high.
  const size = Math.min(height * 0.6, width / (label.length * 0.75));
  const text = api.FPDFPageObj_NewTextObj(document, 'Helvetica-Bold', size);
  const address = pdfium.alloc((label.length + 1) * 2);
  api.pdfium.stringToUTF16(label, address, (label.length + 1) * 2);
  api.FPDFText_SetText(text, address);
  pdfium.free(address);
  api.FPDFPageObj_SetFillColor(text, 180, 0, 0, 255);
  const x = rect.left + (width - label.length * size * 0.7) / 2;
  api.FPDFPageObj_Transform(text, 1, 0, 0, 1, x, rect.bottom + (height - size * 0.7) / 2);
  api.FPDFAnnot_AppendObject(annotation, text);
}

function readRect(pdfium: Pdfium, annotation: number): Rect | undefined {
  if (!pdfium.api.FPDFAnnot_GetRect(annotation, pdfium.scratch)) return undefined;
  const [x1, y1, x2, y2] = pdfium.readFloats(pdfium.scratch, 4) as [number, number, number, number];
  const rect = {
    left: Math.min(x1, x2),
    right: Math.max(x1, x2),
    bottom: Math.min(y1, y2),
    top: Math.max(y1, y2),
  };
  return rect.right > rect.left && rect.top > rect.bottom ? rect : undefined;
}

/** A name or string of the annotation; empty when there is none. */
function readString(pdfium: Pdfium, annotation: number, key: string): string {
  const length = 256;
  const address = pdfium.alloc(length);
  const needed = pdfium.api.FPDFAnnot_GetStringValue(annotation, key, address, length);
  const text = needed > 2 && needed <= length ? pdfium.api.pdfium.UTF16ToString(address) : '';
  pdfium.free(address);
  return text;
}

/**
 * An appearance that PDFium made for marked text covers the marked quadrilaterals, which need not be the annotation's
 * rectangle; drawing into the page stretches an appearance to the rectangle (ISO 32000-1, 12.5.5).
 */
function growToQuads(pdfium: Pdfium, annotation: number): void {
  const { api } = pdfium;
  const numbers = pdfium.alloc(QUAD_NUMBERS * 4);
  const points: number[] = [];
  for (let quad = 0; quad < api.FPDFAnnot_CountAttachmentPoints(annotation); quad++) {
    if (api.FPDFAnnot_GetAttachmentPoints(annotation, quad, numbers))
      points.push(...pdfium.readFloats(numbers, QUAD_NUMBERS));
  }
  if (points.length > 0) {
    const xs = points.filter((_, at) => at % 2 === 0);
    const ys = points.filter((_, at) => at % 2 === 1);
    pdfium.writeFloats(numbers, [min(xs), max(ys), max(xs), min(ys)]);
    api.FPDFAnnot_SetRect(annotation, numbers);
  }
  pdfium.free(numbers);
}

const min = (numbers: readonly number[]) => numbers.reduce((least, number) => Math.min(least, number));
const max = (numbers: readonly number[]) => numbers.reduce((most, number) => Math.max(most, number));
