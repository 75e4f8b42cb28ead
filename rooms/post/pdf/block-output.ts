export interface BlockOutput {
  /** Copies the bytes, so that they may be views of memory that changes. */
  write(bytes: Uint8Array): void;
  /** Hands over what is left. */
  end(): void;
  bytesWritten(): number;
}

export const BLOCK_BYTES = 256 * 1024;

/**
 * Gathers writes of any size into blocks of `BLOCK_BYTES`. `take` gives the memory for the next block, `give` receives
 * it filled, the last one shorter.
 */
export function createBlockOutput(take: () => Uint8Array, give: (block: Uint8Array) => void): BlockOutput {
  let block: Uint8Array | undefined;
  let used = 0;
  let total = 0;
  const handOver = () => {
    if (block && used > 0) give(block.subarray(0, used));
    block = undefined;
    used = 0;
  };
  return {
    write(bytes) {
      total += bytes.length;
      for (let at = 0; at < bytes.length; ) {
        block ??= take();
        const length = Math.min(BLOCK_BYTES - used, bytes.length - at);
        block.set(bytes.subarray(at, at + length), used);
        used += length;
        at += length;
        if (used === BLOCK_BYTES) handOver();
      }
    },
    end: handOver,
    bytesWritten: () => total,
  };
}
