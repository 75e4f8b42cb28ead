import { randomUUID } from 'node:crypto';
import {
  boundedMap,
  cachedAuthorise,
  createFailures,
  type Failure,
  openEventLog,
} from '@grunnmur/kernel/simulator';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ALTINN_ERROR, ALTINN_LIMITS, type AltinnStatus } from './altinn-messages.ts';
import { DEFAULT_CAPACITY, type SimulatorOptions } from './simulator-options.ts';

/**
 * - `published` (default): taken and published
 * - `read`: taken and read at once
 * - `failed`: taken, then status Failed
 * - `reserved`: 422, error 1030
 * - `unknown_recipient`: 404, error 1029
 * - `lacks_role`: 400, error 1044
 * - `rejected`: 400, error 1002
 * - `unavailable`: 500, error 1032, every time
 */
export type AltinnOutcome =
  | 'published'
  | 'read'
  | 'failed'
  | 'reserved'
  | 'unknown_recipient'
  | 'lacks_role'
  | 'rejected'
  | 'unavailable';

export interface AltinnSimulatorOptions extends SimulatorOptions {
  /** What becomes of a message to this fnr (11 digits) or orgnr (9). Undefined means `published`. */
  readonly outcomeFor?: (recipient: string) => AltinnOutcome | undefined;
  /** Time from taken to published; while it runs the sender can purge. Default 0. */
  readonly publishDelayMs?: number;
}

export interface AltinnSimulator {
  readonly plugin: FastifyPluginAsync;
  /** Messages with this sendersReference that were taken. */
  received(id: string): number;
  /** Calls with this sendersReference that reached the service, repeats included. */
  attempts(id: string): number;
  /** Number of messages remembered. */
  size(): number;
  fail(failure: Failure): void;
  /** Moves a message along, e.g. to `Read`. Returns false when it is unknown. */
  setStatus(id: string, status: AltinnStatus): boolean;
}

interface Entry {
  readonly id: string;
  readonly correspondenceId: string;
  readonly created: number;
  status: AltinnStatus | undefined;
  statusChanged: number;
  taken: number;
  attempts: number;
}

/** Altinn 3 Correspondence as its published API answers, keeping ids and statuses only. */
export function altinnSimulator(options: AltinnSimulatorOptions): AltinnSimulator {
  const state = openState(options);
  const failures = createFailures({ operation: 'send' });
  return {
    plugin: async (app) => {
      failures.install(app);
      addRoutes(app, options, state);
      app.addHook('onClose', async () => state.log.close());
    },
    received: (id) => state.byKey.get(id)?.taken ?? 0,
    attempts: (id) => state.byKey.get(id)?.attempts ?? 0,
    size: () => state.byKey.size,
    fail: failures.fail,
    setStatus(id, status) {
      const entry = state.byKey.get(id);
      if (!entry) return false;
      entry.status = status;
      entry.statusChanged = state.now().getTime();
      return true;
    },
  };
}

type State = ReturnType<typeof openState>;

function openState(options: AltinnSimulatorOptions) {
  const capacity = options.capacity ?? DEFAULT_CAPACITY;
  const now = options.now ?? (() => new Date());
  const byCorrespondence = new Map<string, Entry>();
  const byKey = boundedMap<Entry>(capacity, (entry) => byCorrespondence.delete(entry.correspondenceId));

  function take(id: string, correspondenceId: string, created: number): Entry {
    const earlier = byKey.get(id);
    if (earlier) byCorrespondence.delete(earlier.correspondenceId);
    const entry: Entry = {
      id,
      correspondenceId,
      created,
      status: undefined,
      statusChanged: created,
      taken: 1 + (earlier?.taken ?? 0),
      attempts: 1 + (earlier?.attempts ?? 0),
    };
    byKey.set(id, entry);
    byCorrespondence.set(correspondenceId, entry);
    return entry;
  }

  const log = openEventLog(options.logPath, ([kind, id, correspondenceId, created]) => {
    if (kind === 'r') take(String(id), String(correspondenceId), Number(created));
    const known = kind === 'd' ? byKey.get(String(id)) : undefined;
    if (known) known.attempts += 1;
  });
  return { now, byKey, byCorrespondence, take, log, publishDelayMs: options.publishDelayMs ?? 0 };
}

const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
const InitializeBody = Compile(
  Type.Object({
    correspondence: Type.Object({
      resourceId: Type.String({ minLength: 1, maxLength: 255 }),
      sendersReference: Type.String({ minLength: 1, maxLength: 4096 }),
      messageSender: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
      content: Type.Object({
        language: Type.Optional(Type.Enum(['nb', 'nn', 'en'])),
        messageTitle: Type.String({ minLength: 1, maxLength: ALTINN_LIMITS.title }),
        messageSummary: Type.Optional(Type.String({ maxLength: ALTINN_LIMITS.summary })),
        messageBody: Type.String({ minLength: 1, maxLength: ALTINN_LIMITS.body }),
      }),
      dueDateTime: Type.Optional(Type.String({ maxLength: 40 })),
      ignoreReservation: Type.Optional(Type.Boolean()),
      isConfirmationNeeded: Type.Optional(Type.Boolean()),
      isConfidential: Type.Optional(Type.Boolean()),
    }),
    recipients: Type.Array(
      Type.String({
        pattern:
          '^((0192:|urn:altinn:organization:identifier-no:)[0-9]{9}|(urn:altinn:person:identifier-no:)?[0-9]{11})$',
      }),
      { minItems: 1, maxItems: 500 },
    ),
    idempotentKey: Type.Optional(Uuid),
  }),
);
type Initialize = Static<ReturnType<typeof InitializeBody.Type>>;

const ROOT = '/correspondence/api/v1/correspondence';
const SCOPE = 'altinn:correspondence.write';

function addRoutes(app: FastifyInstance, options: AltinnSimulatorOptions, state: State): void {
  const authorised = cachedAuthorise(options.authorise, SCOPE, state.now);
  app.addHook('preHandler', async (request, reply) => {
    if (!(await authorised(request.headers.authorization))) await problem(reply, 401, 4001);
  });
  app.post(ROOT, { config: { operation: 'send' } }, (request, reply) =>
    initialize(options, state, request, reply),
  );
  app.get(ROOT, { config: { operation: 'list' } }, (request, reply) => {
    const { idempotentKey, sendersReference } = request.query as Record<string, string | undefined>;
    const entry = state.byKey.get(idempotentKey ?? sendersReference ?? '');
    return reply.send({ ids: entry ? [entry.correspondenceId] : [] });
  });
  app.get(`${ROOT}/:id`, { config: { operation: 'status' } }, (request, reply) => {
    const entry = state.byCorrespondence.get((request.params as { id: string }).id);
    return entry ? reply.send(overview(state, entry)) : problem(reply, 404, 1001);
  });
  app.delete(`${ROOT}/:id/purge`, { config: { operation: 'purge' } }, (request, reply) =>
    purge(state, state.byCorrespondence.get((request.params as { id: string }).id), reply),
  );
}

function initialize(
  options: AltinnSimulatorOptions,
  state: State,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (!InitializeBody.Check(request.body)) return problem(reply, 400, undefined);
  const body = request.body as Initialize;
  const [recipient] = body.recipients;
  if (recipient === undefined || body.recipients.length > 1) return problem(reply, 400, 1047);
  const key = body.idempotentKey ?? body.correspondence.sendersReference;
  const known = state.byKey.get(key);
  if (known && body.idempotentKey !== undefined) {
    known.attempts += 1;
    state.log.append(['d', key]);
    return problem(reply, 409, ALTINN_ERROR.duplicateKey);
  }
  const due = body.correspondence.dueDateTime;
  if (due !== undefined && !(Date.parse(due) >= state.now().getTime())) return problem(reply, 400, 1008);
  const outcome = options.outcomeFor?.(recipient.slice(recipient.lastIndexOf(':') + 1)) ?? 'published';
  const refusal = REFUSALS[outcome];
  const overridden = outcome === 'reserved' && body.correspondence.ignoreReservation === true;
  if (refusal && !overridden) return problem(reply, ...refusal);
  return accept(state, key, recipient, outcome, reply);
}

const REFUSALS: Partial<Record<AltinnOutcome, readonly [status: number, code: number]>> = {
  reserved: [422, ALTINN_ERROR.recipientReserved],
  unknown_recipient: [404, ALTINN_ERROR.recipientLookupFailed],
  lacks_role: [400, ALTINN_ERROR.recipientLacksRoles],
  rejected: [400, 1002],
  unavailable: [500, 1032],
};

function accept(
  state: State,
  key: string,
  recipient: string,
  outcome: AltinnOutcome,
  reply: FastifyReply,
): FastifyReply {
  const at = state.now().getTime();
  const entry = state.take(key, randomUUID(), at);
  if (outcome === 'read') entry.status = 'Read';
  if (outcome === 'failed') entry.status = 'Failed';
  state.log.append(['r', key, entry.correspondenceId, at]);
  return reply.send({
    correspondences: [{ correspondenceId: entry.correspondenceId, status: 'Initialized', recipient }],
    attachmentIds: [],
  });
}

function currentStatus(state: State, entry: Entry): AltinnStatus {
  if (entry.status) return entry.status;
  return entry.created + state.publishDelayMs <= state.now().getTime() ? 'Published' : 'Initialized';
}

/** Content, resource and recipient are left out: the simulator keeps no one's letters. */
function overview(state: State, entry: Entry) {
  const status = currentStatus(state, entry);
  return {
    correspondenceId: entry.correspondenceId,
    sendersReference: entry.id,
    created: new Date(entry.created).toISOString(),
    status,
    statusText: status,
    statusChanged: new Date(entry.statusChanged).toISOString(),
    notifications: [],
  };
}

function purge(state: State, entry: Entry | undefined, reply: FastifyReply): FastifyReply {
  if (!entry) return problem(reply, 404, 1001);
  const status = currentStatus(state, entry);
  if (status.startsWith('Purged')) return problem(reply, 400, ALTINN_ERROR.alreadyPurged);
  if (status !== 'Initialized' && status !== 'Failed') {
    return problem(reply, 400, ALTINN_ERROR.cannotPurgePublished);
  }
  entry.status = 'PurgedByAltinn';
  entry.statusChanged = state.now().getTime();
  return reply.type('application/json').send(JSON.stringify(entry.correspondenceId));
}

/** The service's problem documents: RFC 9457 with `errorCode`, and `code` as `CORR-` and five digits. */
function problem(reply: FastifyReply, status: number, errorCode: number | undefined): FastifyReply {
  const code = errorCode === undefined ? 'STD-00000' : `CORR-${String(errorCode).padStart(5, '0')}`;
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ status, title: TITLES[status], code, errorCode }));
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  500: 'Internal Server Error',
};
