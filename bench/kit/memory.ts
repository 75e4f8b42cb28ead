import { readdir, readFile, writeFile } from 'node:fs/promises';

/** Memory is read from `/proc`: on other systems than Linux every figure is `NaN`. */
const MB = 1024;

/** Resident memory of a process in MB. */
export async function rssMb(pid: number): Promise<number> {
  return statusField(pid, 'VmRSS');
}

/** Most resident memory since {@link resetPeak} (or since the start) in MB. */
export async function peakRssMb(pid: number): Promise<number> {
  return statusField(pid, 'VmHWM');
}

/** Lets the kernel's high-water mark begin anew (proc(5): clear_refs). */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => {});
}

async function statusField(pid: number, name: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / MB;
}

/** Processes that descend from `pid`, itself left out. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc').catch(() => [] as string[])) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]);
    if (parent) parents.set(Number(name), parent);
  }
  const found: number[] = [];
  for (let level = [pid]; level.length > 0; ) {
    level = [...parents].filter(([, parent]) => level.includes(parent)).map(([child]) => child);
    found.push(...level);
  }
  return found;
}

/**
 * Memory in MB of the processes below `pid` (for the server: its PostgreSQL), each shared page counted once by
 * dividing it among its users (PSS).
 */
export async function childrenMb(pid: number): Promise<number> {
  let sum = 0;
  for (const child of await descendantsOf(pid)) {
    const text = await readFile(`/proc/${child}/smaps_rollup`, 'utf8').catch(() => '');
    sum += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / MB;
  }
  return sum;
}
