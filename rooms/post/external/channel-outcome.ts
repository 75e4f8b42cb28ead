/** The outgoing channels with a client in this folder. */
export type ExternalChannel = 'altinn' | 'sdp' | 'print';

/** Why a channel will never take this letter to this recipient. Routing goes on to the next channel. */
export type RefusalReason = 'reserved' | 'unknown_recipient' | 'rejected';

/**
 * What became of one send. `refused` is permanent for this channel; everything that may pass by itself is thrown as
 * `ChannelUnavailable` instead. `detail` names the channel's own code and never the person.
 */
export type SendOutcome =
  | {
      readonly outcome: 'sent';
      readonly reference: string;
      /** The channel had it already: an earlier attempt got through although its answer did not. */
      readonly repeated: boolean;
    }
  | {
      readonly outcome: 'refused';
      readonly reason: RefusalReason;
      readonly detail: string;
      /** The channel's own code for it, when it gave one. */
      readonly code?: string;
    };

/**
 * - `connection`: refused, reset or broken off
 * - `timeout`: connecting, first byte, body or the whole exchange took too long
 * - `status`: the service answered with a temporary error
 * - `authorisation`: no token, or the service does not accept it
 * - `configuration`: our own set-up is wrong (unknown resource, wrong address); an operator must act
 * - `malformed`: the answer is not what the contract says; the letter may have been taken
 * - `oversize`: the answer is larger than allowed
 * - `aborted`: the caller gave up (server stops)
 */
export type UnavailableKind =
  | 'connection'
  | 'timeout'
  | 'status'
  | 'authorisation'
  | 'configuration'
  | 'malformed'
  | 'oversize'
  | 'aborted';

/**
 * The letter was neither taken nor refused, as far as we know: try again later with the same id. Never carries the
 * answer's text, which may hold personal data.
 */
export class ChannelUnavailable extends Error {
  readonly channel: ExternalChannel;
  readonly kind: UnavailableKind;
  /** HTTP status, when the service answered. */
  readonly status: number | undefined;
  /** The service's own error code, when it gave one. */
  readonly code: string | undefined;
  /** Seconds the service asked us to wait (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;

  constructor(channel: ExternalChannel, kind: UnavailableKind, facts: UnavailableFacts = {}) {
    super(describe(channel, kind, facts), facts.cause ? { cause: facts.cause } : undefined);
    this.name = 'ChannelUnavailable';
    this.channel = channel;
    this.kind = kind;
    this.status = facts.status;
    this.code = facts.code;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

export interface UnavailableFacts {
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Only a transport error; never one that quotes the answer. */
  readonly cause?: unknown;
}

export function isChannelUnavailable(error: unknown): error is ChannelUnavailable {
  return error instanceof ChannelUnavailable;
}

export function sent(reference: string, repeated = false): SendOutcome {
  return { outcome: 'sent', reference, repeated };
}

export function refused(reason: RefusalReason, detail: string): SendOutcome {
  return { outcome: 'refused', reason, detail };
}

function describe(channel: ExternalChannel, kind: UnavailableKind, facts: UnavailableFacts): string {
  const status = facts.status === undefined ? '' : ` HTTP ${facts.status}`;
  const code = facts.code === undefined ? '' : ` (${facts.code})`;
  return `Channel ${channel} is unavailable: ${kind}${status}${code}`;
}
