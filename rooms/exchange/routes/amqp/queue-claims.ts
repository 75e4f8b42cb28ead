import { channelFault } from './faults.ts';

/**
 * Which queues are consumed exclusively through this server. The broker's own count covers other nodes when an exclusive
 * consumer begins; that one of another node begins later is not known here, and no published client asks for it.
 */
export interface QueueClaims {
  /** Throws 403 when the queue is, or would have to be, somebody's alone. Returns how to give the claim back. */
  readonly claim: (
    queue: string,
    exclusive: boolean,
    elsewhere: () => Promise<number>,
  ) => Promise<() => void>;
}

export function createQueueClaims(): QueueClaims {
  const claims = new Map<string, { consumers: number; exclusive: boolean }>();

  function take(queue: string, exclusive: boolean): () => void {
    const current = claims.get(queue) ?? { consumers: 0, exclusive: false };
    if (current.exclusive || (exclusive && current.consumers > 0)) {
      throw channelFault('ACCESS_REFUSED', `queue '${queue}' is in exclusive use`);
    }
    current.consumers += 1;
    current.exclusive = exclusive;
    claims.set(queue, current);
    return () => {
      current.consumers -= 1;
      if (exclusive) current.exclusive = false;
      if (current.consumers === 0) claims.delete(queue);
    };
  }

  return {
    claim: async (queue, exclusive, elsewhere) => {
      const release = take(queue, exclusive);
      if (!exclusive) return release;
      try {
        if ((await elsewhere()) === 0) return release;
      } catch (error) {
        release();
        throw error;
      }
      release();
      throw channelFault('ACCESS_REFUSED', `queue '${queue}' is in exclusive use`);
    },
  };
}
