export {
  type AltinnOutcome,
  type AltinnSimulator,
  type AltinnSimulatorOptions,
  altinnSimulator,
} from './altinn-simulator.ts';
export type { Authorise, Failure, SimulatorOptions } from './simulator-kit.ts';
