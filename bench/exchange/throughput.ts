import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTime } from '../kit/cpu.ts';
import { type MemorySample, sampleMemory } from '../kit/sampler.ts';
import { type ServerProcess, startServer } from '../kit/server-process.ts';
import { type Latency, latencyOf, median } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { Generator } from '../load/generator.ts';
import { account, messagePlan } from './accounts.ts';
import { type Consumer, rateWithin, startConsumer } from './consumer.ts';
import { type MoveResult, startRabbitmqSide } from './rabbitmq-run.ts';

export const PAYLOAD_BYTES = 2048;
const PREFETCH = 100;

export interface ThroughputFigures {
  readonly senders: number;
  readonly ours: MoveResult;
  /** Undefined when RabbitMQ is not installed. */
  readonly rabbitmq: MoveResult | undefined;
  /** Median of the ratios of the rounds. */
  readonly ratio: number;
  /** From the call to its 202, ms. */
  readonly accept: Latency;
  readonly memory: MemorySample;
}

export interface ThroughputReport {
  readonly rabbitmqVersion: string | undefined;
  readonly bySenders: readonly ThroughputFigures[];
}

export interface ThroughputOptions {
  readonly rounds: number;
  readonly durationMs: number;
  readonly senders: readonly number[];
}

/**
 * Messages per second from HTTP send over AMQP to the acknowledgement, all durable, and RabbitMQ's in turns with ours, so that
 * what else the machine does falls on both.
 */
export async function measureThroughput(
  workspace: Workspace,
  generator: Generator,
  options: ThroughputOptions,
): Promise<ThroughputReport> {
  const rabbitmq = await startRabbitmqSide(workspace);
  const server = await startServer(workspace, { dataDir: await workspace.folder('throughput') });
  const consumer = startConsumer(workspace);
  const to = account(server, 1);
  await consumer.open({ address: await to.address(), queue: to.queue, prefetch: PREFETCH, declare: false });
  const bySenders: ThroughputFigures[] = [];
  for (const senders of options.senders) {
    const warm = Math.min(2000, options.durationMs);
    await rabbitmq?.run(senders, PAYLOAD_BYTES, warm);
    await runOurs(server, generator, consumer, senders, warm);
    const sampler = sampleMemory(server.pid);
    const ours: OurResult[] = [];
    const theirs: MoveResult[] = [];
    for (let round = 0; round < options.rounds; round++) {
      if (rabbitmq) theirs.push(await rabbitmq.run(senders, PAYLOAD_BYTES, options.durationMs));
      ours.push(await runOurs(server, generator, consumer, senders, options.durationMs));
    }
    bySenders.push({
      senders,
      ours: middle(ours.map(({ move }) => move)),
      rabbitmq: rabbitmq && middle(theirs),
      ratio: median(theirs.map((their, round) => ours[round]!.move.perSecond / their.perSecond)),
      accept: latencyOf(ours.flatMap(({ accept }) => [...accept])),
      memory: await sampler.stop(),
    });
  }
  await consumer.stop();
  await server.stop();
  await rabbitmq?.stop();
  return { rabbitmqVersion: rabbitmq?.version, bySenders };
}

interface OurResult {
  readonly move: MoveResult;
  readonly accept: Float64Array;
}

async function runOurs(
  server: ServerProcess,
  generator: Generator,
  consumer: Consumer,
  senders: number,
  durationMs: number,
): Promise<OurResult> {
  const plan = await messagePlan(server, {
    from: account(server, 0),
    to: account(server, 1),
    payloadBytes: PAYLOAD_BYTES,
    connections: senders,
    durationMs,
  });
  await consumer.report();
  const started = Date.now();
  const before = await cpuTime(server.pid);
  const result = await generator.run(plan);
  const ended = Date.now();
  await sleep(200); // what was accepted last is still on its way
  const after = await cpuTime(server.pid);
  const report = await consumer.report();
  if (report.arrivals.length < result.ok)
    throw new Error(`${result.ok} accepted, ${report.arrivals.length} came`);
  return {
    move: {
      perSecond: rateWithin(report, started + plan.warmupMs, ended),
      latency: latencyOf(report.latencies),
      cpuMs: (after.processMs - before.processMs) / report.arrivals.length,
      databaseCpuMs: (after.childrenMs - before.childrenMs) / report.arrivals.length,
    },
    accept: result.latencies,
  };
}

function middle(results: readonly MoveResult[]): MoveResult {
  const of = (figure: (result: MoveResult) => number) => median(results.map(figure));
  return {
    perSecond: of(({ perSecond }) => perSecond),
    latency: {
      p50: of(({ latency }) => latency.p50),
      p95: of(({ latency }) => latency.p95),
      p99: of(({ latency }) => latency.p99),
    },
    cpuMs: of(({ cpuMs }) => cpuMs),
    databaseCpuMs: of(({ databaseCpuMs }) => databaseCpuMs),
  };
}
