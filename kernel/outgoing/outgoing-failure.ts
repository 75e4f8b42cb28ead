/**
 * - `connection`: refused, reset or broken off
 * - `timeout`: connecting, first byte, body or the whole call took too long
 * - `authorisation`: the token's issuer gave none
 * - `oversize`: the answer is larger than allowed
 * - `aborted`: the caller gave up
 */
export type OutgoingFailureKind = 'connection' | 'timeout' | 'authorisation' | 'oversize' | 'aborted';

/** There is no answer. The service may have taken the call all the same. Never carries the answer's text. */
export class OutgoingFailure extends Error {
  readonly kind: OutgoingFailureKind;
  /** The network's or the library's name of it. */
  readonly code: string | undefined;

  /** @param cause A transport error: it may hold the address, and with it whom a question was about. */
  constructor(kind: OutgoingFailureKind, code: string | undefined, cause: unknown) {
    super(`no answer: ${kind}`, { cause });
    this.name = 'OutgoingFailure';
    this.kind = kind;
    this.code = code;
  }
}
