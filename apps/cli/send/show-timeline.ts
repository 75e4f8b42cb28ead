import type { FollowWish } from '../commands/options.ts';
import type { Io } from '../io.ts';
import { type Painter, painter } from '../output/painter.ts';
import { followTimeline } from './follow-timeline.ts';
import { entryLines, standing } from './print-timeline.ts';
import type { SenderClient } from './sender-client.ts';
import { needsAction, type Timeline, waitsForReader } from './timeline.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

export interface ShowWish extends FollowWish {
  /** The recipient is a person, who can open the letter in the portal of the demonstration. */
  readonly toPerson?: boolean;
}

/** Follows a letter and shows it: entry by entry for people, as one object at the end for programs. */
export async function showTimeline(
  io: Io,
  client: SenderClient,
  id: string,
  wish: ShowWish,
): Promise<{ failed: boolean }> {
  const { texts } = io;
  const paint = painter(io.colour);
  const untilFinal = wish.wait ?? false;
  const { timeline, timedOut } = await followTimeline(io, client, id, {
    untilFinal,
    timeoutMs:
      wish.timeout === undefined ? (untilFinal ? undefined : DEFAULT_TIMEOUT_MS) : wish.timeout * 1000,
    onEntry: (entry) => {
      if (!wish.json) io.out(`${entryLines(entry, texts, paint)}\n`);
    },
    onWaiting: (timeline) => {
      if (!wish.json) io.out(`${summary(io, timeline, client, wish, paint).join('\n')}\n\n`);
    },
  });
  if (wish.json) {
    io.out(`${JSON.stringify({ ...timeline, waitsForReader: waitsForReader(timeline), timedOut })}\n`);
    return { failed: needsAction(timeline) };
  }
  const lines = summary(io, timeline, client, wish, paint);
  if (!timeline.final) lines.push(texts.t('cli.follow', { id }));
  io.out(`${lines.join('\n')}\n`);
  return { failed: needsAction(timeline) };
}

/** Where it stands, and how the recipient gets at it. */
function summary(
  { texts }: Io,
  timeline: Timeline,
  client: SenderClient,
  { toPerson }: ShowWish,
  paint: Painter,
): string[] {
  const { baseUrl, demonstration } = client.access;
  const open = toPerson && demonstration && waitsForReader(timeline);
  return [
    '',
    standing(timeline, texts, paint),
    ...(timeline.papir ? [texts.t('cli.paper', { url: timeline.papir })] : []),
    ...(open ? [texts.t('cli.open', { url: `${baseUrl}/` })] : []),
  ];
}
