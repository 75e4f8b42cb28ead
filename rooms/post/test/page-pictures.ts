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

/** Where on a picture a page is drawn: pixels from the top left. */
export interface Frame {
  /** Of the picture. */
  readonly width: number;
  readonly height: number;
  /** Of the page in it; all of the picture when it is left out. */
  readonly page?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
}

/** A document as a reader has it open. */
export interface OpenPictures {
  readonly pages: number;
  /** Points, as the page is shown; index from 0. Throws when the page cannot be read. */
  size(index: number): { readonly width: number; readonly height: number };
  draw(index: number, frame: Frame): Picture;
  close(): void;
}

/** Draws pages with PDFium and its form environment, as Chromium prints them. */
export async function createPicturer() {
  const pdfium = await openPdfium(await compilePdfium(), 1024 * MB);
  return {
    /** Every page at `scale` pixels a point. */
    pictures: (bytes: Uint8Array, scale = 1): Picture[] => pictures(pdfium, bytes, scale),
    /** A document whose pages are drawn one by one. Throws when it cannot be opened. */
    open: (bytes: Uint8Array): OpenPictures => openPictures(pdfium, bytes),
  };
}

function pictures(pdfium: Pdfium, bytes: Uint8Array, scale: number): Picture[] {
  const document = openPictures(pdfium, bytes);
  const drawn = Array.from({ length: document.pages }, (_, index) => {
    const { width, height } = document.size(index);
    return document.draw(index, { width: Math.round(width * scale), height: Math.round(height * scale) });
  });
  document.close();
  return drawn;
}

function openPictures(pdfium: Pdfium, bytes: Uint8Array): OpenPictures {
  const { api } = pdfium;
  const address = pdfium.alloc(bytes.length);
  pdfium.heap().set(bytes, address);
  const document = api.FPDF_LoadMemDocument64(address, bytes.length, null as unknown as string);
  if (document === 0) throw new Error(`cannot read the file: ${api.FPDF_GetLastError()}`);
  const info = api.PDFiumExt_OpenFormFillInfo();
  const form = api.PDFiumExt_InitFormFillEnvironment(document, info);
  const withPage = <T>(index: number, use: (page: number) => T): T => {
    const page = api.FPDF_LoadPage(document, index);
    if (page === 0) throw new Error(`cannot read page ${index + 1}`);
    const result = use(page);
    api.FPDF_ClosePage(page);
    return result;
  };
  return {
    pages: api.FPDF_GetPageCount(document),
    size: (index) =>
      withPage(index, (page) => ({
        width: api.FPDF_GetPageWidthF(page),
        height: api.FPDF_GetPageHeightF(page),
      })),
    draw: (index, frame) =>
      withPage(index, (page) => {
        api.FORM_OnAfterLoadPage(page, form);
        const picture = draw(pdfium, form, page, frame);
        api.FORM_OnBeforeClosePage(page, form);
        return picture;
      }),
    close: () => {
      api.PDFiumExt_ExitFormFillEnvironment(form);
      api.PDFiumExt_CloseFormFillInfo(info);
      api.FPDF_CloseDocument(document);
      pdfium.free(address);
    },
  };
}

function draw(pdfium: Pdfium, form: number, page: number, frame: Frame): Picture {
  const { api } = pdfium;
  const { width, height } = frame;
  const on = frame.page ?? { x: 0, y: 0, width, height };
  const buffer = pdfium.alloc(width * height * 4);
  const bitmap = api.FPDFBitmap_CreateEx(width, height, BGRX, buffer, width * 4);
  api.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
  const flags = ANNOTATIONS | PRINTING;
  api.FPDF_RenderPageBitmap(bitmap, page, on.x, on.y, on.width, on.height, 0, flags);
  api.FPDF_FFLDraw(form, bitmap, page, on.x, on.y, on.width, on.height, 0, flags);
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
