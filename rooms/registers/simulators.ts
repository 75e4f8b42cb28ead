/**
 * The invented population and the simulated registers. Only the composition root, the conformance suite, the bench
 * and tests import this; production does not load it.
 */
export { FOLKEREGISTER_PATH, FOLKEREGISTER_SCOPE, KRR_SCOPES } from './external/scopes.ts';
export { MAILBOX_SUPPLIERS } from './population/create-contact.ts';
export {
  createPopulation,
  DEFAULT_SEED,
  type Population,
  type PopulationOptions,
} from './population/create-population.ts';
export {
  type DemoOrganisation,
  type DemoPerson,
  type OrganisationForm,
  SITUATIONS,
  type Situation,
  type SyntheticContact,
  type SyntheticOrganisation,
  type SyntheticPerson,
} from './population/types.ts';
export {
  type EnhetsregisterSimulatorOptions,
  enhetsregisterSimulator,
} from './simulators/enhetsregister-simulator.ts';
export {
  type FolkeregisterSimulatorOptions,
  folkeregisterSimulator,
} from './simulators/folkeregister-simulator.ts';
export {
  type KrrSimulator,
  type KrrSimulatorOptions,
  krrSimulator,
} from './simulators/krr-simulator.ts';
export type { Simulator, VerifyToken } from './simulators/simulator.ts';
