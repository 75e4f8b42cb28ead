import type { Connection } from './connection/connection-types.ts';

/** How many places each holder has. */
export interface Shares {
  of(holder: string): number;
  take(holder: string): void;
  give(holder: string): void;
}

export function createShares(): Shares {
  const taken = new Map<string, number>();
  return {
    of: (holder) => taken.get(holder) ?? 0,
    take: (holder) => void taken.set(holder, (taken.get(holder) ?? 0) + 1),
    give: (holder) => {
      const left = (taken.get(holder) ?? 1) - 1;
      if (left > 0) taken.set(holder, left);
      else taken.delete(holder);
    },
  };
}

/** Connections that have not logged in, in the order in which they came. */
export interface Strangers {
  add(connection: Connection, address: string): void;
  delete(connection: Connection, address: string): void;
  of(address: string): number;
  size(): number;
  /** Of `address`, or of all. */
  oldest(address?: string): Connection | undefined;
}

export function createStrangers(): Strangers {
  const all = new Set<Connection>();
  const byAddress = new Map<string, Set<Connection>>();
  return {
    add: (connection, address) => {
      all.add(connection);
      const own = byAddress.get(address) ?? new Set();
      byAddress.set(address, own.add(connection));
    },
    delete: (connection, address) => {
      all.delete(connection);
      const own = byAddress.get(address);
      own?.delete(connection);
      if (own?.size === 0) byAddress.delete(address);
    },
    of: (address) => byAddress.get(address)?.size ?? 0,
    size: () => all.size,
    oldest: (address) => (address === undefined ? all : byAddress.get(address))?.values().next().value,
  };
}
