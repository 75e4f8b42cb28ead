import { hostname } from 'node:os';
import type {
  ContractKey,
  DemoHost,
  KeyPair,
  OutgoingIdentity,
  PersonReader,
  Room,
  RoomHost,
  RoomManifest,
} from '@grunnmur/kernel/room';
import { type Assembly, machineNow } from './assembly.ts';
import type { RoomStores } from './create-storage.ts';
import { createTokenClient } from './outgoing-identity.ts';
import type { Config } from './read-config.ts';
import { VERSION } from './version.ts';

/** What the rooms share beside the assembly. */
export interface SharedParts {
  readonly stores: RoomStores;
  readonly platformKeys: KeyPair;
  readonly persons: PersonReader;
  readonly loginClients: RoomHost['loginClients'];
  readonly identity: () => OutgoingIdentity;
  readonly demo?: DemoHost | undefined;
}

/** Rooms that have been built, and what they give to each other and to the shells. */
export interface BuiltRooms {
  readonly rooms: readonly Room[];
  use<Contract>(key: ContractKey<Contract>): Contract;
}

/** The host as one room sees it; `use` answers for the rooms that its manifest names. */
export type HostFor = (manifest: RoomManifest, use: RoomHost['use']) => RoomHost;

/** What every room's host has in common. */
export function createHosts(assembly: Assembly, parts: SharedParts): HostFor {
  const { config, baseUrl, log, db, now, masterKey, systemCtx, requestCtx } = assembly;
  const { env } = config;
  let outgoing: ReturnType<RoomHost['outgoing']> | undefined;
  const shared = {
    log,
    db,
    now,
    masterKey,
    systemCtx,
    requestCtx,
    mode: env.GRUNNMUR_MODE,
    role: config.ROLE,
    version: VERSION,
    publicUrl: baseUrl,
    anyPort: config.port === 0,
    listenHost: config.host,
    dataDir: config.dataDir,
    nodeName: nodeName(config, baseUrl),
    uploads: {
      timeoutMs: Number(env.UPLOAD_TIMEOUT_SECONDS) * 1000,
      idleMs: Number(env.UPLOAD_IDLE_SECONDS) * 1000,
    },
    platformKeys: parts.platformKeys,
    trustedIssuer: env.MASKINPORTEN_ISSUER,
    loginClients: parts.loginClients,
    persons: parts.persons,
    demo: parts.demo,
    simulatorUrl: (name: string) => `${baseUrl}${SIMULATORS}${name}`,
    outgoing: () => {
      const identity = parts.identity();
      outgoing ??= { identity, tokens: createTokenClient(identity, machineNow) };
      return outgoing;
    },
    settings: () => env as never,
  };
  return (manifest, use) => ({ ...shared, storage: parts.stores.of(manifest), use });
}

/** Where simulators answer, below the public address. */
export const SIMULATORS = '/simulator/';

/**
 * Builds rooms in their order, and seeds each in a demonstration before the next. `built` is told of each at once, so that it is
 * stopped when a later one cannot be built, and may refuse to go on.
 */
export async function buildRooms(
  manifests: readonly RoomManifest[],
  hostFor: HostFor,
  built: (room: Room) => Promise<void> = async () => {},
): Promise<BuiltRooms> {
  const contracts = new Map<string, object>();
  const rooms: Room[] = [];
  const find = <Contract>({ room }: ContractKey<Contract>): Contract => {
    const contract = contracts.get(room);
    if (!contract) throw new Error(`The room ${room} has not been built`);
    return contract as Contract;
  };
  for (const manifest of manifests) {
    const host = hostFor(manifest, (key) => {
      if (!manifest.uses.includes(key.room))
        throw new Error(`The manifest of ${manifest.name} does not say that it uses ${key.room}`);
      return find(key);
    });
    const room = await manifest.create(host);
    rooms.push(room);
    if (room.contract) contracts.set(room.name, room.contract);
    await built(room);
    await room.demo?.seed?.();
  }
  return { rooms, use: find };
}

/**
 * The same after a restart, and no other process's: an embedded database serves one process, and two that listen on one
 * machine do so on different ports. A worker gives out no messages.
 */
function nodeName({ databaseUrl, ROLE, port }: Config, baseUrl: string): string {
  if (databaseUrl === undefined) return 'embedded';
  if (ROLE === 'worker') return `${hostname()}:worker:${process.pid}`;
  return `${hostname()}:${port || new URL(baseUrl).port}`;
}
