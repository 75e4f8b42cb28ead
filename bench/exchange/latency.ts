import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../kit/server-process.ts';
import { type Latency, latencyOf } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { Generator } from '../load/generator.ts';
import { account, messagePlan } from './accounts.ts';
import { startConsumer } from './consumer.ts';
import { PAYLOAD_BYTES } from './throughput.ts';

export interface LatencyReport {
  readonly perSecond: number;
  readonly seconds: number;
  readonly messages: number;
  /** From the call until its 202, ms. */
  readonly accept: Latency;
  /** From the call until the consumer has the message, ms. */
  readonly delivery: Latency;
}

/** How long a message is under way when the platform has little to do. */
export async function measureLatency(
  workspace: Workspace,
  generator: Generator,
  { perSecond, durationMs }: { readonly perSecond: number; readonly durationMs: number },
): Promise<LatencyReport> {
  const server = await startServer(workspace, { dataDir: await workspace.folder('latency') });
  const consumer = startConsumer(workspace);
  const [from, to] = [account(server, 0), account(server, 1)];
  await consumer.open({ address: await to.address(), queue: to.queue, prefetch: 10, declare: false });
  const wish = { from, to, payloadBytes: PAYLOAD_BYTES, connections: 8 };
  await generator.run(await messagePlan(server, { ...wish, durationMs: 3000 }));
  await sleep(1000);
  await consumer.report();
  const result = await generator.run(await messagePlan(server, { ...wish, durationMs, perSecond }));
  await sleep(500);
  const { latencies } = await consumer.report();
  await consumer.stop();
  await server.stop();
  return {
    perSecond,
    seconds: durationMs / 1000,
    messages: latencies.length,
    accept: latencyOf(result.latencies),
    delivery: latencyOf(latencies),
  };
}
