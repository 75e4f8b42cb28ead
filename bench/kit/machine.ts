import { open } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { type Latency, latencyOf } from './stats.ts';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Writing 4 kB and fsync, ms. */
  readonly fsync: Latency;
}

/** What the figures were measured on; `folder` lies on the disk that the bench writes to. */
export async function describeMachine(folder: string): Promise<Machine> {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: totalmem() / 1024 ** 3,
    system: `${type()} ${release()}`,
    node: process.version,
    fsync: await fsyncLatency(folder),
  };
}

async function fsyncLatency(folder: string): Promise<Latency> {
  const file = await open(join(folder, 'fsync-probe'), 'w');
  try {
    const block = Buffer.alloc(4096, 1);
    const times: number[] = [];
    for (let round = 0; round < 300; round++) {
      const started = performance.now();
      await file.write(block);
      await file.sync();
      times.push(performance.now() - started);
    }
    return latencyOf(times);
  } finally {
    await file.close();
  }
}
