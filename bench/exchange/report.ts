import type { Machine } from '../kit/machine.ts';
import {
  markdownTables,
  ms,
  type Table,
  type Target,
  targetTable,
  terminalTables,
  whole,
} from '../kit/report.ts';
import type { Latency } from '../kit/stats.ts';
import type { BacklogReport } from './backlog.ts';
import type { IdleReport } from './idle.ts';
import type { LargeDocumentReport } from './large-document.ts';
import type { LatencyReport } from './latency.ts';
import { NOTE } from './note.ts';
import type { MoveResult } from './rabbitmq-run.ts';
import { PAYLOAD_BYTES, type ThroughputFigures, type ThroughputReport } from './throughput.ts';

/** One run of the bench; parts that were not asked for are undefined. */
export interface ExchangeResults {
  readonly date: Date;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly throughput: ThroughputReport | undefined;
  readonly latency: LatencyReport | undefined;
  readonly backlog: BacklogReport | undefined;
  readonly idle: IdleReport | undefined;
  readonly document: LargeDocumentReport | undefined;
}

/** The figures as plain text. */
export function terminalReport(results: ExchangeResults): string {
  return `${terminalTables(tables(results))}\n${facts(results)
    .map((fact) => `${fact}\n`)
    .join('')}`;
}

/** The section of docs/performance.md. */
export function markdownReport(results: ExchangeResults): string {
  return `${INTRODUCTION}\n${facts(results)
    .map((fact) => `- ${fact}\n`)
    .join('')}\n${markdownTables(tables(results), 3)}${NOTE}`;
}

const INTRODUCTION = `## Fiks IO

Written by \`npm run bench -- exchange --write\`; change \`bench/exchange/report.ts\`, not this section. A *message* has
${PAYLOAD_BYTES} bytes of payload, is sent over HTTP, delivered over AMQP to the published client \`amqplib\` and acknowledged at once;
everything is on disk before it is answered. The raw limit is RabbitMQ on the same machine, in turns with us: a durable
queue, persistent messages, publishers that each await the confirm of one message before they send the next, \`amqplib\` at both
ends. What else the machine does takes its part: compare within a row.
`;

function facts({ date, quick, machine, throughput }: ExchangeResults): string[] {
  const broker =
    throughput && `RabbitMQ ${throughput.rabbitmqVersion ?? 'is not installed: our figures stand alone'}`;
  return [
    `${date.toISOString().slice(0, 10)}${quick ? ', QUICK RUN: too short for figures' : ''}`,
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGb.toFixed(0)} GB, ${machine.system}, Node.js ${machine.node}`,
    `fsync of 4 kB: ${ms(machine.fsync.p50)} ms median, ${ms(machine.fsync.p99)} ms p99`,
    ...(broker ? [broker] : []),
  ];
}

function tables(results: ExchangeResults): Table[] {
  return [targetTable(judgeTargets(results)), throughputTable(results.throughput), restTable(results)].filter(
    (table) => table.rows.length > 0,
  );
}

const spread = ({ p50, p95, p99 }: Latency) => `${ms(p50)} / ${ms(p95)} / ${ms(p99)}`;

function throughputTable(report: ThroughputReport | undefined): Table {
  const theirs = (move: MoveResult | undefined, text: (move: MoveResult) => string) =>
    move ? text(move) : '–';
  const row = ({ senders, ours, rabbitmq, ratio, accept, memory }: ThroughputFigures) => [
    String(senders),
    whole(ours.perSecond),
    theirs(rabbitmq, ({ perSecond }) => whole(perSecond)),
    rabbitmq ? ratio.toFixed(2) : '–',
    spread(accept),
    spread(ours.latency),
    theirs(rabbitmq, ({ latency }) => spread(latency)),
    `${ours.cpuMs.toFixed(2)} + ${ours.databaseCpuMs.toFixed(2)}`,
    theirs(rabbitmq, ({ cpuMs }) => cpuMs.toFixed(2)),
    `${whole(memory.processMb)} + ${whole(memory.childrenMb)}`,
  ];
  return {
    title: 'Messages per second',
    note: 'Processor time of the server and of PostgreSQL for each message, beside the broker’s; memory likewise. Latencies are p50 / p95 / p99.',
    head: [
      'senders',
      'messages/s',
      'RabbitMQ/s',
      'ratio',
      'accepted ms',
      'delivered ms',
      'RabbitMQ ms',
      'CPU ms',
      'RabbitMQ CPU ms',
      'MB',
    ],
    rows: report ? report.bySenders.map(row) : [],
  };
}

function restTable({ latency, backlog, idle, document }: ExchangeResults): Table {
  const rows: string[][] = [];
  if (latency)
    rows.push(
      [`accepted, ${latency.perSecond}/s for ${latency.seconds} s`, `${spread(latency.accept)} ms`],
      [`delivered, ${whole(latency.messages)} messages`, `${spread(latency.delivery)} ms`],
    );
  if (backlog)
    rows.push(
      [`a message with ${whole(backlog.few)} waiting, one consumer`, `${backlog.fewMs.toFixed(2)} ms`],
      [`with ${whole(backlog.many)} waiting`, `${backlog.manyMs.toFixed(2)} ms`],
      ['server memory, highest, few / many waiting', `${whole(backlog.fewMb)} / ${whole(backlog.manyMb)} MB`],
    );
  if (idle)
    rows.push(
      [
        `server memory before / with ${whole(idle.connections)} idle connections`,
        `${whole(idle.beforeMb)} / ${whole(idle.idleMb)} MB`,
      ],
      [
        `connections lost in ${idle.seconds} s with heartbeats every ${idle.heartbeatSeconds} s`,
        `${idle.lost} (${whole(idle.heartbeats)} heartbeats came; opening took ${idle.openSeconds.toFixed(1)} s)`,
      ],
    );
  if (document)
    rows.push(
      [
        `upload / download of ${whole(document.megabytes)} MB`,
        `${ms(document.uploadSeconds)} / ${ms(document.downloadSeconds)} s`,
      ],
      [
        'added memory, upload / download',
        `${whole(document.uploadAddedMb)} / ${whole(document.downloadAddedMb)} MB`,
      ],
    );
  return { title: 'Latency, backlog, connections, documents', head: ['what', 'measured'], rows };
}

/** What the room shall reach on two cores with everything on one machine, and whether the run did. */
function judgeTargets({ throughput, latency, backlog, idle, document }: ExchangeResults): Target[] {
  const targets: Target[] = [];
  const add = (what: string, goal: string, measured: string, met: boolean) =>
    targets.push({ what, goal, measured, met });
  const sixteen = throughput?.bySenders.find(({ senders }) => senders === 16);
  if (sixteen?.rabbitmq)
    add('messages / RabbitMQ’s, 16 senders', '≥ 0.25', sixteen.ratio.toFixed(2), sixteen.ratio >= 0.25);
  if (latency) {
    const { p50, p99 } = latency.delivery;
    const at = `${latency.perSecond}/s`;
    add(`delivered at ${at}, p50`, '< 10 ms', `${ms(p50)} ms`, p50 < 10);
    add(`delivered at ${at}, p99`, '< 60 ms', `${ms(p99)} ms`, p99 < 60);
  }
  if (backlog) {
    const { many, ratio, fewMb, manyMb } = backlog;
    add(`time of a message, ${whole(many)} / 1,000 waiting`, '≤ 1.2', ratio.toFixed(2), ratio <= 1.2);
    add(
      'server memory with the backlog',
      'does not grow',
      `${whole(fewMb)} → ${whole(manyMb)} MB`,
      manyMb - fewMb < 40,
    );
  }
  if (idle) {
    add(
      `server with ${whole(idle.connections)} idle connections`,
      '< 400 MB',
      `${whole(idle.idleMb)} MB`,
      idle.idleMb < 400,
    );
    add('heartbeats hold', 'none lost', `${idle.lost} lost`, idle.lost === 0 && idle.heartbeats > 0);
  }
  if (document) {
    const added = Math.max(document.uploadAddedMb, document.downloadAddedMb);
    add(
      `added memory, ${whole(document.megabytes)} MB document`,
      '< 150 MB',
      `${whole(added)} MB`,
      added < 150,
    );
  }
  return targets;
}
