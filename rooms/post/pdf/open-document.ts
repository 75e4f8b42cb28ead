import { Buffer } from 'node:buffer';
import { PdfError } from './pdf-error.ts';
import type { Pdfium } from './pdfium.ts';
import type { RandomAccess } from './random-access.ts';
import { hasTables } from './raw-file.ts';

/** FPDF_GetLastError values (public/fpdfview.h). */
const PASSWORD_ERROR = 4;
const SECURITY_ERROR = 5;
/** ISO 32000-1, annex H note 13: the header may stand within the first 1024 bytes. */
const HEADER_WINDOW = 1024;
/** Some programs fill the file up after its end. */
const MOST_PADDING = 4 * 1024 * 1024;
const READ_PIECE = 256 * 1024;

export interface OpenDocument {
  /** FPDF_DOCUMENT */
  readonly handle: number;
  readonly repaired: boolean;
  /** Opens without a password, but an owner password restricts what may be done with it. */
  readonly restricted: boolean;
  close(): void;
}

/**
 * Opens a document, uses it and closes it. After an abort inside PDFium nothing is closed: its memory is in an unknown
 * state and the instance must be thrown away.
 */
export function withDocument<T>(pdfium: Pdfium, file: RandomAccess, use: (document: OpenDocument) => T): T {
  const document = openDocument(pdfium, file);
  let result: T;
  try {
    result = use(document);
  } catch (error) {
    if (error instanceof PdfError) document.close();
    throw error;
  }
  document.close();
  return result;
}

/**
 * Opens a document. Errors: `empty`, `not_pdf`, `encrypted`, `truncated`, `unreadable`.
 */
function openDocument(pdfium: Pdfium, file: RandomAccess): OpenDocument {
  if (file.size === 0) throw new PdfError('empty');
  if (Buffer.from(file.read(0, Math.min(file.size, HEADER_WINDOW))).indexOf('%PDF-') < 0)
    throw new PdfError('not_pdf');
  const { handle, release } = file.bytes ? loadBytes(pdfium, file.bytes) : loadFile(pdfium, file);
  if (handle === 0) {
    const reason = pdfium.api.FPDF_GetLastError();
    release();
    if (file.failure()) throw new PdfError('failed', { reason: 'read' });
    if (reason === PASSWORD_ERROR || reason === SECURITY_ERROR) throw new PdfError('encrypted');
    throw new PdfError(isComplete(file) ? 'unreadable' : 'truncated');
  }
  const close = () => {
    pdfium.api.FPDF_CloseDocument(handle);
    release();
  };
  const repaired = !pdfium.api.FPDF_DocumentHasValidCrossReferenceTable(handle);
  if (repaired && !isComplete(file)) {
    close();
    throw new PdfError('truncated');
  }
  return { handle, repaired, restricted: pdfium.api.EPDF_IsEncrypted(handle), close };
}

/**
 * PDFium rebuilds a missing cross-reference table from whatever objects it finds. That mends tables with wrong
 * offsets, but would also let a file that was cut off in transfer pass with half its pages; such a file lacks the
 * end marker. Some programs leave that out; then the table it ends with must be where it says.
 */
function isComplete(file: RandomAccess): boolean {
  const length = Math.min(file.size, MOST_PADDING);
  const tail = Buffer.from(file.read(file.size - length, length));
  let end = tail.length;
  while (end > 0 && isPadding(tail[end - 1]!)) end--;
  return tail.subarray(Math.max(0, end - HEADER_WINDOW), end).includes('%%EOF') || hasTables(file);
}

/** White space of ISO 32000-1, 7.2.2, which includes the zero byte. */
function isPadding(byte: number): boolean {
  return byte === 0 || byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 32;
}

function loadBytes(pdfium: Pdfium, bytes: Uint8Array) {
  const address = pdfium.alloc(bytes.length);
  pdfium.heap().set(bytes, address);
  const handle = pdfium.api.FPDF_LoadMemDocument64(address, bytes.length, null as unknown as string);
  return { handle, release: () => pdfium.free(address) };
}

/** FPDF_FILEACCESS: { unsigned long m_FileLen; int (*m_GetBlock)(param, position, buffer, size); void* m_Param }. */
function loadFile(pdfium: Pdfium, file: RandomAccess) {
  const module = pdfium.api.pdfium;
  const getBlock = module.addFunction((_param: number, position: number, buffer: number, size: number) => {
    try {
      copyInPieces(pdfium, file, position >>> 0, buffer >>> 0, size >>> 0);
      return 1;
    } catch {
      return 0;
    }
  }, 'iiiii');
  const access = pdfium.alloc(12);
  pdfium.writeNumbers(access, [file.size, getBlock, 0]);
  const handle = pdfium.api.FPDF_LoadCustomDocument(access, null as unknown as string);
  const release = () => {
    module.removeFunction(getBlock);
    pdfium.free(access);
  };
  return { handle, release };
}

/** PDFium asks for a whole picture at once; it need not be in memory twice. */
function copyInPieces(
  pdfium: Pdfium,
  file: RandomAccess,
  position: number,
  buffer: number,
  size: number,
): void {
  for (let done = 0; done < size; done += READ_PIECE) {
    const piece = file.read(position + done, Math.min(READ_PIECE, size - done));
    pdfium.heap().set(piece, buffer + done);
  }
}
