import { markdownTables, ms, type Table, targetTable, terminalTables, whole } from '../kit/report.ts';
import type { AcceptFigures } from './accept.ts';
import { NOTE } from './note.ts';
import type { PostResults } from './results.ts';
import { judgeTargets } from './targets.ts';

/** The figures as plain text. */
export function terminalReport(results: PostResults): string {
  return `${terminalTables(tables(results))}\n${facts(results)
    .map((fact) => `${fact}\n`)
    .join('')}`;
}

/** The section of docs/performance.md. */
export function markdownReport(results: PostResults): string {
  return `${INTRODUCTION}\n${facts(results)
    .map((fact) => `- ${fact}\n`)
    .join('')}\n${markdownTables(tables(results), 3)}${NOTE}`;
}

const INTRODUCTION = `## Letters

Written by \`npm run bench -- post --write\`; change \`bench/post/report.ts\`, not this section. Everything (load generator,
server, simulated channels and registers, PostgreSQL) shares one machine, and what else the machine does takes its part.
So compare the columns of one run, not figures of different runs: each rate stands beside a raw limit that was measured
in turns with it.

- *Bare accept*: the smallest Fastify handler that takes the same multipart message, hashes, encrypts (AES-256-GCM),
  writes and fsyncs file and folder. No login, no rules, no look into the PDF, no database.
- *Single inserts*: one small row per transaction, 16 connections, the same PostgreSQL with the same settings.
- A *letter* is SvarUt REST v2 metadata and one real PDF of 100 kB. It is answered when rows and document are on disk.
`;

function facts({ date, quick, machine, database, start }: PostResults): string[] {
  const { fsync } = machine;
  return [
    `${date.toISOString().slice(0, 10)}${quick ? ', QUICK RUN: too short for figures' : ''}`,
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGb.toFixed(0)} GB, ${machine.system}`,
    `Node.js ${machine.node}, PostgreSQL ${database}`,
    `fsync of 4 kB: ${ms(fsync.p50)} ms median, ${ms(fsync.p99)} ms p99`,
    ...(start ? [`PostgreSQL when idle: ${whole(start.idleDatabaseMb)} MB`] : []),
  ];
}

function tables(results: PostResults): Table[] {
  return [
    targetTable(judgeTargets(results)),
    ...acceptTable(results),
    ...endToEndTable(results),
    ...growthTable(results),
    ...largeTable(results),
  ].filter((table) => table.rows.length > 0);
}

function acceptTable({ accept, inserts }: PostResults): Table[] {
  const row = (name: string, figures: AcceptFigures) => [
    name,
    whole(figures.perSecond),
    whole(figures.barePerSecond),
    (figures.perSecond / figures.barePerSecond).toFixed(2),
    `${ms(figures.latency.p50)} / ${ms(figures.latency.p95)} / ${ms(figures.latency.p99)}`,
    `${ms(figures.bareLatency.p50)} / ${ms(figures.bareLatency.p95)} / ${ms(figures.bareLatency.p99)}`,
    String(figures.errors),
    whole(figures.memory.processMb),
    figures.memory.childrenMb > 0 ? whole(figures.memory.childrenMb) : '–',
  ];
  const rows = accept
    ? [
        ...accept.bySenders.map((figures) => row(String(figures.senders), figures)),
        row(`16, for ${accept.heldSeconds} s`, accept.held),
        row('16, accepting only', accept.webOnly),
      ]
    : [];
  const limit = inserts === undefined ? '' : ` Single inserts: ${whole(inserts)}/s.`;
  return [
    {
      title: 'Accepting letters',
      note: `Rounds of a few seconds. The server delivers what it accepts, in the same process; with many senders delivery gives way for five seconds at each of its two steps, so a long round shows the rate that can be held. "Accepting only" is \`ROLE=web\` with another process's work left undone.${limit} Memory: the highest seen, server and PostgreSQL apart.`,
      head: [
        'senders',
        'letters/s',
        'bare/s',
        'ratio',
        'p50 / p95 / p99 ms',
        'bare p50 / p95 / p99 ms',
        'errors',
        'server MB',
        'PostgreSQL MB',
      ],
      rows,
    },
    ...(inserts === undefined || accept
      ? []
      : [{ title: 'Raw limit', head: ['what', '/s'], rows: [['single inserts', whole(inserts)]] }]),
  ];
}

function endToEndTable({ endToEnd }: PostResults): Table[] {
  if (!endToEnd) return [];
  const { acceptLatency: accept, toNotified: notified, memory } = endToEnd;
  return [
    {
      title: 'From acceptance to VARSLET',
      note: 'A steady load of a quarter of the bare accept rate: register look-up, choice of channel and the message to Altinn, all over HTTP. The time runs from the answer to the sender to the change of status.',
      head: ['figure', 'value'],
      rows: [
        ['offered', `${endToEnd.offered}/s for ${endToEnd.seconds} s`],
        ['accepted', `${endToEnd.accepted.toFixed(0)}/s`],
        [
          'notified',
          `${whole(endToEnd.notified)} of ${whole(endToEnd.letters)}, ${endToEnd.notifiedPerSecond.toFixed(0)}/s`,
        ],
        ['accept p50 / p95 / p99', `${ms(accept.p50)} / ${ms(accept.p95)} / ${ms(accept.p99)} ms`],
        [
          'accept to VARSLET p50 / p95 / p99',
          `${ms(notified.p50)} / ${ms(notified.p95)} / ${ms(notified.p99)} ms`,
        ],
        [
          'jobs waiting, highest / at the end',
          `${whole(Math.max(0, ...endToEnd.backlog))} / ${whole(endToEnd.backlog.at(-1) ?? 0)}`,
        ],
        ['backlog growth', `${endToEnd.backlogGrowth.toFixed(1)} jobs per s`],
        ['memory, server / PostgreSQL', `${whole(memory.processMb)} / ${whole(memory.childrenMb)} MB`],
      ],
    },
  ];
}

function growthTable({ growth }: PostResults): Table[] {
  if (!growth) return [];
  const many = whole(growth.many);
  return [
    {
      title: 'Growth',
      note: `Median time of a call with ${whole(growth.few)} and with ${many} letters stored (${whole(growth.databaseMb)} MB of database), in turns. Accept with 16 senders; status of 1 and of 100 letters drawn from all over the table, and of 100 recent ones, as senders ask.`,
      head: ['call', `${whole(growth.few)} letters, ms`, `${many} letters, ms`, 'ratio'],
      rows: growth.rows.map(({ what, fewMs, manyMs, ratio }) => [
        what,
        fewMs.toFixed(2),
        manyMs.toFixed(2),
        ratio.toFixed(2),
      ]),
    },
  ];
}

function largeTable({ large }: PostResults): Table[] {
  if (!large) return [];
  return [
    {
      title: `One letter of ${large.megabytes} MB`,
      note: 'Added memory: the highest resident memory of the server from the upload until the status shown, above idle.',
      head: ['letter', 'accepted after s', 'status', 'after another s', 'idle MB', 'added MB'],
      rows: [['digital only', large.digital] as const, ['printed', large.printable] as const].map(
        ([name, figures]) => [
          name,
          figures.seconds.toFixed(1),
          figures.status,
          figures.deliverySeconds.toFixed(1),
          whole(figures.idleMb),
          whole(figures.addedMb),
        ],
      ),
    },
  ];
}
