import { type Trx, toJson } from '@grunnmur/kernel/db';

/** A row of `documents.dokument`, as both the owner and the lookup for downloads see it. */
export interface DokumentRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly konto_id: string;
  readonly nyttelast: boolean;
  readonly navn: string;
  readonly mimetype: string;
  readonly kryptert: boolean;
  readonly kryptert_storrelse: number;
  readonly ukryptert_storrelse: number;
  readonly sha256: Buffer;
  readonly sikkerhetsniva: number;
  readonly eksponert_for: unknown;
  readonly korrelasjonsid: string | null;
  readonly ikke_lagre_lastet_ned: boolean;
  readonly tilgjengelig_til: Date | null;
  readonly opprettet: Date;
  readonly slettet: Date | null;
}

const COLUMNS = `id, tenant_id, konto_id, nyttelast, navn, mimetype, kryptert, kryptert_storrelse, ukryptert_storrelse,
  sha256, sikkerhetsniva, eksponert_for, korrelasjonsid, ikke_lagre_lastet_ned, tilgjengelig_til, opprettet,
  coalesce(slettet, fjernet) as slettet`;

export type NyDokumentRow = Omit<DokumentRow, 'slettet' | 'nyttelast'> & { readonly opprettet_av: string };

export async function insertDokument(trx: Trx, row: NyDokumentRow): Promise<void> {
  await trx.pg.query({
    name: 'documents_insert_dokument',
    text: `insert into documents.dokument (id, tenant_id, konto_id, nyttelast, navn, mimetype, kryptert,
             kryptert_storrelse, ukryptert_storrelse, sha256, sikkerhetsniva, eksponert_for, korrelasjonsid,
             ikke_lagre_lastet_ned, tilgjengelig_til, opprettet, opprettet_av)
           values ($1, $2, $3, false, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    values: [
      row.id,
      row.tenant_id,
      row.konto_id,
      row.navn,
      row.mimetype,
      row.kryptert,
      row.kryptert_storrelse,
      row.ukryptert_storrelse,
      row.sha256,
      row.sikkerhetsniva,
      toJson(row.eksponert_for),
      row.korrelasjonsid,
      row.ikke_lagre_lastet_ned,
      row.tilgjengelig_til,
      row.opprettet,
      row.opprettet_av,
    ],
  });
}

/** Writes the row of a payload under the receiving konto's organisation; false when there is no such konto. */
export async function insertNyttelast(
  trx: Trx,
  nyttelast: {
    readonly id: string;
    readonly kontoId: string;
    readonly storrelse: number;
    readonly sha256: Buffer;
    readonly tilgjengeligTil: Date;
  },
): Promise<boolean> {
  const { rows } = await trx.pg.query({
    name: 'documents_registrer_nyttelast',
    text: 'select documents.registrer_nyttelast($1, $2, $3, $4, $5, $6, $7) as tenant',
    values: [
      nyttelast.id,
      nyttelast.kontoId,
      nyttelast.storrelse,
      nyttelast.sha256,
      nyttelast.tilgjengeligTil,
      trx.ctx.now(),
      `${trx.ctx.actor.kind}:${trx.ctx.actor.id}`,
    ],
  });
  return (rows[0] as { tenant: string | null }).tenant !== null;
}

/** The document with exactly this id, of whatever organisation. */
export async function findForDownload(trx: Trx, id: string): Promise<DokumentRow | undefined> {
  const { rows } = await trx.pg.query({
    name: 'documents_dokument_for_nedlasting',
    text: 'select * from documents.dokument_for_nedlasting($1)',
    values: [id],
  });
  return rows[0] as DokumentRow | undefined;
}

/** A document that was uploaded to the konto, locked for a change. */
export async function findOwn(trx: Trx, kontoId: string, id: string): Promise<DokumentRow | undefined> {
  const { rows } = await trx.pg.query({
    name: 'documents_eget_dokument',
    text: `select ${COLUMNS} from documents.dokument where id = $1 and konto_id = $2 and not nyttelast for update`,
    values: [id, kontoId],
  });
  return rows[0] as DokumentRow | undefined;
}

export async function setTilgjengeligTil(trx: Trx, id: string, til: Date | null): Promise<void> {
  await trx.pg.query({
    name: 'documents_dokument_tilgjengelig_til',
    text: 'update documents.dokument set tilgjengelig_til = $2 where id = $1',
    values: [id, til],
  });
}

/** A document that has just been deleted, and whom it was opened to. */
export type Slettet = Pick<DokumentRow, 'id' | 'eksponert_for'>;

/** Marks documents as deleted; gives those that were not before. */
export async function markDeleted(trx: Trx, ids: readonly string[]): Promise<Slettet[]> {
  const { rows } = await trx.pg.query({
    name: 'documents_slett_dokumenter',
    text: `update documents.dokument set slettet = $2 where id = any($1::uuid[]) and slettet is null
           returning id, eksponert_for`,
    values: [ids, trx.ctx.now()],
  });
  return rows as Slettet[];
}

/** Marks up to `limit` of the documents uploaded with a korrelasjonsid until `until` as deleted; gives those. */
export async function markKorrelasjonDeleted(
  trx: Trx,
  query: { kontoId: string; korrelasjonsid: string; until: Date; limit: number },
): Promise<Slettet[]> {
  const { rows } = await trx.pg.query({
    name: 'documents_slett_korrelasjon',
    text: `update documents.dokument set slettet = $5 where id in (
             select id from documents.dokument where konto_id = $1 and korrelasjonsid = $2 and not nyttelast
               and opprettet <= $3 and slettet is null order by id limit $4 for update)
           returning id, eksponert_for`,
    values: [query.kontoId, query.korrelasjonsid, query.until, query.limit, trx.ctx.now()],
  });
  return rows as Slettet[];
}

export async function hasKorrelasjon(trx: Trx, kontoId: string, korrelasjonsid: string): Promise<boolean> {
  const { rows } = await trx.pg.query({
    name: 'documents_har_korrelasjon',
    text: `select exists (select from documents.dokument where konto_id = $1 and korrelasjonsid = $2 and not nyttelast)
             as yes`,
    values: [kontoId, korrelasjonsid],
  });
  return (rows[0] as { yes: boolean }).yes;
}

/** One page of the documents with a korrelasjonsid, oldest first, and how many there are in all. */
export async function searchKorrelasjon(
  trx: Trx,
  query: { kontoId: string; korrelasjonsid: string; offset: number; limit: number },
): Promise<{ total: number; rows: DokumentRow[] }> {
  const where = 'konto_id = $1 and korrelasjonsid = $2 and not nyttelast';
  const { rows: counted } = await trx.pg.query({
    name: 'documents_tell_korrelasjon',
    text: `select count(*) as total from documents.dokument where ${where}`,
    values: [query.kontoId, query.korrelasjonsid],
  });
  const { rows } = await trx.pg.query({
    name: 'documents_sok_korrelasjon',
    text: `select ${COLUMNS} from documents.dokument where ${where} order by id offset $3 limit $4`,
    values: [query.kontoId, query.korrelasjonsid, query.offset, query.limit],
  });
  return { total: (counted[0] as { total: number }).total, rows: rows as DokumentRow[] };
}

export async function insertNedlasting(trx: Trx, id: string, dokumentId: string): Promise<void> {
  const { ctx } = trx;
  await trx.pg.query({
    name: 'documents_insert_nedlasting',
    text: `insert into documents.dokument_nedlasting (id, tenant_id, dokument_id, tidspunkt, aktor)
           values ($1, $2, $3, $4, $5)`,
    values: [id, ctx.tenant, dokumentId, ctx.now(), `${ctx.actor.kind}:${ctx.actor.id}`],
  });
}
