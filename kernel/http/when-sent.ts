import type { Readable } from 'node:stream';
import { finished } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What is to happen when an answer has been handed over, and when it was not. */
export interface Handover {
  /** Called once, when the last byte of this very body went out without an error. What it throws is logged. */
  readonly sent: () => Promise<void>;
  /** Called once when the body itself failed (not when the reader hung up). What it throws is logged. */
  readonly failed?: (error: Error) => Promise<void>;
  /** Called once when not all went out, for whatever reason. `bytes` went to the network, the answer's head included. */
  readonly cut?: (bytes: number) => void;
}

/**
 * The one place that decides whether something was handed out. An answer that ends well proves nothing by itself: when a
 * body fails before its first byte, the error's page ends well in its place. So it takes both: the body was read to its
 * end, and the answer was handed over to its last byte. A reader that hangs up, a body that fails and an error's page all
 * count as nothing. Give the body to `reply.send` in the same turn.
 */
export function whenSent(
  request: FastifyRequest,
  reply: FastifyReply,
  body: Readable | undefined,
  handover: Handover,
): void {
  const run = (action: () => Promise<void>) => {
    action().catch((err: unknown) => {
      request.log.error({ err, reqId: request.id }, 'what was handed out could not be recorded');
    });
  };
  let whole = body === undefined;
  const status = reply.statusCode;
  const { socket } = reply.raw;
  const before = socket?.bytesWritten ?? 0;
  body?.once('end', () => {
    whole = true;
  });
  body?.once('error', (error: Error) => {
    if (handover.failed) run(() => handover.failed!(error));
  });
  finished(reply.raw, (error) => {
    // Without a body of its own (a page) it is the status that tells whether an error took its place.
    if (!error && whole && reply.statusCode === status) return run(handover.sent);
    if (body && !body.readableEnded) body.destroy();
    handover.cut?.((socket?.bytesWritten ?? before) - before);
  });
}
