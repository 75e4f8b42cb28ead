import type { FastifyInstance } from 'fastify';
import type { JobDefinition, Schedule } from '../jobs/index.ts';

/**
 * What a room offers to the composition root. Rooms register themselves by this manifest; there is no central list
 * of routes, jobs or permissions.
 */
export interface Room {
  /** Name of the room, of its PostgreSQL schema and of its migrations' record. */
  readonly name: string;
  /** Folder with `NNNN_name.sql` files; a room without tables has none. */
  readonly migrations?: URL;
  /** Folder with `nb.json`, `nn.json` and `en.json`. */
  readonly locales?: URL;
  /** Mounts every face of the room; each face is one encapsulated Fastify plugin. */
  readonly routes?: (app: FastifyInstance) => Promise<void>;
  readonly jobs?: readonly JobDefinition[];
  readonly schedules?: readonly Schedule[];
  /** Called after migration, before listeners start. */
  readonly start?: () => Promise<void>;
  /** Called when listeners have stopped. */
  readonly stop?: () => Promise<void>;
}
