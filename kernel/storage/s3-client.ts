import type * as Sdk from '@aws-sdk/client-s3';
import { isAppError, KernelError } from '../errors/index.ts';
import { StorageError } from './errors.ts';

export interface S3ConnectionOptions {
  /** `https://s3.example.no`; leave out for AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Bucket in the path in place of the host name, as most other servers than AWS want it. Default: with `endpoint`. */
  readonly pathStyle?: boolean;
}

export interface S3Connection {
  readonly client: Sdk.S3Client;
  readonly sdk: typeof Sdk;
}

/** Opens the client on first use: the library takes tens of megabytes that a server with a disk need not spend. */
export function lazyS3(options: S3ConnectionOptions): {
  connect(): Promise<S3Connection>;
  close(): Promise<void>;
} {
  let connection: Promise<S3Connection> | undefined;
  const open = async (): Promise<S3Connection> => {
    const sdk = await import('@aws-sdk/client-s3');
    const client = new sdk.S3Client({
      region: options.region,
      credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
      forcePathStyle: options.pathStyle ?? options.endpoint !== undefined,
      ...(options.endpoint ? { endpoint: options.endpoint } : {}),
      requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
      // The newer default checksums travel in a trailer that many S3 servers do not know. Our own tags protect more.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    return { client, sdk };
  };
  return {
    connect: () => {
      connection ??= open();
      return connection;
    },
    close: async () => (await connection)?.client.destroy(),
  };
}

/** Runs one call to S3 and turns its failures into ours. */
export async function s3Call<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asStorageError(error);
  }
}

function asStorageError(error: unknown): unknown {
  if (isAppError(error)) return error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const name = (error as Error).name;
  if (status === 404 && name !== 'NoSuchBucket') return StorageError.missing({ cause: error });
  if (status === 416) return StorageError.corrupt({ params: { detail: 'truncated' }, cause: error });
  if (status === 507 || name === 'QuotaExceeded' || name === 'XMinioStorageFull')
    return StorageError.full({ cause: error });
  return KernelError.unavailable({ cause: error });
}
