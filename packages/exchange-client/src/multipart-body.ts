import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

export interface MultipartFile {
  readonly name: string;
  readonly fileName: string;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface MultipartBody {
  readonly contentType: string;
  /** Text when there is no file, so that the call has a length and can be repeated. */
  readonly body: string | Readable;
}

/** A multipart/form-data of one JSON part and at most one file, streamed (fiks-io §2.2, §2.6). */
export function multipartBody(metadata: unknown, file?: MultipartFile): MultipartBody {
  const boundary = `grunnmur-${randomUUID()}`;
  const contentType = `multipart/form-data; boundary=${boundary}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n`;
  const tail = `--${boundary}--\r\n`;
  if (!file) return { contentType, body: head + tail };
  const body = Readable.from(withFile(head, boundary, file, tail), {
    objectMode: false,
    highWaterMark: 262_144,
  });
  // The generator closes the content, but only once it has begun.
  const { content } = file;
  if (content instanceof Readable) body.once('close', () => content.destroy());
  return { contentType, body };
}

async function* withFile(
  head: string,
  boundary: string,
  file: MultipartFile,
  tail: string,
): AsyncGenerator<Uint8Array> {
  const name = file.fileName.replace(/["\r\n\\]/g, '_');
  yield Buffer.from(
    `${head}--${boundary}\r\nContent-Disposition: form-data; name="${file.name}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  yield* file.content;
  yield Buffer.from(`\r\n${tail}`);
}
