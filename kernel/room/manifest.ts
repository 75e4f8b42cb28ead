import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Subscription } from '../events/index.ts';
import type { Metrics } from '../http/index.ts';
import type { JobDefinition, Schedule } from '../jobs/index.ts';
import type { RoomObjects } from '../storage/index.ts';
import type { OutgoingIdentity, RoomHost } from './host.ts';
import type { Mode, RoomSettings } from './settings.ts';

/** What a room keeps in the object store. */
export interface RoomStorage {
  /** Its part of the store. Undefined: all that no other room has; at most one room. */
  readonly scope?: string;
  /** Everything there by the room's tables, for whoever reads it back. */
  readonly objects: () => Promise<Omit<RoomObjects, 'store'>>;
}

/**
 * A room as the host knows it before it is built: names, addresses of folders and functions that load the rest when it is
 * wanted, so that a process carries only what it uses. `apps/server/rooms.ts` lists the manifests; nothing else names a room.
 */
export interface RoomManifest {
  /** Name of the room, of its folder, of its PostgreSQL schema and of its migrations' record. */
  readonly name: string;
  /** Rooms whose contracts it needs: they are built, started and migrated before it. */
  readonly uses: readonly string[];
  /** Folder with `NNNN_name.sql` files; a room without tables has none. */
  readonly migrations?: URL;
  /** Folder with `nb.json`, `nn.json` and `en.json`. */
  readonly locales: URL;
  readonly settings?: RoomSettings;
  readonly storage?: RoomStorage;
  /** Scopes that the platform's own client needs for the room's calls to the outside. */
  readonly scopes?: readonly string[];
  /** Ports that it will listen on beside HTTP, for whoever looks before the start. */
  readonly ports?: (env: Env, plan: ListeningPlan) => readonly PlannedPort[];
  /** How many connections its listeners take in a process that may have so many open files. */
  readonly connections?: (env: Env, openFiles: number) => { readonly kind: string; readonly most: number };
  readonly create: (host: RoomHost) => Promise<Room>;
}

type Env = Readonly<Record<string, string | undefined>>;

export interface ListeningPlan {
  readonly mode: Mode;
  readonly anyPort: boolean;
  readonly listenHost: string;
}

export interface PlannedPort {
  /** By which another port is chosen. */
  readonly setting: string;
  readonly port: number;
  readonly host: string;
}

/** A room that has been built. Nothing of it runs before `start`. */
export interface Room {
  readonly name: string;
  /** What other rooms get when they `use` its key. */
  readonly contract?: object;
  /** Mounts every face of the room; each face is one encapsulated Fastify plugin. */
  readonly routes?: (app: FastifyInstance) => Promise<void>;
  readonly jobs?: readonly JobDefinition[];
  readonly schedules?: readonly Schedule[];
  /** Events of this and other rooms that it wants to hear of. */
  readonly subscriptions?: readonly Subscription[];
  /** Called after migration, before listeners start. */
  readonly start?: () => Promise<void>;
  /** Called when listeners have stopped. */
  readonly stop?: () => Promise<void>;
  /** Opens listeners beside HTTP; undefined when the settings ask for none. Called when HTTP is listened to. */
  readonly listen?: () => Promise<Listening | undefined>;
  /** What keeps production from starting that only the running database shows; each begins with a setting's name. */
  readonly productionFaults?: () => Promise<readonly string[]>;
  /** Adds gauges that are read at scrape time. */
  readonly gauges?: (metrics: Metrics) => void;
  readonly demo?: RoomDemo;
}

/** Listeners of a room. */
export interface Listening {
  /** For people: what is reached here. */
  readonly label: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  readonly gauges?: (metrics: Metrics) => void;
  readonly stop?: () => Promise<void>;
}

/** What a room adds to the demonstration. */
export interface RoomDemo {
  /** Outside services that it simulates, for people. */
  readonly simulated?: readonly string[];
  /** Creates what is missing; the same content, ids and passwords at every start. Called when the room has been built. */
  readonly seed?: () => Promise<void>;
  /** The platform's own client at the token issuer, from the room that makes it. Called after `seed`. */
  readonly ownClient?: () => OutgoingIdentity;
  /** Simulators by their place below `/simulator/`. */
  readonly simulators?: Readonly<Record<string, FastifyPluginAsync>>;
  /** Its part of `demo-access.json`. Called when everything is listened to. */
  readonly access?: () => Promise<Readonly<Record<string, unknown>>>;
  /**
   * Work on sample content that has the jobs to itself, when there is any to do. It may take seconds: what is accepted meanwhile
   * is done after.
   */
  readonly firstWork?: () => Promise<(() => Promise<void>) | undefined>;
}
