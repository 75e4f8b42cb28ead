import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { OppgjorSvar } from '../../store/meldinger/ko-store.ts';
import {
  hjerteslag,
  type NodeId,
  type NyKonsument,
  ryddNoder,
  skrivKonsumenter,
} from '../../store/meldinger/node-store.ts';

const FLUSH_MS = 100;

export interface Presence {
  /** First sign of life; takes back what earlier processes of this name had given out. */
  start(): Promise<void>;
  /** True while no other node is known to live. */
  alone(): boolean;
  enter(consumer: NyKonsument): void;
  leave(id: string): void;
  stop(): Promise<void>;
}

/**
 * That this node lives, and who listens through it. The lease of all its deliveries is one row that it renews: when the node
 * dies, another one (or itself, started again) gives back everything at once, with one attempt used.
 */
export function createPresence(
  db: Database,
  log: Logger,
  node: NodeId,
  onTakenBack: (svar: OppgjorSvar) => void,
): Presence {
  const present = new Map<string, NyKonsument>();
  const fresh = new Set<string>();
  const gone = new Set<string>();
  let others = 0;
  let failing = false;
  let beat: NodeJS.Timeout | undefined;
  let flushing: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();

  const pulse = async () => {
    const { andre, ny } = await hjerteslag(db, node);
    others = andre;
    // Thought dead meanwhile, or new: the rows of our consumers went with the node's.
    if (ny) for (const id of present.keys()) fresh.add(id);
    if (fresh.size > 0) later();
    const svar = await ryddNoder(db, node, false);
    if (svar.antall > 0) onTakenBack(svar);
  };
  const flush = async () => {
    const nye = [...fresh].flatMap((id) => present.get(id) ?? []);
    const borte = [...gone];
    fresh.clear();
    gone.clear();
    try {
      await skrivKonsumenter(db, node.id, nye, borte);
    } catch (error) {
      for (const { id } of nye) if (present.has(id)) fresh.add(id);
      for (const id of borte) gone.add(id);
      throw error;
    }
  };
  const attempt = (work: () => Promise<void>) => {
    working = working.then(work).then(
      () => {
        failing = false;
      },
      (error: unknown) => {
        if (!failing)
          log.error({ code: (error as { code?: string }).code }, 'this node cannot say that it lives');
        failing = true;
      },
    );
  };
  const later = () => {
    flushing ??= setTimeout(() => {
      flushing = undefined;
      attempt(flush);
    }, FLUSH_MS).unref();
  };

  return {
    start: async () => {
      await pulse();
      beat = setInterval(() => attempt(pulse), node.leaseMs / 4).unref();
    },
    alone: () => others === 0,
    enter: (consumer) => {
      present.set(consumer.id, consumer);
      fresh.add(consumer.id);
      later();
    },
    leave: (id) => {
      present.delete(id);
      fresh.delete(id);
      gone.add(id); // also when it is still on its way to the table
      later();
    },
    stop: async () => {
      clearInterval(beat);
      clearTimeout(flushing);
      await working;
      onTakenBack(await ryddNoder(db, node, true));
    },
  };
}
