import { warn } from '@grunnmur/kernel/http';
import type { FastifyReply } from 'fastify';
import type { Accepted } from '../../service/post-service.ts';

/**
 * The body of a send call's answer. Warnings go in a header: published clients stop at a property of the body that they
 * do not know.
 */
export function answerAccepted(reply: FastifyReply, { id, advarsler }: Accepted): { id: string } {
  warn(reply, advarsler);
  return { id };
}
