import type { DemoClock } from '@grunnmur/kernel/room';
import { machineNow } from './assembly.ts';

export function createDemoClock(): DemoClock {
  let behindMs = 0;
  return {
    now: () => new Date(machineNow().getTime() - behindMs),
    setTo: (at) => {
      behindMs = Math.max(0, machineNow().getTime() - at.getTime());
    },
    release: () => {
      behindMs = 0;
    },
  };
}
