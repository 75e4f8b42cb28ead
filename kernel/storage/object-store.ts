import type { Readable } from 'node:stream';

/** Which bytes of the plaintext; both ends count, as in HTTP `Range`. `end` beyond the content is cut. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface PutOptions {
  /** More plaintext than this is `KernelError.tooLarge`. */
  readonly maxBytes?: number;
  /** Ends the put with the signal's reason, also while the source is silent. */
  readonly signal?: AbortSignal;
}

export interface StoredObject {
  /** Plaintext bytes. */
  readonly size: number;
  /** SHA-256 of the plaintext, lower-case hex. */
  readonly sha256: string;
}

export interface LocalCopy {
  /** A sealed (encrypted) file; open it with `openSealedFileSync`, also in another thread. */
  readonly path: string;
  /** Opens this one object and nothing else. */
  readonly dataKey: Uint8Array;
  dispose(): Promise<void>;
}

/**
 * Where documents are kept: encrypted, on disk or in S3. Keys are opaque and begin with the tenant:
 * `<tenant uuid>/<yyyymmdd>/<uuid>`, nothing personal in them. Write the object first and its row afterwards; an object
 * without a row is removed by {@link sweepOrphans}, a row without an object must never be.
 */
export interface ObjectStore {
  /**
   * Streams `source` into a new object, or stores bytes that are all there (not to be changed meanwhile): hashed, encrypted with a key of the tenant, durable (file and folder fsynced)
   * before it resolves. When it rejects (error, abort, limit, full disk) nothing is left.
   * An object with the same key is replaced at once and whole.
   */
  put(
    key: string,
    source: AsyncIterable<Uint8Array> | Uint8Array,
    options?: PutOptions,
  ): Promise<StoredObject>;
  /**
   * The plaintext, or a part of it. Rejects with `StorageError.missing` when it is not there, and with
   * `kernel.unavailable` when nothing is: a folder that is not mounted has lost nothing. The stream fails with
   * `StorageError.corrupt` at the first changed, moved or cut segment, before any byte of it is given out.
   */
  get(key: string, range?: ByteRange): Promise<Readable>;
  /** Plaintext size, without reading the content; null when missing. */
  stat(key: string): Promise<{ size: number } | null>;
  /** Removes durably; a missing key is no error. */
  remove(keys: readonly string[]): Promise<void>;
  /** Every object whose key begins with `prefix`, in key order. */
  list(prefix: string): AsyncIterable<{ key: string; modifiedAt: Date }>;
  /** A sealed local file plus its key, for synchronous random access in a worker thread. Dispose it after use. */
  localCopy(key: string): Promise<LocalCopy>;
  /**
   * Writes something small, reads it back and removes it: rejects when that cannot be done, also when the store that held
   * something before is suddenly empty (a file system that is not mounted). `freeBytes` where the store can tell.
   */
  check(): Promise<{ freeBytes?: number }>;
  /** Removes what interrupted writes left behind before `before`; answers how many. */
  removeStale(before: Date): Promise<number>;
}
