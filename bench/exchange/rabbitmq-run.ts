import { join } from 'node:path';
import { findRabbitmq, type Rabbitmq, startRabbitmq } from '@grunnmur/kernel/testing';
import { type Child, startChild } from '../kit/child.ts';
import { cpuTime } from '../kit/cpu.ts';
import { type Latency, latencyOf } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';
import { type Consumer, rateWithin, startConsumer } from './consumer.ts';

export interface PublishTask {
  readonly url: string;
  readonly queue: string;
  readonly publishers: number;
  readonly payloadBytes: number;
  readonly durationMs: number;
}

export interface PublishResult {
  readonly latencies: Float64Array;
}

export interface MoveResult {
  /** Messages per second from end to end. */
  readonly perSecond: number;
  /** From sending to delivery, ms. */
  readonly latency: Latency;
  /** Processor time of the broker (for us: the server) for each message, ms, and of its database. */
  readonly cpuMs: number;
  readonly databaseCpuMs: number;
}

/** The raw limit: RabbitMQ on the same machine. */
export interface RabbitmqSide {
  readonly version: string;
  run(publishers: number, payloadBytes: number, durationMs: number): Promise<MoveResult>;
  stop(): Promise<void>;
}

const QUEUE = 'bench';
const PREFETCH = 100;

/** Undefined when RabbitMQ is not installed. */
export async function startRabbitmqSide(workspace: Workspace): Promise<RabbitmqSide | undefined> {
  if (!findRabbitmq()) return undefined;
  const broker = await startRabbitmq({ folder: join(await workspace.folder('rabbitmq'), 'broker') });
  workspace.onClose(broker.stop);
  const publisher = startChild(workspace, new URL('./rabbitmq-publisher.ts', import.meta.url));
  const consumer = startConsumer(workspace);
  await consumer.open({ address: broker.url, queue: QUEUE, prefetch: PREFETCH, declare: true });
  return {
    version: broker.version,
    run: (publishers, payloadBytes, durationMs) =>
      run(broker, publisher, consumer, {
        url: broker.url,
        queue: QUEUE,
        publishers,
        payloadBytes,
        durationMs,
      }),
    stop: async () => {
      await consumer.stop();
      await publisher.stop();
      await broker.stop();
    },
  };
}

async function run(
  broker: Rabbitmq,
  publisher: Child,
  consumer: Consumer,
  task: PublishTask,
): Promise<MoveResult> {
  await consumer.report();
  const started = Date.now();
  const before = await cpuTime(broker.pid());
  await publisher.ask<PublishResult>(task, task.durationMs + 60_000);
  const after = await cpuTime(broker.pid());
  const report = await consumer.report();
  return {
    perSecond: rateWithin(report, started + task.durationMs / 5, started + task.durationMs),
    latency: latencyOf(report.latencies),
    cpuMs: (after.processMs - before.processMs) / report.arrivals.length,
    databaseCpuMs: 0,
  };
}
