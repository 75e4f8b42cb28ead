import { type Trx, together, toJson } from '@grunnmur/kernel/db';

export interface ForsendelseRow {
  readonly id: string;
  readonly konto_id: string;
  readonly tittel: string;
  readonly mottaker_id: string | null;
  readonly mottaker_navn: string;
  readonly eksponert_for: readonly string[];
  readonly kun_digital: boolean;
  readonly niva4: boolean;
  readonly forsendelsestype: string | null;
  readonly ekstern_referanse: string | null;
  readonly korrelasjonsid: string | null;
  readonly avgivende_system: string | null;
  readonly innhold: unknown;
  readonly antall_dokumenter: number;
  readonly antall_sider: number | null;
  readonly slettes_dato: Date;
}

export interface DokumentRow {
  readonly forsendelse_id: string;
  readonly nr: number;
  readonly filnavn: string;
  readonly mime_type: string;
  readonly dokument_type: string | null;
  readonly storrelse: number;
  readonly sha256: string;
  readonly objekt: string;
  readonly sider: number | null;
  readonly skal_signeres: boolean;
  readonly giroark_sider: readonly number[];
  readonly ekskluderes_fra_utskrift: boolean;
  readonly sensitiv: boolean;
  readonly ekstra_metadata: unknown;
}

/** Letters and documents of one batch, as AKSEPTERT, in two statements and one round trip however many they are. */
export async function insertForsendelser(
  trx: Trx,
  letters: readonly ForsendelseRow[],
  documents: readonly DokumentRow[],
): Promise<void> {
  const inserted = trx.pg.query({
    name: 'post_insert_forsendelse',
    text: `insert into post.forsendelse (id, tenant_id, konto_id, status, status_endret, mottatt, tittel, mottaker_id, mottaker_navn,
             eksponert_for, kun_digital, niva4, forsendelsestype, ekstern_referanse, korrelasjonsid, avgivende_system, innhold,
             antall_dokumenter, antall_sider, slettes_dato)
           select id, $2, konto_id, 'AKSEPTERT', $3, $3, tittel, mottaker_id, mottaker_navn, eksponert_for, kun_digital, niva4,
             forsendelsestype, ekstern_referanse, korrelasjonsid, avgivende_system, innhold, antall_dokumenter, antall_sider, slettes_dato
           from jsonb_to_recordset($1) as r (id uuid, konto_id uuid, tittel text, mottaker_id text, mottaker_navn text, eksponert_for text[],
             kun_digital boolean, niva4 boolean, forsendelsestype text, ekstern_referanse text, korrelasjonsid text,
             avgivende_system text, innhold jsonb, antall_dokumenter int, antall_sider int, slettes_dato timestamptz)`,
    values: [toJson(letters), trx.ctx.tenant, trx.ctx.now()],
  });
  const described = trx.pg.query({
    name: 'post_insert_dokument',
    text: `insert into post.dokument (forsendelse_id, nr, tenant_id, filnavn, mime_type, dokument_type, storrelse, sha256, objekt, sider,
             skal_signeres, giroark_sider, ekskluderes_fra_utskrift, sensitiv, ekstra_metadata)
           select forsendelse_id, nr, $2, filnavn, mime_type, dokument_type, storrelse, decode(sha256, 'hex'), objekt, sider,
             skal_signeres, giroark_sider, ekskluderes_fra_utskrift, sensitiv, ekstra_metadata
           from jsonb_to_recordset($1) as r (forsendelse_id uuid, nr int, filnavn text, mime_type text, dokument_type text,
             storrelse bigint, sha256 text, objekt uuid, sider int, skal_signeres boolean, giroark_sider int[],
             ekskluderes_fra_utskrift boolean, sensitiv boolean, ekstra_metadata jsonb)`,
    values: [toJson(documents), trx.ctx.tenant],
  });
  await together([inserted, described]);
}

export interface Fingeravtrykk {
  readonly kontoId: string;
  readonly fingeravtrykk: Buffer;
  readonly forsendelseId: string;
}

/**
 * Claims fingerprints for their letters. Returns, per claim, the id of an earlier equal letter that is still inside
 * its window, or undefined. A batch must not hold the same fingerprint twice.
 */
export async function claimFingerprints(
  trx: Trx,
  claims: readonly Fingeravtrykk[],
  expires: Date,
): Promise<(string | undefined)[]> {
  if (claims.length === 0) return [];
  const kontoer = claims.map((claim) => claim.kontoId);
  const prints = claims.map((claim) => claim.fingeravtrykk);
  const { rows } = await trx.pg.query({
    name: 'post_claim_fingerprint',
    text: `insert into post.gjentakelse as g (konto_id, fingeravtrykk, tenant_id, forsendelse_id, utloper)
           select konto, print, $4, id, $5 from unnest($1::uuid[], $2::bytea[], $3::uuid[]) as c (konto, print, id) order by konto, print
           on conflict (konto_id, fingeravtrykk) do update set forsendelse_id = excluded.forsendelse_id, utloper = excluded.utloper
             where g.utloper < $6
           returning forsendelse_id`,
    values: [
      kontoer,
      prints,
      claims.map((claim) => claim.forsendelseId),
      trx.ctx.tenant,
      expires,
      trx.ctx.now(),
    ],
  });
  if (rows.length === claims.length) return claims.map(() => undefined);
  const claimed = new Set(rows.map((row: { forsendelse_id: string }) => row.forsendelse_id));
  const known = await trx.pg.query({
    name: 'post_find_fingerprint',
    text: `select konto_id, fingeravtrykk, forsendelse_id from post.gjentakelse
           where (konto_id, fingeravtrykk) in (select * from unnest($1::uuid[], $2::bytea[]))`,
    values: [kontoer, prints],
  });
  const earlier = new Map(
    known.rows.map((row: { konto_id: string; fingeravtrykk: Buffer; forsendelse_id: string }) => [
      `${row.konto_id}${row.fingeravtrykk.toString('hex')}`,
      row.forsendelse_id,
    ]),
  );
  return claims.map((claim) =>
    claimed.has(claim.forsendelseId)
      ? undefined
      : earlier.get(`${claim.kontoId}${claim.fingeravtrykk.toString('hex')}`),
  );
}

/** Uses up reserved ids; returns those that existed for their account. */
export async function takeReservedIds(
  trx: Trx,
  ids: readonly string[],
  kontoer: readonly string[],
): Promise<Set<string>> {
  const { rows } = await trx.pg.query({
    name: 'post_take_reserved',
    text: `delete from post.reservert_id r using unnest($1::uuid[], $2::uuid[]) as c (id, konto)
           where r.id = c.id and r.konto_id = c.konto returning r.id`,
    values: [ids, kontoer],
  });
  return new Set(rows.map((row: { id: string }) => row.id));
}

export async function insertReservedId(trx: Trx, id: string, kontoId: string): Promise<void> {
  await trx.pg.query({
    name: 'post_reserve_id',
    text: 'insert into post.reservert_id (id, tenant_id, konto_id, opprettet) values ($1, $2, $3, $4)',
    values: [id, trx.ctx.tenant, kontoId, trx.ctx.now()],
  });
}
