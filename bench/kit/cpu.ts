import { readFile } from 'node:fs/promises';
import { descendantsOf } from './memory.ts';

/** A clock tick of `/proc/<pid>/stat` (proc(5)): 100 a second on every Linux that we know. */
const TICK_MS = 10;

export interface CpuTime {
  /** Processor time of the process, ms. */
  readonly processMs: number;
  /** Of the processes below it (for the server: its PostgreSQL), ms. */
  readonly childrenMs: number;
}

/** Processor time used so far; other systems than Linux give 0. */
export async function cpuTime(pid: number): Promise<CpuTime> {
  let childrenMs = 0;
  for (const child of await descendantsOf(pid)) childrenMs += await ticks(child);
  return { processMs: await ticks(pid), childrenMs };
}

async function ticks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // After the command's name, which may hold spaces: utime and stime are the 12th and 13th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS || 0;
}
