/** What simulated services share. Only demonstrations and tests load it. */
export { type Authorise, cachedAuthorise } from './authorise.ts';
export { boundedMap } from './bounded-map.ts';
export { type EventLog, type LogLine, openEventLog } from './event-log.ts';
export {
  createFailures,
  type ErrorAnswer,
  type Failure,
  type Failures,
  type FailuresOptions,
} from './failures.ts';
