import type { Access } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { FastifyRequest } from 'fastify';
import type { PostService } from '../../service/post-service.ts';

export interface FaceLimits {
  /** Largest JSON message, also the `forsendelse` part of a send call. */
  readonly maxJsonBytes: number;
  /** Most parts of a send call, the `forsendelse` part included. */
  readonly maxParts: number;
  readonly maxHeaderBytes: number;
  /** Longest pause of a sender in the middle of a send call. */
  readonly idleTimeoutMs: number;
  /** Longest time for the whole of a send call. */
  readonly totalTimeoutMs: number;
  /** Most ids of one status or delete call. */
  readonly maxIds: number;
}

/** Sixteen minutes is what SvarUt tells clients to wait for a send call (SvarUt: hosts, paths, HTTP). */
export const DEFAULT_FACE_LIMITS: FaceLimits = {
  maxJsonBytes: 1_048_576,
  maxParts: 501,
  maxHeaderBytes: 16_384,
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 16 * 60_000,
  maxIds: 10_000,
};

export interface FaceDeps {
  readonly service: PostService;
  readonly access: Pick<Access, 'authenticateIntegration' | 'authenticateAccount'>;
  /** Context of a request before anybody is identified. */
  readonly baseCtx: (request: FastifyRequest) => Ctx;
  readonly limits: FaceLimits;
  /** A demonstration takes synthetic persons only, production none; undefined takes all. */
  readonly synthetic?: boolean;
}
