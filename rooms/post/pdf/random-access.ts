import type { SealedFile } from '@grunnmur/kernel/storage';
import type { PdfSource } from './pdf-types.ts';

/** A document's plaintext, readable at any place. */
export interface RandomAccess {
  readonly size: number;
  /** Set when the document is in memory as a whole. */
  readonly bytes?: Uint8Array;
  /** `length` bytes from `offset`; throws when they cannot be read. */
  read(offset: number, length: number): Uint8Array;
  /** The first error of `read`, if any: PDFium itself would take it for a damaged document. */
  failure(): unknown;
  close(): void;
}

/** Errors: those of the file system, and of a sealed file that does not open with its key. */
export async function openSource(source: PdfSource): Promise<RandomAccess> {
  if ('bytes' in source) return openBytes(source.bytes);
  // Loaded only when needed: it costs a worker more memory than PDFium's own code.
  const { openSealedFileSync } = await import('@grunnmur/kernel/storage');
  return watchReads(openSealedFileSync(source.sealedPath, source.dataKey));
}

function openBytes(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    bytes,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    failure: () => undefined,
    close: () => undefined,
  };
}

function watchReads(file: SealedFile): RandomAccess {
  let failure: unknown;
  return {
    size: file.size,
    read: (offset, length) => {
      try {
        return file.readSync(offset, length);
      } catch (error) {
        failure ??= error;
        throw error;
      }
    },
    failure: () => failure,
    close: () => file.close(),
  };
}
