/** Below this a buffer may share its memory with others, and is not worth the call. */
const LEAST_BYTES = 32 * 1024;

/**
 * Gives the memory of a large buffer back now instead of at some later collection, which comes only after tens of
 * megabytes: memory that is still warm is used again, for less than half the processor time. Nobody may use the buffer
 * afterwards. A view of a part of other memory is left alone.
 */
export function freeBytes(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (bytes.length < LEAST_BYTES || bytes.length !== buffer.byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
