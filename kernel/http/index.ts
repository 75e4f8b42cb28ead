export { retryHeaders } from '../errors/trouble.ts';
export { BODY_RULES, type BodyRule } from './body-patience.ts';
export { formFaults, formReader, type ReadForm, withoutConsequences } from './check-form.ts';
export type { ConnectionLimits } from './connection-guard.ts';
export { type App, type AppOptions, createApp } from './create-app.ts';
export { decodeCursor, encodeCursor } from './cursor.ts';
export { type ErrorAnswer, type Face, limitBodies, registerFace } from './face.ts';
export { forgetBody } from './forget-body.ts';
export {
  claimIdempotencyKeys,
  type EarlierAnswer,
  IDEMPOTENCY_HOURS,
  type IdempotencyClaim,
  purgeIdempotencyKeys,
} from './idempotency.ts';
export { localPath } from './local-path.ts';
export { createMetrics, type GaugeValue, type Metrics } from './metrics.ts';
export { MultipartError, type MultipartLimits, type MultipartPart, readMultipart } from './multipart.ts';
export type { FaceDescription, LoginDescription } from './openapi.ts';
export {
  type InvalidForm,
  type ParseBodiesOptions,
  parseBodies,
  parseJsonMessage,
  STREAMED,
} from './parse-bodies.ts';
export { PROBLEM, problemBody } from './problem.ts';
export { seeElsewhere, seeOther } from './redirect.ts';
export { ruleText } from './rule-text.ts';
export { describe, toAppError } from './to-app-error.ts';
export { unknownFieldWarnings } from './unknown-fields.ts';
export { WARNINGS_TOLD, type Warning, warn } from './warnings.ts';
export { type Handover, whenSent } from './when-sent.ts';
