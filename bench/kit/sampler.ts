import { childrenMb, rssMb } from './memory.ts';

export interface MemorySample {
  /** Most resident memory of the process, MB. */
  readonly processMb: number;
  /** Most memory of the processes below it, MB. */
  readonly childrenMb: number;
}

/** Looks at a process's memory now and then until {@link stop}; returns the highest figures. */
export function sampleMemory(pid: number, everyMs = 500): { stop(): Promise<MemorySample> } {
  let process = 0;
  let children = 0;
  const look = async () => {
    process = Math.max(process, await rssMb(pid));
    children = Math.max(children, await childrenMb(pid));
  };
  let looking: Promise<void> = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
      return { processMb: process, childrenMb: children };
    },
  };
}
