import { type Database, toJson } from '@grunnmur/kernel/db';
import type { OppgjorSvar } from './ko-store.ts';

export interface NodeId {
  readonly id: string;
  /** The same after a restart, and no other node's. */
  readonly navn: string;
  /** Not seen for this long, a node is dead. */
  readonly leaseMs: number;
}

/** Says that the node lives; answers how many others do, and whether it was unknown until now. */
export async function hjerteslag(db: Database, node: NodeId): Promise<{ andre: number; ny: boolean }> {
  const { rows } = await db.pool.query<{ andre: number; ny: boolean }>({
    name: 'exchange_node_hjerteslag',
    text: 'select andre, ny from exchange.node_hjerteslag($1, $2, $3, null)',
    values: [node.id, node.navn, node.leaseMs],
  });
  return rows[0]!;
}

/** Takes back what dead nodes had given out, or with `selv` what this one has. */
export async function ryddNoder(db: Database, node: NodeId, selv: boolean): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_node_rydd',
    text: 'select exchange.node_rydd($1, $2, $3, null) as svar',
    values: [node.id, node.navn, selv],
  });
  return rows[0]!.svar;
}

export interface NyKonsument {
  readonly id: string;
  readonly konto: string;
  readonly tenant: string;
  readonly forbindelse: string;
}

/** Adds and removes consumers of the node. */
export async function skrivKonsumenter(
  db: Database,
  node: string,
  nye: readonly NyKonsument[],
  borte: readonly string[],
): Promise<void> {
  await db.pool.query({
    name: 'exchange_konsumenter',
    text: 'select exchange.konsumenter($1, $2, $3)',
    values: [node, toJson(nye), borte],
  });
}
