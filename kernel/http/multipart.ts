import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { type AppError, defineErrors, KernelError } from '../errors/index.ts';
import { decodeHeaderText, parseParameters } from './header-parameters.ts';

// The library's splitter below its form layer: part headers arrive as raw bytes there, which the form layer would
// already have decoded as UTF-8 with replacement characters.
const { Dicer } = createRequire(import.meta.url)('@fastify/busboy') as {
  Dicer: new (options: { boundary: string; maxHeaderPairs: number; maxHeaderSize: number }) => Writable;
};

export const MultipartError = defineErrors('multipart', {
  notMultipart: { status: 400, message: 'Ugyldig innhold: multipart/form-data med boundary kreves' },
  malformed: { status: 400, message: 'Ugyldig innhold: multipart-meldingen kan ikke leses ({detail})' },
  tooManyParts: { status: 400, message: 'Ugyldig innhold: flere enn {limit} deler' },
  aborted: { status: 400, message: 'Overføringen ble avbrutt' },
});

export interface MultipartLimits {
  readonly maxParts: number;
  /** Most bytes of one part's header block. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** Longest pause between two chunks. Default 60 s. */
  readonly idleTimeoutMs?: number;
  /** Longest time for the whole body. Default 16 min (SvarUt: clients are told to wait 16 minutes). */
  readonly totalTimeoutMs?: number;
}

export interface MultipartPart {
  readonly name: string | undefined;
  /** Undefined when the part carries none. UTF-8, or ISO-8859-1 when the bytes are not UTF-8; `filename*` wins. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  /** Consume it before asking for the next part; what is left unread is skipped. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Reads a multipart/form-data request part by part, streaming, with constant memory (RFC 7578). Throws
 * {@link MultipartError} or `kernel.timeout`, at the iterator and at the open part's body alike, when the message is
 * malformed, cut off, too slow or the client hangs up.
 */
export async function* readMultipart(
  request: FastifyRequest,
  limits: MultipartLimits,
): AsyncGenerator<MultipartPart> {
  const boundary = parseParameters(request.headers['content-type'] ?? '').parameters.get('boundary');
  if (
    !/^multipart\/form-data/i.test(request.headers['content-type'] ?? '') ||
    !boundary ||
    boundary.length > 200
  ) {
    throw MultipartError.notMultipart();
  }
  const session = openSession(request.raw, boundary, limits);
  let current: Readable | undefined;
  try {
    for (;;) {
      current?.resume();
      const next = await session.next();
      if (!next) return;
      current = next.stream;
      yield next.part;
    }
  } finally {
    session.close();
  }
}

interface OpenPart {
  readonly part: MultipartPart;
  readonly stream: Readable;
}

interface Session {
  next(): Promise<OpenPart | undefined>;
  close(): void;
}

function openSession(source: Readable, boundary: string, limits: MultipartLimits): Session {
  const splitter = new Dicer({
    boundary,
    maxHeaderPairs: 32,
    maxHeaderSize: limits.maxHeaderBytes ?? 16_384,
  });
  const ready: OpenPart[] = [];
  const open = new Set<Readable>();
  let failure: AppError | undefined;
  let finished = false;
  let count = 0;
  let wake: (() => void) | undefined;

  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const fail = (error: AppError) => {
    if (failure || finished) return;
    failure = error;
    source.unpipe(splitter);
    for (const stream of open) stream.destroy(error);
    notify();
  };
  const timers = watchClock(source, limits, () => fail(KernelError.timeout()));

  splitter.on('part', (stream: Readable) => {
    if (++count > limits.maxParts)
      return fail(MultipartError.tooManyParts({ params: { limit: limits.maxParts } }));
    open.add(stream);
    stream.on('error', () => {}); // reported through the iterator; an unread part must not end the process
    stream.once('close', () => open.delete(stream));
    stream.once('end', () => open.delete(stream));
    stream.once('header', (header: Record<string, string[]>) => {
      ready.push({
        stream,
        part: describePart(
          header,
          guardedBody(stream, () => failure),
        ),
      });
      notify();
    });
  });
  splitter.on('error', (error: Error) =>
    fail(MultipartError.malformed({ params: { detail: 'uventet slutt' }, cause: error })),
  );
  splitter.on('finish', () => {
    finished = true;
    notify();
  });
  const onAborted = () => {
    if (!source.readableEnded) fail(MultipartError.aborted());
  };
  source.on('error', onAborted);
  source.on('close', onAborted);
  source.pipe(splitter);

  return {
    next: async () => {
      for (;;) {
        if (ready.length > 0) return ready.shift();
        if (failure) throw failure;
        if (finished) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close: () => {
      timers.stop();
      finished = true;
      source.unpipe(splitter);
      source.off('close', onAborted);
      for (const stream of open) stream.destroy();
      source.resume(); // the rest is thrown away so that the client can read our answer
    },
  };
}

/** The splitter reports a cut-off part with an error of its own; readers see ours. */
async function* guardedBody(
  stream: Readable,
  failure: () => AppError | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw failure() ?? MultipartError.malformed({ params: { detail: 'avbrutt del' }, cause: error });
  }
}

function describePart(header: Record<string, string[]>, body: AsyncIterable<Uint8Array>): MultipartPart {
  const { parameters } = parseParameters(header['content-disposition']?.[0] ?? '');
  const contentType = header['content-type']?.[0];
  return {
    name: decode(parameters.get('name')),
    filename: parameters.get('filename*') ?? decode(parameters.get('filename')),
    contentType: contentType === undefined ? undefined : decodeHeaderText(contentType),
    body,
  };
}

function decode(raw: string | undefined): string | undefined {
  return raw === undefined ? undefined : decodeHeaderText(raw);
}

function watchClock(source: Readable, limits: MultipartLimits, expire: () => void): { stop(): void } {
  const total = setTimeout(expire, limits.totalTimeoutMs ?? 16 * 60_000);
  const idle = setTimeout(expire, limits.idleTimeoutMs ?? 60_000);
  // While we hold the client back (a slow disk), silence is ours and not the client's.
  const onData = () => idle.refresh();
  source.on('data', onData);
  source.on('pause', onData);
  return {
    stop: () => {
      clearTimeout(total);
      clearTimeout(idle);
      source.off('data', onData);
      source.off('pause', onData);
    },
  };
}
