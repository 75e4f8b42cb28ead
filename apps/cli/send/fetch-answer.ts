import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';

export interface FetchWish {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | FormData;
  /** Default 15 s. */
  readonly timeoutMs?: number;
}

/** One HTTP call; when nobody answers, a {@link CliError} that says so. */
export async function fetchAnswer(io: Io, url: string, wish: FetchWish = {}): Promise<Response> {
  const { timeoutMs = 15_000, ...request } = wish;
  try {
    return await fetch(url, {
      ...request,
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(timeoutMs)]),
    });
  } catch (cause) {
    if (io.signal.aborted) throw new CliError(EXIT.interrupted, said('cli.error.interrupted'), { cause });
    throw unreachable(url, cause);
  }
}

export function unreachable(url: string, cause: unknown): CliError {
  const { origin } = new URL(url);
  return new CliError(EXIT.unreachable, said('cli.error.no_answer', { origin, reason: reasonOf(cause) }), {
    cause,
    hint: said('cli.hint.running'),
  });
}

/** undici hides the socket's own error one or two levels down. */
export function reasonOf(error: unknown): string {
  for (let each = error as { code?: unknown; cause?: unknown; name?: string } | undefined; each; ) {
    if (typeof each.code === 'string') return each.code;
    if (each.name === 'TimeoutError') return 'no answer in time';
    each = each.cause as typeof each;
  }
  return (error as Error)?.message ?? String(error);
}
