import { parseJson } from '@grunnmur/kernel/outgoing';
import {
  ALTINN_ERROR,
  ALTINN_LIMITS,
  type AltinnMessage,
  InitializeAnswer,
  initializeRequest,
  ListAnswer,
  OverviewAnswer,
} from './altinn-messages.ts';
import { answerReader, unavailable } from './channel-answer.ts';
import {
  type ChannelAnswer,
  type ChannelHttp,
  createChannelHttp,
  type HttpLimits,
  type TokenSupplier,
} from './channel-http.ts';
import { ChannelUnavailable, refused, type SendOutcome, sent } from './channel-outcome.ts';

export interface AltinnClientOptions {
  /** Host of the platform, e.g. `https://platform.altinn.no`. */
  readonly baseUrl: string;
  /** Altinn token with scope `altinn:correspondence.write`. */
  readonly token: TokenSupplier;
  readonly limits?: Partial<HttpLimits>;
}

export interface AltinnState {
  /** One of `ALTINN_STATUSES`, or one that has been added since. */
  readonly status: string;
  readonly changed: Date;
}

/** `published`: too late, the recipient has it (the sender may delete only before publication). */
export type AltinnPurge = 'purged' | 'published' | 'not_found';

export interface AltinnClient {
  /**
   * Sends one message; `reference` is the correspondence id. Safe to repeat with the same id: the service answers
   * 409 and the existing correspondence is looked up by its idempotent key. Throws `ChannelUnavailable`.
   */
  send(message: AltinnMessage, signal?: AbortSignal): Promise<SendOutcome>;
  /** Undefined when the service does not know it. Throws `ChannelUnavailable`. */
  status(correspondenceId: string, signal?: AbortSignal): Promise<AltinnState | undefined>;
  /** Takes back a message that is not yet published; repeatable. Throws `ChannelUnavailable`. */
  purge(correspondenceId: string, signal?: AbortSignal): Promise<AltinnPurge>;
  close(): Promise<void>;
}

const PATH = '/correspondence/api/v1/correspondence';
const readInitialized = answerReader(InitializeAnswer);
const readList = answerReader(ListAnswer);
const readOverview = answerReader(OverviewAnswer);

/** Client of Altinn 3 Correspondence, to its published API (`Altinn/altinn-correspondence`, v1). */
export function createAltinnClient(options: AltinnClientOptions): AltinnClient {
  const http = createChannelHttp({ channel: 'altinn', ...options });
  return {
    send: (message, signal) => send(http, message, signal),
    status: (correspondenceId, signal) => status(http, correspondenceId, signal),
    purge: (correspondenceId, signal) => purge(http, correspondenceId, signal),
    close: () => http.close(),
  };
}

async function send(http: ChannelHttp, message: AltinnMessage, signal?: AbortSignal): Promise<SendOutcome> {
  if (message.body.length > ALTINN_LIMITS.body) return refused('rejected', 'altinn body too long');
  const answer = await http.request({
    method: 'POST',
    path: PATH,
    contentType: 'application/json',
    body: JSON.stringify(initializeRequest(message)),
    signal,
  });
  if (answer.status === 200) return readSent(answer);
  if (answer.status === 409) return findSent(http, message, signal);
  return refusalOf(answer);
}

function readSent(answer: ChannelAnswer): SendOutcome {
  const [correspondence] = readInitialized('altinn', answer).correspondences;
  if (correspondence === undefined) throw new ChannelUnavailable('altinn', 'malformed', { status: 200 });
  // A reserved person among several recipients is reported by status instead of 422.
  if (correspondence.status === 'Reserved') return refused('reserved', 'altinn status Reserved');
  if (correspondence.status === 'Failed') return refused('rejected', 'altinn status Failed');
  return sent(correspondence.correspondenceId);
}

/** Error 1034: an earlier attempt got through. The list call finds it by its key. */
async function findSent(
  http: ChannelHttp,
  message: AltinnMessage,
  signal?: AbortSignal,
): Promise<SendOutcome> {
  const query = new URLSearchParams({
    resourceId: message.resourceId,
    role: 'Sender',
    idempotentKey: message.id,
  });
  const answer = await http.request({ method: 'GET', path: `${PATH}?${query}`, signal });
  if (answer.status !== 200) throw unavailable('altinn', answer, codeOf(answer)?.toString());
  const [id] = readList('altinn', answer).ids;
  // The key may be visible a moment before the correspondence; the next attempt finds it.
  if (id === undefined) throw new ChannelUnavailable('altinn', 'status', { status: 409, code: '1034' });
  return sent(id, true);
}

const UNREACHABLE: ReadonlySet<number> = new Set([
  ALTINN_ERROR.recipientLookupFailed,
  ALTINN_ERROR.recipientLacksRoles,
]);

/** Faults in our own set-up: falling through to paper for every letter would hide them. */
const OUR_SETUP: ReadonlySet<number> = new Set([
  ALTINN_ERROR.invalidResource,
  ALTINN_ERROR.confidentialFlagMissing,
  ALTINN_ERROR.confidentialFlagNotAllowed,
  ALTINN_ERROR.callerPartyNotFound,
  ALTINN_ERROR.incorrectResourceType,
  ALTINN_ERROR.incorrectCorrespondenceResourceType,
]);

function refusalOf(answer: ChannelAnswer): SendOutcome {
  const code = codeOf(answer);
  if (code === ALTINN_ERROR.recipientReserved) return refused('reserved', `altinn ${code}`);
  if (code !== undefined && UNREACHABLE.has(code)) return refused('unknown_recipient', `altinn ${code}`);
  if (code !== undefined && OUR_SETUP.has(code)) {
    throw new ChannelUnavailable('altinn', 'configuration', { status: answer.status, code: String(code) });
  }
  if (answer.status === 400 || answer.status === 422) {
    return refused('rejected', code === undefined ? `altinn HTTP ${answer.status}` : `altinn ${code}`);
  }
  throw unavailable('altinn', answer, code?.toString());
}

async function status(
  http: ChannelHttp,
  correspondenceId: string,
  signal?: AbortSignal,
): Promise<AltinnState | undefined> {
  const path = `${PATH}/${encodeURIComponent(correspondenceId)}`;
  const answer = await http.request({ method: 'GET', path, signal });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw unavailable('altinn', answer, codeOf(answer)?.toString());
  const overview = readOverview('altinn', answer);
  const changed = new Date(overview.statusChanged);
  if (Number.isNaN(changed.getTime())) throw new ChannelUnavailable('altinn', 'malformed', { status: 200 });
  return { status: overview.status, changed };
}

async function purge(
  http: ChannelHttp,
  correspondenceId: string,
  signal?: AbortSignal,
): Promise<AltinnPurge> {
  const path = `${PATH}/${encodeURIComponent(correspondenceId)}/purge`;
  const answer = await http.request({ method: 'DELETE', path, signal });
  if (answer.status === 200) return 'purged';
  if (answer.status === 404) return 'not_found';
  const code = codeOf(answer);
  if (code === ALTINN_ERROR.alreadyPurged) return 'purged';
  if (code === ALTINN_ERROR.cannotPurgePublished) return 'published';
  throw unavailable('altinn', answer, code?.toString());
}

/** `errorCode` of the problem document; some validation errors have none. */
function codeOf(answer: ChannelAnswer): number | undefined {
  const problem = parseJson(answer.text);
  const code = (problem as { errorCode?: unknown } | null | undefined)?.errorCode;
  return typeof code === 'number' ? code : undefined;
}
