import { PassThrough } from 'node:stream';
import type { S3Connection } from './s3-client.ts';
import { s3Call } from './s3-client.ts';
import type { BatchSink } from './seal-source.ts';

/** Parts of a large object; 10,000 of them are the most S3 takes: 78 GiB. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

export interface S3Upload {
  readonly sink: BatchSink;
  /** Ends an unfinished upload and removes its parts. */
  discard(reason: unknown): Promise<void>;
}

/** Sends one object: in one request when it is small, else in parts as it comes. Nothing is visible before the end. */
export function createS3Upload(
  connect: () => Promise<S3Connection>,
  bucket: string,
  key: string,
  signal?: AbortSignal,
): S3Upload {
  let large: LargeUpload | undefined;
  return {
    sink: async (batch, _bytes, end) => {
      const connection = await connect();
      signal?.throwIfAborted();
      if (end && !large) {
        const { client, sdk } = connection;
        await s3Call(() =>
          client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.concat(batch) })),
        );
        return;
      }
      large ??= await startLargeUpload(connection, bucket, key);
      await large.write(batch);
      if (end) await large.finish();
    },
    discard: async (reason) => large?.discard(reason),
  };
}

interface LargeUpload {
  write(batch: readonly Buffer[]): Promise<void>;
  finish(): Promise<void>;
  discard(reason: unknown): Promise<void>;
}

async function startLargeUpload({ client }: S3Connection, bucket: string, key: string): Promise<LargeUpload> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const body = new PassThrough({ highWaterMark: PART_BYTES });
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: body },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
    leavePartsOnError: false,
  });
  const done = s3Call(() => upload.done());
  // Whoever waits gets the failure; until somebody does, it must not count as unhandled.
  const failed = done.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  body.on('error', () => {});

  return {
    write: async (batch) => {
      let room = true;
      for (const buffer of batch) room = body.write(buffer);
      if (!room) await Promise.race([new Promise((resolve) => body.once('drain', resolve)), failed]);
    },
    finish: async () => {
      body.end();
      await done;
    },
    discard: async (reason) => {
      // An error in the body, rather than the library's abort: that would not wait for the parts to be removed.
      body.destroy(reason instanceof Error ? reason : new Error('The upload was given up'));
      await done.catch(() => {});
    },
  };
}
