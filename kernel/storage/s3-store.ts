import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { removeStaleFiles } from './disk-walk.ts';
import { TEMPORARY } from './disk-write.ts';
import { StorageError } from './errors.ts';
import type { KeyRing } from './key-ring.ts';
import { isKey, requirePrefix, tenantOfKey } from './object-key.ts';
import type { ByteRange, LocalCopy, ObjectStore } from './object-store.ts';
import { openHeader, openSpan, readableOf, spanOf } from './open-sealed.ts';
import { lazyS3, type S3ConnectionOptions, s3Call } from './s3-client.ts';
import { createS3Upload } from './s3-upload.ts';
import { sealSource } from './seal-source.ts';
import { HEADER_BYTES, plainSize } from './segment-cipher.ts';
import { objectFault } from './watched-store.ts';

export interface S3StoreOptions extends S3ConnectionOptions {
  readonly keyRing: KeyRing;
  /** Local folder for `localCopy`; created on first use. What is in it is encrypted. */
  readonly temporaryFolder: string;
}

/** Keys in one mass delete: the most S3 takes. */
const DELETE_BATCH = 1000;

/** Objects in one S3 bucket of their own, each under its key. Any number of servers may share it. `close` frees the sockets. */
export function createS3Store(options: S3StoreOptions): ObjectStore & { close(): Promise<void> } {
  const { bucket, keyRing, temporaryFolder } = options;
  const { connect, close } = lazyS3(options);

  const fetchObject = async (key: string, range?: string, etag?: string) => {
    const { client, sdk } = await connect();
    const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, Range: range, IfMatch: etag });
    const answer = await s3Call(() => client.send(command));
    return { answer, body: answer.Body as Readable };
  };

  /** The header takes a request of its own: the salt in it must be known before any segment opens. */
  const getRange = async (key: string, range: ByteRange): Promise<Readable> => {
    const { answer, body } = await fetchObject(key, `bytes=0-${HEADER_BYTES - 1}`);
    const { head, rest } = await splitHead(body);
    // Read to its end, so that the connection serves the next request.
    for await (const _ of rest);
    const sealedSize = Number(answer.ContentRange?.split('/')[1]);
    const object = await openHeader(keyRing, key, head, sealedSize);
    const span = spanOf(object.size, range);
    const segments = await fetchObject(key, `bytes=${span.sealedStart}-${span.sealedEnd - 1}`, answer.ETag);
    return readableOf(openSpan(object, span, segments.body), { interrupt: () => segments.body.destroy() });
  };

  return {
    put: async (key, source, putOptions = {}) => {
      tenantOfKey(key);
      const upload = createS3Upload(connect, bucket, key, putOptions.signal);
      try {
        return await sealSource(keyRing, key, source, putOptions, upload.sink);
      } catch (error) {
        await upload.discard(error);
        throw error;
      }
    },
    get: async (key, range) => {
      tenantOfKey(key);
      if (range) return getRange(key, range);
      const { answer, body } = await fetchObject(key);
      try {
        const { head, rest } = await splitHead(body);
        const object = await openHeader(keyRing, key, head, answer.ContentLength ?? 0);
        return readableOf(openSpan(object, spanOf(object.size), rest), { interrupt: () => body.destroy() });
      } catch (error) {
        body.destroy();
        throw error;
      }
    },
    stat: async (key) => {
      tenantOfKey(key);
      const { client, sdk } = await connect();
      try {
        const answer = await s3Call(() =>
          client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key })),
        );
        return { size: plainSize(answer.ContentLength ?? 0) };
      } catch (error) {
        if (objectFault(error) === 'missing') return null;
        throw error;
      }
    },
    remove: async (keys) => {
      keys.forEach(tenantOfKey);
      const { client, sdk } = await connect();
      for (let at = 0; at < keys.length; at += DELETE_BATCH) {
        const Objects = keys.slice(at, at + DELETE_BATCH).map((Key) => ({ Key }));
        const command = new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
        const answer = await s3Call(() => client.send(command));
        if (answer.Errors?.length)
          throw new Error(`S3 did not delete ${answer.Errors.length} objects: ${answer.Errors[0]?.Code}`);
      }
    },
    list: (prefix) => {
      requirePrefix(prefix);
      return listObjects(connect, bucket, prefix);
    },
    localCopy: async (key) => {
      tenantOfKey(key);
      return copyToFile(key);
    },
    check: async () => {
      const { client, sdk } = await connect();
      // No key of ours: nobody lists or sweeps it.
      const probe = { Bucket: bucket, Key: `probe/${randomUUID()}` };
      await s3Call(() => client.send(new sdk.PutObjectCommand({ ...probe, Body: Buffer.from('probe') })));
      try {
        const answer = await s3Call(() => client.send(new sdk.GetObjectCommand(probe)));
        for await (const _ of answer.Body as Readable);
      } finally {
        await s3Call(() => client.send(new sdk.DeleteObjectCommand(probe)));
      }
      return {};
    },
    removeStale: async (before) => {
      const uploads = await abortStaleUploads(connect, bucket, before);
      return uploads + (await removeStaleFiles(temporaryFolder, before));
    },
    close,
  };

  async function copyToFile(key: string): Promise<LocalCopy> {
    const { answer, body } = await fetchObject(key);
    await mkdir(temporaryFolder, { recursive: true, mode: 0o700 });
    const path = join(temporaryFolder, `${randomUUID()}${TEMPORARY}`);
    const dispose = () => rm(path, { force: true });
    try {
      const { head, rest } = await splitHead(body);
      const { dataKey } = await openHeader(keyRing, key, head, answer.ContentLength ?? 0);
      await pipeline(prepend(head, rest), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      return { path, dataKey, dispose };
    } catch (error) {
      body.destroy();
      await dispose();
      throw error;
    }
  }
}

type Connect = ReturnType<typeof lazyS3>['connect'];

async function* listObjects(
  connect: Connect,
  bucket: string,
  prefix: string,
): AsyncGenerator<{ key: string; modifiedAt: Date }> {
  const { client, sdk } = await connect();
  let token: string | undefined;
  do {
    const command = new sdk.ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ContinuationToken: token,
    });
    const page = await s3Call(() => client.send(command));
    for (const { Key, LastModified } of page.Contents ?? []) {
      if (Key && isKey(Key) && LastModified) yield { key: Key, modifiedAt: LastModified };
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
}

/** Parts of uploads that were cut by a crash cost storage and are seen by nobody. */
async function abortStaleUploads(connect: Connect, bucket: string, before: Date): Promise<number> {
  const { client, sdk } = await connect();
  let aborted = 0;
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    const command = new sdk.ListMultipartUploadsCommand({ Bucket: bucket, KeyMarker, UploadIdMarker });
    const page = await s3Call(() => client.send(command));
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (!Initiated || Initiated >= before) continue;
      await s3Call(() => client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })));
      aborted++;
    }
    KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
    UploadIdMarker = page.NextUploadIdMarker;
  } while (KeyMarker);
  return aborted;
}

/** Takes the header from the beginning of a sealed object and leaves the rest as it comes. */
async function splitHead(body: Readable): Promise<{ head: Buffer; rest: AsyncGenerator<Uint8Array> }> {
  const iterator = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < HEADER_BYTES) {
    const next = await iterator.next();
    if (next.done) throw StorageError.corrupt({ params: { detail: 'truncated' } });
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const first = head.subarray(HEADER_BYTES);
  async function* rest(): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield first;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  }
  return { head: Buffer.from(head.subarray(0, HEADER_BYTES)), rest: rest() };
}

async function* prepend(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
