import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import type { LoadPlan, LoadResult } from './plan.ts';
import { jsonRequests, letterRequests, messageRequests, type RequestMaker } from './requests.ts';

// Runs in a process of its own: takes a plan, sends the load, answers with what happened.
process.on('message', (plan: LoadPlan) => {
  run(plan).then(
    (result) => process.send!(result),
    (error: Error) => process.send!({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());

interface Tally {
  readonly latencies: number[];
  readonly errors: Record<string, number>;
  readonly ids: string[];
  readonly acceptedAt: number[];
}

/** When request number `index` is to be sent, in ms after the start; undefined: as soon as somebody is free. */
type Timetable = (index: number) => number | undefined;

async function run(plan: LoadPlan): Promise<LoadResult> {
  const make = requestMaker(plan);
  const perSecond = plan.kind === 'json' ? undefined : plan.perSecond;
  const timetable: Timetable = (index) => (perSecond ? (index * 1000) / perSecond : undefined);
  const tally: Tally = { latencies: [], errors: {}, ids: [], acceptedAt: [] };
  let next = 0;
  const started = performance.now();
  const senders = Array.from({ length: plan.connections }, () =>
    send(plan, make, timetable, tally, started, () => next++),
  );
  await Promise.all(senders);
  const counted = performance.now() - started - plan.warmupMs;
  return {
    ok: tally.latencies.length,
    perSecond: (tally.latencies.length * 1000) / counted,
    latencies: Float64Array.from(tally.latencies),
    errors: tally.errors,
    ids: tally.ids,
    acceptedAt: Float64Array.from(tally.acceptedAt),
  };
}

function requestMaker(plan: LoadPlan): RequestMaker {
  switch (plan.kind) {
    case 'letters':
      return letterRequests(plan);
    case 'json':
      return jsonRequests(plan);
    case 'messages':
      return messageRequests(plan);
  }
}

async function send(
  plan: LoadPlan,
  make: RequestMaker,
  timetable: Timetable,
  tally: Tally,
  started: number,
  take: () => number,
): Promise<void> {
  const connection = openConnection(plan.port);
  try {
    while (performance.now() - started < plan.durationMs) {
      const index = take();
      const due = timetable(index);
      if (due !== undefined) {
        if (due >= plan.durationMs) return;
        const wait = started + due - performance.now();
        if (wait > 0) await sleep(wait);
      }
      // With a timetable the clock starts when the letter was due: a late sender must not hide a slow server.
      const from = due === undefined ? performance.now() : started + due;
      const answer = await connection
        .send(make(index))
        .catch((error: Error) => ({ status: 0, body: error.message }));
      record(plan, tally, answer, from, started);
      if (answer.status === 0) await sleep(50);
    }
  } finally {
    connection.close();
  }
}

function record(
  plan: LoadPlan,
  tally: Tally,
  answer: { status: number; body: string },
  from: number,
  started: number,
): void {
  const now = performance.now();
  if (answer.status < 200 || answer.status > 299) {
    const what = answer.status === 0 ? answer.body : `HTTP ${answer.status} ${errorCode(answer.body)}`;
    tally.errors[what] = (tally.errors[what] ?? 0) + 1;
    return;
  }
  if (plan.kind === 'letters') {
    tally.ids.push(answer.body.slice(7, 43));
    tally.acceptedAt.push(performance.timeOrigin + now);
  }
  if (now - started >= plan.warmupMs) tally.latencies.push(now - from);
}

/** The face's code for the error: the same for all errors of a kind, as their texts are not. */
function errorCode(body: string): string {
  return /"errorCode":"(\w+)"/.exec(body)?.[1] ?? '';
}
