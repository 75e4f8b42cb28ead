import { channelFault } from './faults.ts';

interface ClaimWish {
  readonly user: string;
  readonly queue: string;
  readonly exclusive: boolean;
  /** Consumers of the queue by the broker's count; asked when the wish is exclusive. */
  readonly elsewhere: () => Promise<number>;
}

/**
 * Which queues are consumed exclusively through this server. The broker's own count covers other nodes when an exclusive
 * consumer begins; that one of another node begins later is not known here, and no published client asks for it.
 */
export interface QueueClaims {
  /** Throws 403 when the queue is, or would have to be, somebody's alone. Returns how to give the claim back. */
  readonly claim: (wish: ClaimWish) => Promise<() => void>;
}

export function createQueueClaims(): QueueClaims {
  const claims = new Map<string, { consumers: number; exclusive: boolean }>();

  function take({ user, queue, exclusive }: ClaimWish): () => void {
    // A claim is made before the broker has permitted the queue, so it counts among those of its user only: a queue
    // belongs to one, and nobody's claim is then in the way of another's.
    const key = `${user} ${queue}`;
    const current = claims.get(key) ?? { consumers: 0, exclusive: false };
    if (current.exclusive || (exclusive && current.consumers > 0)) throw inUse(queue);
    current.consumers += 1;
    current.exclusive = exclusive;
    claims.set(key, current);
    return () => {
      current.consumers -= 1;
      if (exclusive) current.exclusive = false;
      if (current.consumers === 0) claims.delete(key);
    };
  }

  return {
    claim: async (wish) => {
      const release = take(wish);
      if (!wish.exclusive) return release;
      try {
        if ((await wish.elsewhere()) > 0) throw inUse(wish.queue);
        return release;
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

function inUse(queue: string) {
  return channelFault('ACCESS_REFUSED', `queue '${queue}' is in exclusive use`);
}
