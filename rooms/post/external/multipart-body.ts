import { randomUUID } from 'node:crypto';

export interface BodyPart {
  readonly name: string;
  /** ASCII, without quotes: chosen by us, never taken from a letter. */
  readonly filename: string;
  readonly contentType: string;
  readonly content: string | AsyncIterable<Uint8Array>;
  /** Bytes of a streamed content, when known. */
  readonly size?: number | undefined;
}

export interface MultipartBody {
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes in all, when every part's size is known: saves the receiver from chunked transfer. */
  readonly length: number | undefined;
}

/** A multipart/form-data message (RFC 7578) that reads its streams only while it is sent. */
export function multipartBody(parts: readonly BodyPart[]): MultipartBody {
  const boundary = `grunnmur-${randomUUID()}`;
  const end = Buffer.from(`--${boundary}--\r\n`);
  const framed = parts.map((part) => ({ part, head: headOf(boundary, part) }));
  const sizes = framed.map(({ part, head }) => head.length + (sizeOf(part) ?? Number.NaN) + 2);
  const length = sizes.reduce((sum, size) => sum + size, end.length);

  async function* write(): AsyncGenerator<Uint8Array> {
    for (const { part, head } of framed) {
      yield head;
      if (typeof part.content === 'string') yield Buffer.from(part.content);
      else yield* part.content;
      yield CRLF;
    }
    yield end;
  }

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: write(),
    length: Number.isNaN(length) ? undefined : length,
  };
}

const CRLF = Buffer.from('\r\n');

function headOf(boundary: string, part: BodyPart): Buffer {
  return Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="${part.name}"; filename="${part.filename}"\r\n` +
      `content-type: ${part.contentType}\r\n\r\n`,
  );
}

function sizeOf(part: BodyPart): number | undefined {
  return typeof part.content === 'string' ? Buffer.byteLength(part.content) : part.size;
}
