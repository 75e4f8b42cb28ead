import { openPdfium, type Pdfium } from '../pdf/pdfium.ts';
import { compilePdfium } from './pdf-files.ts';

/** One page as a reader shows it: grey, one byte a pixel, from the top left. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

const MB = 1024 * 1024;
/** FPDFBitmap_BGRx */
const BGRX = 3;
/** FPDF_ANNOT and FPDF_PRINTING (fpdfview.h). */
const ANNOTATIONS = 0x01;
const PRINTING = 0x800;

/** Draws pages with PDFium and its form environment, as Chromium prints them. */
export async function createPicturer() {
  const pdfium = await openPdfium(await compilePdfium(), 1024 * MB);
  return {
    /** Every page at `scale` pixels a point. */
    pictures: (bytes: Uint8Array, scale = 1): Picture[] => pictures(pdfium, bytes, scale),
  };
}

function pictures(pdfium: Pdfium, bytes: Uint8Array, scale: number): Picture[] {
  const { api } = pdfium;
  const address = pdfium.alloc(bytes.length);
  pdfium.heap().set(bytes, address);
  const document = api.FPDF_LoadMemDocument64(address, bytes.length, null as unknown as string);
  if (document === 0) throw new Error(`cannot read the file: ${api.FPDF_GetLastError()}`);
  const info = api.PDFiumExt_OpenFormFillInfo();
  const form = api.PDFiumExt_InitFormFillEnvironment(document, info);
  const drawn = Array.from({ length: api.FPDF_GetPageCount(document) }, (_, index) => {
    const page = api.FPDF_LoadPage(document, index);
    if (page === 0) throw new Error(`cannot read page ${index + 1}`);
    api.FORM_OnAfterLoadPage(page, form);
    const picture = draw(pdfium, form, page, scale);
    api.FORM_OnBeforeClosePage(page, form);
    api.FPDF_ClosePage(page);
    return picture;
  });
  api.PDFiumExt_ExitFormFillEnvironment(form);
  api.PDFiumExt_CloseFormFillInfo(info);
  api.FPDF_CloseDocument(document);
  pdfium.free(address);
  return drawn;
}

function draw(pdfium: Pdfium, form: number, page: number, scale: number): Picture {
  const { api } = pdfium;
  const width = Math.round(api.FPDF_GetPageWidthF(page) * scale);
  const height = Math.round(api.FPDF_GetPageHeightF(page) * scale);
  const buffer = pdfium.alloc(width * height * 4);
  const bitmap = api.FPDFBitmap_CreateEx(width, height, BGRX, buffer, width * 4);
  api.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
  api.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, ANNOTATIONS | PRINTING);
  api.FPDF_FFLDraw(form, bitmap, page, 0, 0, width, height, 0, ANNOTATIONS | PRINTING);
  const pixels = pdfium.heap().subarray(buffer, buffer + width * height * 4);
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at++) {
    grey[at] = (pixels[at * 4]! * 29 + pixels[at * 4 + 1]! * 150 + pixels[at * 4 + 2]! * 77) >> 8;
  }
  api.FPDFBitmap_Destroy(bitmap);
  pdfium.free(buffer);
  return { width, height, grey };
}

/** Pixels that are clearly lighter or darker (by more than `least` of 255) in one of two pictures of equal size. */
export function differingPixels(one: Picture, other: Picture, least = 64): number {
  if (one.width !== other.width || one.height !== other.height) return Number.POSITIVE_INFINITY;
  let count = 0;
  for (let at = 0; at < one.grey.length; at++) {
    if (Math.abs(one.grey[at]! - other.grey[at]!) > least) count++;
  }
  return count;
}

/** Pixels that are not paper. */
export function inkedPixels({ grey }: Picture): number {
  return grey.reduce((sum, value) => sum + (value < 200 ? 1 : 0), 0);
}
