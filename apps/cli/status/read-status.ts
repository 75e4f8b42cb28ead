import type { Place } from '../access/place.ts';
import { CliError, EXIT, said } from '../exit-codes.ts';
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
  /** Undefined when nobody outside is told, as behind the proxy of docs/deployment.md. */
  readonly ready: boolean | undefined;
  readonly database: string | undefined;
  /** Where the queues were read; undefined when no address gives them out here. */
  readonly metricsUrl: string | undefined;
  readonly queues: readonly QueueStatus[];
}

export interface StatusWish {
  /** Where metrics are, when it is neither the address nor this machine's own server. */
  readonly metricsUrl?: string | undefined;
}

/**
 * Asks a running platform how it is. Health and metrics are for the operator: they are looked for past the proxy first, and
 * one that is closed to us is no fault. Throws with exit code 3 when nobody answers, or somebody else does.
 */
export async function readStatus(
  io: Io,
  { baseUrl, localUrl, operationsUrl }: Pick<Place, 'baseUrl' | 'localUrl' | 'operationsUrl'>,
  { metricsUrl }: StatusWish = {},
): Promise<PlatformStatus> {
  const openapi = await fetchAnswer(io, `${localUrl ?? baseUrl}/api/openapi.json`);
  const { info } = (await openapi.json().catch(() => ({}))) as {
    info?: { title?: string; version?: string };
  };
  if (!openapi.ok || !info?.title?.includes('Grunnmur')) {
    throw new CliError(
      EXIT.unreachable,
      said('cli.error.not_grunnmur', { baseUrl, status: openapi.status }),
      {
        hint: said('cli.hint.address_wrong'),
      },
    );
  }
  const inside = operationsUrl ?? localUrl ?? baseUrl;
  const [ready, metrics] = await Promise.all([
    openAt(io, [`${inside}/health/ready`], [503]),
    openAt(io, metricsUrl ? [metricsUrl] : [`${inside}/metrics`]),
  ]);
  const health = (await ready?.answer.json().catch(() => ({}))) as { database?: string } | undefined;
  return {
    baseUrl,
    version: info.version,
    ready: ready?.answer.ok,
    database: health?.database,
    metricsUrl: metrics?.url,
    queues: metrics ? readQueues(await metrics.answer.text()) : [],
  };
}

/** The first of the addresses that answers us, with 2xx or another status that is an answer. */
async function openAt(io: Io, urls: readonly string[], alsoGood: readonly number[] = []) {
  for (const url of urls) {
    const answer = await fetchAnswer(io, url).catch((error: unknown) => {
      if (io.signal.aborted) throw error;
      return undefined;
    });
    if (answer && (answer.ok || alsoGood.includes(answer.status))) return { url, answer };
    await answer?.body?.cancel();
  }
  return undefined;
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
