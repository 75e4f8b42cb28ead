/** Why a call failed. Stable; `status` and `body` tell what the service said. */
export type ExchangeClientErrorCode =
  /** An option or an argument that cannot be used. */
  | 'bad_options'
  /** The token endpoint refused, or did not answer. */
  | 'no_token'
  /** 401: token, integration or password. */
  | 'unauthorized'
  /** 403, or AMQP 403: not allowed. */
  | 'forbidden'
  /** 404 or 410, or AMQP 404: unknown or gone. */
  | 'not_found'
  /** 413. */
  | 'too_large'
  /** Another 4xx. */
  | 'rejected'
  /** 5xx, or nobody answers. Worth another try. */
  | 'unavailable'
  /** The service did not answer in time. Worth another try. */
  | 'timeout'
  /** Your AbortSignal. */
  | 'aborted'
  /** The receiver has no valid public key. */
  | 'no_public_key'
  /** The message has no payload. */
  | 'no_payload'
  /** The payload cannot be decrypted, or is no right container; see `cause`. */
  | 'bad_payload'
  /** The connection on which a message came is gone: it is delivered again. */
  | 'connection_lost'
  /** The message was answered for already. */
  | 'already_settled'
  /** The client is closed. */
  | 'closed';

/** A call failed; `code` says why. Texts hold no secrets and nothing of the content. */
export class ExchangeClientError extends Error {
  readonly code: ExchangeClientErrorCode;
  /** HTTP status, or AMQP reply code. */
  readonly status: number | undefined;
  /** What the service answered, at most 16 KiB. */
  readonly body: string | undefined;

  constructor(
    code: ExchangeClientErrorCode,
    message: string,
    options?: ErrorOptions & { status?: number; body?: string },
  ) {
    super(message, options);
    this.name = 'ExchangeClientError';
    this.code = code;
    this.status = options?.status;
    this.body = options?.body;
  }
}

/** Whether the same call may succeed later without any change. */
export function isTemporary(error: unknown): boolean {
  return (
    error instanceof ExchangeClientError &&
    (error.code === 'unavailable' || error.code === 'timeout' || error.code === 'connection_lost')
  );
}
