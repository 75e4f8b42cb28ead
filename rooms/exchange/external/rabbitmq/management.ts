const TIMEOUT_MS = 10_000;
const PAGE = 500;

export interface ManagedQueue {
  readonly name: string;
  /** Waiting and unacknowledged, as of the last statistics; undefined when RabbitMQ has none yet. */
  readonly messages: number | undefined;
  readonly unacknowledged: number | undefined;
  readonly running: boolean;
}

export interface RabbitmqManagement {
  /** All queues whose name begins so. */
  list(prefix: string): Promise<ManagedQueue[]>;
  /** Undefined when there is no such queue. */
  find(name: string): Promise<ManagedQueue | undefined>;
}

interface QueueJson {
  readonly name: string;
  readonly state?: string;
  readonly messages?: number;
  readonly messages_unacknowledged?: number;
}

const COLUMNS = 'name,state,messages,messages_unacknowledged';

/** The management plugin's HTTP API: the only way to learn how many messages consumers have not acknowledged. */
export function createRabbitmqManagement(address: string, vhost: string): RabbitmqManagement {
  const base = new URL(address);
  const authorization = `Basic ${Buffer.from(
    `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`,
  ).toString('base64')}`;
  base.username = '';
  base.password = '';
  const root = `${base.href.replace(/\/$/, '')}/api/queues/${encodeURIComponent(vhost)}`;

  const get = async <T>(path: string): Promise<T | undefined> => {
    const answer = await fetch(`${root}${path}`, {
      headers: { authorization, accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (answer.status === 404) {
      await answer.body?.cancel();
      return undefined;
    }
    if (!answer.ok) {
      await answer.body?.cancel();
      throw Object.assign(new Error('the management API refuses'), { code: `HTTP ${answer.status}` });
    }
    return (await answer.json()) as T;
  };

  return {
    list: async (prefix) => {
      const found: ManagedQueue[] = [];
      for (let page = 1, pages = 1; page <= pages; page++) {
        const query = `?page=${page}&page_size=${PAGE}&name=${encodeURIComponent(prefix)}&use_regex=false&columns=${COLUMNS}`;
        const answer = await get<{ page_count: number; items: QueueJson[] }>(query);
        if (!answer) break;
        pages = answer.page_count;
        found.push(...answer.items.filter(({ name }) => name.startsWith(prefix)).map(toManagedQueue));
      }
      return found;
    },
    find: async (name) => {
      const queue = await get<QueueJson>(`/${encodeURIComponent(name)}?columns=${COLUMNS}`);
      return queue && toManagedQueue(queue);
    },
  };
}

function toManagedQueue({ name, state, messages, messages_unacknowledged }: QueueJson): ManagedQueue {
  return { name, messages, unacknowledged: messages_unacknowledged, running: state === 'running' };
}
