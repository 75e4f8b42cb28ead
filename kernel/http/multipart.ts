import type { FastifyRequest } from 'fastify';
import { defineErrors, KernelError } from '../errors/index.ts';
import { BODY_RULES, type BodyRule, bodyWatch } from './body-patience.ts';
import { chunkSource } from './chunk-source.ts';
import { decodeHeaderText, parseParameters } from './header-parameters.ts';
import { checkStorable } from './refuse-unstorable.ts';
import { type RawPart, splitParts } from './split-parts.ts';

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
  /** Least speed of the whole. Default {@link BODY_RULES}`.upload`. */
  readonly rate?: BodyRule;
  /** Longest time for the whole body. Default 16 min (SvarUt: clients are told to wait 16 minutes). */
  readonly totalTimeoutMs?: number;
}

export interface MultipartPart {
  readonly name: string | undefined;
  /** Undefined when the part carries none. UTF-8, or ISO-8859-1 when the bytes are not UTF-8; `filename*` wins. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  /**
   * Consume it before asking for the next part; what is left unread is skipped. The pieces belong to whoever takes them.
   */
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
  const clock = startClock(limits, {
    expire: () => source.fail(KernelError.timeout()),
    // While nobody waits for the client (a slow disk), silence is ours.
    ours: () => !source.starved(),
  });
  bodyWatch(request.raw)?.use(limits.rate ?? BODY_RULES.upload, () => source.fail(KernelError.timeout()));
  const source = chunkSource(request.raw, { aborted: MultipartError.aborted, onData: clock.heard });
  const nextPart = splitParts(source, boundary, {
    maxHeaderBytes: limits.maxHeaderBytes ?? 16_384,
    malformed: (detail) => MultipartError.malformed({ params: { detail } }),
  });
  try {
    for (let count = 1; ; count++) {
      const part = await nextPart();
      if (!part) return;
      if (count > limits.maxParts) throw MultipartError.tooManyParts({ params: { limit: limits.maxParts } });
      yield describePart(part);
    }
  } finally {
    clock.stop();
    source.close();
  }
}

function describePart({ headers, body }: RawPart): MultipartPart {
  const { parameters } = parseParameters(headers.get('content-disposition') ?? '');
  const name = decode(parameters.get('name'));
  const filename = parameters.get('filename*') ?? decode(parameters.get('filename'));
  const contentType = decode(headers.get('content-type'));
  checkStorable('name', name);
  checkStorable('filename', filename);
  checkStorable('Content-Type', contentType);
  return { name, filename, contentType, body };
}

function decode(raw: string | undefined): string | undefined {
  return raw === undefined ? undefined : decodeHeaderText(raw);
}

interface Clock {
  /** Something came. */
  heard(): void;
  stop(): void;
}

function startClock(limits: MultipartLimits, { expire, ours }: { expire(): void; ours(): boolean }): Clock {
  const total = setTimeout(expire, limits.totalTimeoutMs ?? 16 * 60_000);
  const idle = setTimeout(() => (ours() ? idle.refresh() : expire()), limits.idleTimeoutMs ?? 60_000);
  return {
    heard: () => void idle.refresh(),
    stop: () => {
      clearTimeout(total);
      clearTimeout(idle);
    },
  };
}
