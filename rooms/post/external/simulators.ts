export {
  type AltinnOutcome,
  type AltinnSimulator,
  type AltinnSimulatorOptions,
  altinnSimulator,
} from './altinn-simulator.ts';
export type { DpiOutcome } from './dpi-mailbox.ts';
export type { Parcel } from './dpi-parcel.ts';
export {
  type DpiSimulator,
  type DpiSimulatorOptions,
  type DpiSupplier,
  dpiSimulator,
} from './dpi-simulator.ts';
export {
  type PrintOutcome,
  type PrintSimulator,
  type PrintSimulatorOptions,
  printSimulator,
} from './print-simulator.ts';
export type { SimulatorOptions } from './simulator-options.ts';
