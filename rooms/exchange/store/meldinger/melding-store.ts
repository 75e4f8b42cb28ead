import { type Database, type Trx, toJson } from '@grunnmur/kernel/db';

/** A message as it is accepted; `innhold` is the payload when it is small. */
export interface NyMelding {
  readonly id: string;
  readonly tenant_id: string;
  readonly konto_id: string;
  readonly avsender_tenant_id: string;
  readonly avsender_konto_id: string;
  readonly avsender_navn: string;
  readonly type: string;
  readonly svar_til: string | null;
  readonly headere: Readonly<Record<string, string>>;
  readonly klient_melding_id: string | null;
  readonly klient_korrelasjons_id: string | null;
  readonly storrelse: number;
  /** Lower-case hex. */
  readonly sha256: string | null;
  readonly objekt: string | null;
  readonly dokument_id: string | null;
  /** Lower-case hex; null when the message cannot be recognised again. */
  readonly fingeravtrykk: string | null;
  readonly ttl_ms: number;
  readonly innhold: Buffer | null;
}

export interface Mottatt {
  /** The first one's id when the message was a resend; undefined when the receiver is gone. */
  readonly id: string | undefined;
  readonly kontoId: string;
  /** Place on the queue; undefined for a resend. */
  readonly seq: number | undefined;
  /** It names as the one it answers a message that its sender neither sent nor received. */
  readonly fremmedSvar: boolean;
}

/**
 * Stores messages and puts them on their queues in the order given: one statement, whatever their number, which is a transaction
 * of its own when it is given to the pool.
 */
export async function taImotMeldinger(
  { pg }: Pick<Trx, 'pg'> | { readonly pg: Database['pool'] },
  meldinger: readonly NyMelding[],
): Promise<Mottatt[]> {
  const rader = meldinger.map(({ innhold: _, ...rad }, index) => ({ nr: index + 1, ...rad }));
  const svarer = rader.filter((rad) => rad.svar_til !== null);
  const { rows } = await (pg as Database['pool']).query<{
    nr: number;
    id: string | null;
    konto_id: string;
    seq: number | null;
    fremmed: boolean;
  }>({
    name: 'exchange_melding_motta',
    text: `select m.nr, m.id, m.konto_id, m.seq, f.nr is not null as fremmed from exchange.melding_motta($1, $2, null) m
      left join exchange.fremmede_svar($3, $4, $5) f on f.nr = m.nr`,
    values: [
      toJson(rader),
      meldinger.map((melding) => melding.innhold),
      svarer.map((rad) => rad.nr),
      svarer.map((rad) => rad.svar_til),
      svarer.map((rad) => rad.avsender_tenant_id),
    ],
  });
  const svar: Mottatt[] = [];
  for (const { nr, id, konto_id, seq, fremmed } of rows)
    svar[nr - 1] = { id: id ?? undefined, kontoId: konto_id, seq: seq ?? undefined, fremmedSvar: fremmed };
  return svar;
}
