import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { FastifyRequest } from 'fastify';
import type { Config } from './read-config.ts';

/** The clock of tokens, certificates and sessions: others judge them by theirs. */
export const machineNow = (): Date => new Date();

/** What the parts of the program share while they are put together. */
export interface Assembly {
  readonly config: Config;
  readonly log: Logger;
  /** The clock of letters and messages; contexts have it. */
  readonly now: () => Date;
  readonly db: Database;
  /** Address of the installation, without a trailing slash. */
  readonly baseUrl: string;
  readonly masterKey: Buffer;
  /** Context of the program itself, for no tenant. */
  readonly systemCtx: Ctx;
  /** Context of a request before anybody is identified. */
  readonly requestCtx: (request: FastifyRequest) => Ctx;
}
