import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { SenderClient } from './sender-client.ts';
import { type Timeline, type TimelineEntry, waitsForReader } from './timeline.ts';

export interface FollowOptions {
  /** Go on after the platform has done its part, until the letter is opened, printed or given up. */
  readonly untilFinal: boolean;
  /** Undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly onEntry: (entry: TimelineEntry) => void;
  /** Called when it becomes the recipient's turn and we go on following. */
  readonly onWaiting: (timeline: Timeline) => void;
}

export interface Followed {
  readonly timeline: Timeline;
  readonly timedOut: boolean;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** Failed look-ups in a row before we give up; a restart of the server takes a few seconds. */
const MAX_FAILURES = 15;

/** Shows each entry once, as it comes. Entries are only ever added (see the API), so a count says which are new. */
export async function followTimeline(
  io: Io,
  client: SenderClient,
  id: string,
  options: FollowOptions,
): Promise<Followed> {
  const deadline = options.timeoutMs === undefined ? undefined : io.now().getTime() + options.timeoutMs;
  let pause = FIRST_PAUSE_MS;
  let shown = 0;
  let failures = 0;
  let waiting = false;
  for (;;) {
    const timeline = await client.timeline(id).catch((error: unknown) => {
      failures++;
      if (!isTemporary(error) || shown === 0 || failures > MAX_FAILURES) throw error;
      return undefined;
    });
    if (timeline) {
      failures = 0;
      if (timeline.entries.length > shown) pause = FIRST_PAUSE_MS;
      for (const entry of timeline.entries.slice(shown)) options.onEntry(entry);
      shown = timeline.entries.length;
      const done = timeline.final || (!options.untilFinal && waitsForReader(timeline));
      if (done) return { timeline, timedOut: false };
      if (waitsForReader(timeline) && !waiting) options.onWaiting(timeline);
      waiting = waitsForReader(timeline);
      if (deadline !== undefined && io.now().getTime() >= deadline) return { timeline, timedOut: true };
    }
    await rest(io, pause);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
  }
}

async function rest(io: Io, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: io.signal }).catch((cause: unknown) => {
    throw new CliError(EXIT.interrupted, said('cli.error.interrupted'), { cause });
  });
}

function isTemporary(error: unknown): boolean {
  return error instanceof CliError && error.exitCode === EXIT.unreachable;
}
