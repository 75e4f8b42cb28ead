import type { MergeResult, PdfSink } from './pdf-types.ts';

export interface MergeStream {
  /**
   * The merged file in blocks, to be read once. A block may be used until the next one is asked for; its memory is used
   * again afterwards. Leaving early ends the merge.
   */
  readonly blocks: AsyncIterable<Uint8Array>;
  /** After the last block; rejects with what `blocks` throws. */
  readonly result: Promise<MergeResult>;
}

/** Turns a merge that pushes into a sink into one that is pulled. It starts when the first block is asked for. */
export function createMergeStream(merge: (sink: PdfSink) => Promise<MergeResult>): MergeStream {
  const result = Promise.withResolvers<MergeResult>();
  // Whoever reads the blocks gets the error there; the result need not be looked at.
  result.promise.catch(() => undefined);

  async function* read(): AsyncGenerator<Uint8Array> {
    let offered = Promise.withResolvers<Uint8Array>();
    let taken = Promise.withResolvers<void>();
    const merging = merge((block) => {
      taken = Promise.withResolvers();
      offered.resolve(block);
      return taken.promise;
    });
    const ended = merging.then(() => undefined);
    // A merge may fail while the reader is busy with a block.
    ended.catch(() => undefined);
    const next = () => Promise.race([offered.promise, ended]);
    try {
      for (let block = await next(); block; block = await next()) {
        yield block;
        offered = Promise.withResolvers();
        taken.resolve();
      }
      result.resolve(await merging);
    } catch (error) {
      result.reject(error);
      throw error;
    } finally {
      // Reached before the end only when the reader has left.
      const left = new Error('the reader of the merged file has left');
      taken.promise.catch(() => undefined);
      taken.reject(left);
      result.reject(left);
    }
  }
  return { blocks: read(), result: result.promise };
}
