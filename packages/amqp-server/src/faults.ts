import { Refusal } from './ports.ts';

/** Reply codes (AMQP 0-9-1, constants) that this server uses. */
export const REPLY = {
  REPLY_SUCCESS: 200,
  CONNECTION_FORCED: 320,
  ACCESS_REFUSED: 403,
  NOT_FOUND: 404,
  PRECONDITION_FAILED: 406,
  FRAME_ERROR: 501,
  SYNTAX_ERROR: 502,
  COMMAND_INVALID: 503,
  CHANNEL_ERROR: 504,
  UNEXPECTED_FRAME: 505,
  RESOURCE_ERROR: 506,
  NOT_ALLOWED: 530,
  NOT_IMPLEMENTED: 540,
  INTERNAL_ERROR: 541,
} as const;
export type ReplyName = keyof typeof REPLY;

/** Class and method that a close is about; zeros when it is about none (AMQP 0-9-1: connection.close, class-id). */
export interface MethodIds {
  readonly classId: number;
  readonly methodId: number;
}

export const NO_METHOD: MethodIds = { classId: 0, methodId: 0 };

/** An error that the peer is told of: it closes the channel or the whole connection. */
export class AmqpFault extends Error {
  readonly scope: 'channel' | 'connection';
  readonly reply: ReplyName;

  constructor(scope: 'channel' | 'connection', reply: ReplyName, detail: string) {
    super(`${reply} - ${detail}`);
    this.name = 'AmqpFault';
    this.scope = scope;
    this.reply = reply;
  }
}

export function connectionFault(reply: ReplyName, detail: string): AmqpFault {
  return new AmqpFault('connection', reply, detail);
}

export function channelFault(reply: ReplyName, detail: string): AmqpFault {
  return new AmqpFault('channel', reply, detail);
}

/** A method that does not belong where it came. */
export function outOfPlace(channel: number, method: string): AmqpFault {
  return connectionFault('COMMAND_INVALID', `${method} is out of place on channel ${channel}`);
}

/**
 * What the peer is told of an error of the host (fiks-io §1.6, AMQP rows). What is not an answer to the client's own
 * doing closes the connection, so that its automatic recovery tries again.
 */
export function toFault(error: unknown): AmqpFault {
  if (error instanceof AmqpFault) return error;
  if (!(error instanceof Refusal)) {
    return connectionFault('INTERNAL_ERROR', 'the server could not do this now');
  }
  // Replies are in the one locale that is offered, `en_US`.
  const queue = error.queue === undefined ? 'what was asked for' : `queue '${error.queue}'`;
  return error.kind === 'unknown-queue'
    ? channelFault('NOT_FOUND', `${queue} does not exist`)
    : channelFault('ACCESS_REFUSED', `access to ${queue} is refused`);
}

/** For the log: code and kind only, never a text that could carry what a client sent. */
export function describeError(error: unknown): { code?: string; error: string } {
  const { code } = (error ?? {}) as { code?: unknown };
  const name = error instanceof Error ? error.name : typeof error;
  return typeof code === 'string' ? { code, error: name } : { error: name };
}
