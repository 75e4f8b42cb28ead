import { machineNow } from './assembly.ts';

/**
 * The clock of a demonstration's sample letters, and of the simulators that they go to. While they are sent it stands some weeks
 * back and is moved on from letter to letter, so that they have been accepted, delivered, opened and printed on the days that
 * they say, by the program itself. At all other times it is the machine's, as everybody else's always is.
 */
export interface DemoClock {
  readonly now: () => Date;
  readonly setTo: (at: Date) => void;
  /** The machine's time again. */
  readonly release: () => void;
}

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
