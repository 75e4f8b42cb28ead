import { CliError, EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fetchAnswer } from '../send/fetch-answer.ts';

export interface QueueStatus {
  readonly queue: string;
  readonly pending: number;
  /** Jobs that have failed for good. */
  readonly dead: number;
  /** Age of the oldest job that should have run. */
  readonly oldestSeconds: number;
}

export interface PlatformStatus {
  readonly baseUrl: string;
  readonly version: string | undefined;
  readonly ready: boolean;
  readonly database: string;
  readonly queues: readonly QueueStatus[];
}

/** Asks a running platform how it is. Throws with exit code 3 when nobody answers. */
export async function readStatus(io: Io, baseUrl: string): Promise<PlatformStatus> {
  const live = await fetchAnswer(io, `${baseUrl}/health/live`);
  if (!live.ok) {
    throw new CliError(EXIT.unreachable, `${baseUrl} answers, but not as Grunnmur (${live.status})`, {
      hint: 'Check the address: --base-url, or PORT and PUBLIC_URL.',
    });
  }
  const [ready, openapi, metrics] = await Promise.all(
    ['/health/ready', '/api/openapi.json', '/metrics'].map((path) => fetchAnswer(io, `${baseUrl}${path}`)),
  );
  const health = (await ready!.json().catch(() => ({}))) as { database?: string };
  const description = (await openapi!.json().catch(() => ({}))) as { info?: { version?: string } };
  return {
    baseUrl,
    version: description.info?.version,
    ready: ready!.ok,
    database: health.database ?? 'unknown',
    queues: readQueues(await metrics!.text()),
  };
}

const SAMPLE = /^grunnmur_jobs_(pending|dead|oldest_seconds)\{queue="([^"]+)"\} (\S+)$/gm;

/** Queues from Prometheus' text format, by name. */
export function readQueues(metrics: string): readonly QueueStatus[] {
  const queues = new Map<string, Record<string, number>>();
  for (const [, kind, queue, value] of metrics.matchAll(SAMPLE)) {
    queues.set(queue!, { ...queues.get(queue!), [kind!]: Number(value) });
  }
  return [...queues]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([queue, { pending = 0, dead = 0, oldest_seconds = 0 }]) => ({
      queue,
      pending,
      dead,
      oldestSeconds: oldest_seconds,
    }));
}
