import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium';

export interface Pdfium {
  readonly api: WrappedPdfiumModule;
  /** Room for a few numbers passed by address (16 bytes). */
  readonly scratch: number;
  /** PDFium's memory as it is now: growth makes earlier views stale. */
  heap(): Uint8Array;
  writeNumbers(address: number, numbers: readonly number[]): void;
  writeFloats(address: number, numbers: readonly number[]): void;
  readInteger(address: number): number;
  readFloats(address: number, count: number): number[];
  alloc(bytes: number): number;
  free(address: number): void;
  /** PDFium asked for more memory than allowed since the start. */
  memoryRefused(): boolean;
}

/** The part of the Emscripten module's interface that is used and that the package does not type. */
interface EmscriptenHeaps {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  readonly HEAPF32: Float32Array;
}

const RESIZE = 'emscripten_resize_heap';

/**
 * Starts one PDFium in WebAssembly. `maxHeapBytes` bounds its memory: the module itself would grow to 2 GB, so growth
 * is refused from outside, upon which PDFium aborts and the caller must throw the instance away.
 */
export async function openPdfium(wasm: WebAssembly.Module, maxHeapBytes: number): Promise<Pdfium> {
  let refused = false;
  const overrides = {
    instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(
        wasm,
        limitGrowth(imports, maxHeapBytes, () => (refused = true)),
      );
      receive(instance);
      return instance.exports;
    },
    // The module tells of failed growth on the console; the caller learns it from `memoryRefused`.
    print: () => undefined,
    printErr: () => undefined,
  };
  const api = await init(overrides as Parameters<typeof init>[0]);
  api.FPDF_InitLibrary();
  const heaps = api.pdfium as unknown as EmscriptenHeaps;
  const exports = api.pdfium.wasmExports;
  const alloc = (bytes: number) => {
    const address = exports.malloc(bytes) >>> 0;
    if (address === 0) {
      refused = true;
      throw new Error('out of PDFium memory');
    }
    return address;
  };
  return {
    api,
    scratch: alloc(16),
    heap: () => heaps.HEAPU8,
    writeNumbers: (address, numbers) => heaps.HEAPU32.set(numbers, address >>> 2),
    writeFloats: (address, numbers) => heaps.HEAPF32.set(numbers, address >>> 2),
    readInteger: (address) => heaps.HEAPU32[address >>> 2]! | 0,
    readFloats: (address, count) => [...heaps.HEAPF32.subarray(address >>> 2, (address >>> 2) + count)],
    alloc,
    free: (address) => exports.free(address),
    memoryRefused: () => refused,
  };
}

function limitGrowth(
  imports: WebAssembly.Imports,
  maxBytes: number,
  onRefused: () => void,
): WebAssembly.Imports {
  const env = imports.env as Record<string, WebAssembly.ImportValue>;
  const resize = env[RESIZE];
  if (typeof resize !== 'function') throw new Error(`PDFium build without ${RESIZE}`);
  const limited = (requested: number) => {
    if (requested >>> 0 <= maxBytes) return resize(requested);
    onRefused();
    return 0;
  };
  return { ...imports, env: { ...env, [RESIZE]: limited } };
}
