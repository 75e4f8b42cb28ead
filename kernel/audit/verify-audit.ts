import { createHash } from 'node:crypto';
import type pg from 'pg';

const BATCH = 5000;
const MAX_BREAKS = 1000;

/**
 * - `missing`: entries before this one were removed.
 * - `changed`: the entry, or its place in the chain, is not what was written.
 * - `truncated`: the chain's head knows entries after the last one.
 * - `beyond-head`: the entry was not written by the log itself.
 * - `head`: the chain's head does not fit its last entry, or is missing.
 * - `anchor`: a head that was kept elsewhere is not found in the chain.
 */
export type AuditBreakReason = 'missing' | 'changed' | 'truncated' | 'beyond-head' | 'head' | 'anchor';

export interface AuditBreak {
  readonly tenant: string;
  readonly chain: number;
  readonly seq: number;
  readonly reason: AuditBreakReason;
}

/** The end of a chain. Kept outside the database, it proves later that nothing up to there was rewritten. */
export interface AuditHead {
  readonly tenant: string;
  readonly chain: number;
  readonly seq: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

export interface AuditVerification {
  readonly tenants: number;
  readonly entries: number;
  /** The first 1000. */
  readonly breaks: readonly AuditBreak[];
  readonly broken: number;
  readonly heads: readonly AuditHead[];
}

export interface VerifyOptions {
  /** Only this tenant. */
  readonly tenant?: string;
  /** Heads of an earlier verification. They show what the chain alone cannot: a whole chain rewritten or removed. */
  readonly anchors?: readonly AuditHead[];
}

/**
 * Recomputes every hash of the access log in batches, with constant memory, while it may go on growing. `owner` is a
 * pool of the database's owner: the application role sees one tenant at a time.
 */
export async function verifyAudit(owner: pg.Pool, options: VerifyOptions = {}): Promise<AuditVerification> {
  const run: Run = { entries: 0, broken: 0, breaks: [], heads: [], tenants: new Set() };
  const anchors = new Map((options.anchors ?? []).map((anchor) => [chainName(anchor), anchor]));
  for (const { tenant, chain } of await listChains(owner, options.tenant)) {
    run.tenants.add(tenant);
    await verifyChain(owner, run, tenant, chain, anchors.get(chainName({ tenant, chain })));
    anchors.delete(chainName({ tenant, chain }));
  }
  for (const anchor of anchors.values()) {
    if (!options.tenant || options.tenant === anchor.tenant) report(run, anchor, anchor.seq, 'anchor');
  }
  const { tenants, ...rest } = run;
  return { ...rest, tenants: tenants.size };
}

interface Run {
  entries: number;
  broken: number;
  readonly breaks: AuditBreak[];
  readonly heads: AuditHead[];
  readonly tenants: Set<string>;
}

interface Chain {
  readonly tenant: string;
  readonly chain: number;
}

interface Row {
  readonly seq: number;
  readonly hash: Buffer;
  readonly fields: readonly (string | null)[];
}

async function listChains(owner: pg.Pool, tenant: string | undefined): Promise<Chain[]> {
  // Stepping from chain to chain in the primary key: entries whose head was removed must be found too.
  const { rows } = await owner.query<Chain>(
    `with recursive c (tenant_id, chain) as (
      (select tenant_id, chain from kernel.audit order by tenant_id, chain limit 1)
      union all
      select n.tenant_id, n.chain from c cross join lateral (select tenant_id, chain from kernel.audit a
        where (a.tenant_id, a.chain) > (c.tenant_id, c.chain) order by tenant_id, chain limit 1) n
    )
    select tenant_id as tenant, chain from c where $1::uuid is null or tenant_id = $1
    union select tenant_id, chain from kernel.audit_head where $1::uuid is null or tenant_id = $1
    order by 1, 2`,
    [tenant ?? null],
  );
  return rows;
}

async function verifyChain(
  owner: pg.Pool,
  run: Run,
  tenant: string,
  chain: number,
  anchor: AuditHead | undefined,
): Promise<void> {
  const at: Chain = { tenant, chain };
  const client = await owner.connect();
  try {
    // One snapshot for head and entries: appending goes on meanwhile.
    await client.query('begin isolation level repeatable read read only');
    const head = await readHead(client, at);
    if (!head) report(run, at, 0, 'head');
    else run.heads.push(head);
    let seq = 0;
    let hash = sha256(`grunnmur audit/${tenant}/${chain}`);
    let anchored = !anchor || (anchor.seq === 0 && hash.toString('hex') === anchor.hash);
    for (;;) {
      const rows = await readBatch(client, at, seq);
      for (const row of rows) {
        if (row.seq !== seq + 1) report(run, at, row.seq, 'missing');
        else if (!hashOf(hash, row.fields).equals(row.hash)) report(run, at, row.seq, 'changed');
        if (head && row.seq > head.seq) report(run, at, row.seq, 'beyond-head');
        if (anchor?.seq === row.seq && anchor.hash === row.hash.toString('hex')) anchored = true;
        // Go on from what is stored, so that one changed entry is one break.
        seq = row.seq;
        hash = row.hash;
      }
      run.entries += rows.length;
      if (rows.length < BATCH) break;
    }
    if (head && head.seq > seq) report(run, at, seq + 1, 'truncated');
    else if (head && head.seq === seq && head.hash !== hash.toString('hex')) report(run, at, seq, 'head');
    if (!anchored) report(run, at, anchor!.seq, 'anchor');
  } finally {
    await client.query('rollback').catch(() => {});
    client.release();
  }
}

async function readHead(client: pg.PoolClient, { tenant, chain }: Chain): Promise<AuditHead | undefined> {
  const { rows } = await client.query<AuditHead>(
    `select tenant_id as tenant, chain, seq, encode(hash, 'hex') as hash from kernel.audit_head
     where tenant_id = $1 and chain = $2`,
    [tenant, chain],
  );
  return rows[0];
}

async function readBatch(client: pg.PoolClient, { tenant, chain }: Chain, after: number): Promise<Row[]> {
  const { rows } = await client.query<Row>({
    name: 'kernel.audit.verify',
    text: `select seq, hash, array[(extract(epoch from at) * 1000)::bigint::text, actor_kind, actor_id, actor_name,
        request_id, operation, subject, object::text, purpose, legal_basis, outcome, information_kind, detail::text]
        as fields
      from kernel.audit where tenant_id = $1 and chain = $2 and seq > $3 order by seq limit ${BATCH}`,
    values: [tenant, chain, after],
  });
  return rows;
}

/** SHA-256(previous hash || fields), each field as its length in bytes, a colon and the value, or `-`; then a comma. */
function hashOf(previous: Buffer, fields: readonly (string | null)[]): Buffer {
  const text = fields.map((field) => (field === null ? '-,' : `${Buffer.byteLength(field)}:${field},`));
  return createHash('sha256').update(previous).update(text.join('')).digest();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function chainName({ tenant, chain }: Chain): string {
  return `${tenant}/${chain}`;
}

function report(run: Run, { tenant, chain }: Chain, seq: number, reason: AuditBreakReason): void {
  run.broken++;
  if (run.breaks.length < MAX_BREAKS) run.breaks.push({ tenant, chain, seq, reason });
}
