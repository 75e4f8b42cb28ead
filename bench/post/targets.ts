import type { Target } from '../kit/report.ts';
import type { PostResults } from './results.ts';

/** What the platform shall reach on two cores with everything on one machine, and whether the run did. */
export function judgeTargets(results: PostResults): Target[] {
  return [
    ...acceptTargets(results),
    ...endToEndTargets(results),
    ...growthTargets(results),
    ...memoryTargets(results),
    ...startTargets(results),
  ];
}

function acceptTargets({ accept }: PostResults): Target[] {
  const figures = accept?.bySenders.find(({ senders }) => senders === 16);
  if (!figures) return [];
  const ratio = figures.perSecond / figures.barePerSecond;
  const { p99 } = figures.latency;
  return [
    {
      what: 'accept / bare accept, 16 senders',
      goal: '≥ 0.5',
      measured: ratio.toFixed(2),
      met: ratio >= 0.5,
    },
    { what: 'accept p99, 16 senders', goal: '< 250 ms', measured: `${p99.toFixed(0)} ms`, met: p99 < 250 },
  ];
}

function endToEndTargets({ endToEnd }: PostResults): Target[] {
  if (!endToEnd) return [];
  const { offered, accepted, backlog, backlogGrowth, seconds } = endToEnd;
  // A letter waits for others twice, and gives way to acceptance: a second's letters in waiting are no backlog. Growing by
  // one per cent of the load all the time is.
  const keptUp =
    accepted >= offered * 0.98 && (backlog.at(-1) ?? 0) <= offered && backlogGrowth <= offered / 100;
  return [
    {
      what: `end to end at 0.25 of bare accept for ${seconds} s`,
      goal: 'backlog does not grow',
      measured: `${accepted.toFixed(0)} of ${offered}/s accepted, ${backlog.at(-1) ?? 0} jobs waiting at the end`,
      met: keptUp,
    },
  ];
}

function growthTargets({ growth }: PostResults): Target[] {
  return (growth?.rows ?? []).map(({ what, ratio }) => ({
    what: `${what}, ${growth!.many.toLocaleString('en')} / ${growth!.few.toLocaleString('en')} letters`,
    goal: '≤ 1.15',
    measured: ratio.toFixed(2),
    met: ratio <= 1.15,
  }));
}

function memoryTargets({ large, start }: PostResults): Target[] {
  const mb = (value: number) => `${value.toFixed(0)} MB`;
  const targets: Target[] = [];
  if (large) {
    for (const [name, { addedMb }] of [
      ['digital only', large.digital],
      ['printed', large.printable],
    ] as const)
      targets.push({
        what: `added memory, ${large.megabytes} MB letter, ${name}`,
        goal: '< 150 MB',
        measured: mb(addedMb),
        met: addedMb < 150,
      });
  }
  if (start)
    targets.push({
      what: 'idle server without PostgreSQL',
      goal: '< 250 MB',
      measured: mb(start.idleMb),
      met: start.idleMb < 250,
    });
  return targets;
}

function startTargets({ start }: PostResults): Target[] {
  if (!start) return [];
  const s = (value: number) => `${value.toFixed(1)} s`;
  return [
    { what: 'first start', goal: '< 20 s', measured: s(start.firstSeconds), met: start.firstSeconds < 20 },
    { what: 'later starts', goal: '< 5 s', measured: s(start.laterSeconds), met: start.laterSeconds < 5 },
  ];
}
