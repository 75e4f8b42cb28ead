import type { Trx } from '@grunnmur/kernel/db';
import type { Kanal, NyForsendelse, Status } from '../types.ts';

/** What is kept of a letter beside its columns. */
type Innhold = Omit<
  NyForsendelse,
  'tittel' | 'eksponertFor' | 'kunDigitalLevering' | 'krevNiva4Innlogging' | 'dokumenter'
>;

export interface Forsendelse {
  readonly id: string;
  readonly tenantId: string;
  readonly kontoId: string;
  readonly status: Status;
  readonly statusEndret: Date;
  readonly kanal: Kanal | null;
  readonly mottatt: Date;
  readonly tittel: string;
  readonly mottakerId: string | null;
  readonly mottakerNavn: string;
  /** Others whom the sender lets read it: identity numbers. */
  readonly eksponertFor: readonly string[];
  readonly kunDigital: boolean;
  readonly niva4: boolean;
  readonly forsendelsestype: string | null;
  readonly eksternReferanse: string | null;
  readonly innhold: Innhold;
  readonly antallDokumenter: number;
  readonly antallSider: number | null;
  /** When it was opened, first, by the recipient or one whom a system outside named. Independent of the status. */
  readonly lest: Date | null;
  readonly printFrist: Date | null;
  readonly slettesDato: Date;
  readonly dokumenterSlettet: Date | null;
}

export interface Dokument {
  readonly forsendelseId: string;
  readonly nr: number;
  readonly filnavn: string;
  readonly mimeType: string;
  readonly dokumentType: string | null;
  readonly storrelse: number;
  readonly sha256: Buffer;
  readonly objekt: string | null;
  readonly sider: number | null;
  readonly skalSigneres: boolean;
  readonly giroarkSider: readonly number[];
  readonly ekskluderesFraUtskrift: boolean;
  readonly sensitiv: boolean;
  readonly ekstraMetadata: readonly { key: string; value: string }[];
}

export const FORSENDELSE_COLUMNS = `id, tenant_id as "tenantId", konto_id as "kontoId", status, status_endret as "statusEndret", kanal, mottatt, tittel,
  mottaker_id as "mottakerId", mottaker_navn as "mottakerNavn", eksponert_for as "eksponertFor", kun_digital as "kunDigital", niva4, forsendelsestype,
  ekstern_referanse as "eksternReferanse", innhold, antall_dokumenter as "antallDokumenter", antall_sider as "antallSider", lest,
  print_frist as "printFrist", slettes_dato as "slettesDato", dokumenter_slettet as "dokumenterSlettet"`;

/** Letters by id, as far as the acting tenant or person may see them; the order is free. */
export async function findForsendelser(trx: Trx, ids: readonly string[]): Promise<Forsendelse[]> {
  const { rows } = await trx.pg.query({
    name: 'post_find_forsendelser',
    text: `select ${FORSENDELSE_COLUMNS} from post.forsendelse where id = any($1::uuid[])`,
    values: [ids],
  });
  return rows as Forsendelse[];
}

/** Documents of the letters, in order. */
export async function findDokumenter(trx: Trx, ids: readonly string[]): Promise<Dokument[]> {
  const { rows } = await trx.pg.query({
    name: 'post_find_dokumenter',
    text: `select forsendelse_id as "forsendelseId", nr, filnavn, mime_type as "mimeType", dokument_type as "dokumentType", storrelse, sha256,
             objekt, sider, skal_signeres as "skalSigneres", giroark_sider as "giroarkSider",
             ekskluderes_fra_utskrift as "ekskluderesFraUtskrift", sensitiv, ekstra_metadata as "ekstraMetadata"
           from post.dokument where forsendelse_id = any($1::uuid[]) order by forsendelse_id, nr`,
    values: [ids],
  });
  return rows as Dokument[];
}

/** Letters of the account with this reference. One with a NUL matches nothing: PostgreSQL could not have stored it. */
export async function findByEksternReferanse(trx: Trx, kontoId: string, reference: string, limit: number) {
  if (reference.includes('\0')) return [];
  const { rows } = await trx.pg.query({
    name: 'post_find_ekstern',
    text: `select id, mottatt as dato, avgivende_system as "avgivendeSystem", mottaker_id as "mottakerId" from post.forsendelse
           where konto_id = $1 and ekstern_referanse = $2 order by id limit $3`,
    values: [kontoId, reference, limit],
  });
  return rows as { id: string; dato: Date; avgivendeSystem: string | null; mottakerId: string | null }[];
}

/** The account that owns a letter, whoever asks; tells nothing else about it. */
export async function findKonto(trx: Trx, id: string): Promise<{ id: string; tenant: string } | undefined> {
  const { rows } = await trx.pg.query({
    name: 'post_finn_konto',
    text: 'select konto_id as id, tenant_id as tenant from post.finn_kontoer(array[$1::uuid])',
    values: [id],
  });
  return rows[0] as { id: string; tenant: string } | undefined;
}

/** Has the acting tenant, with this number, a part in the letter: as sender, as recipient, or by being shown it? */
export async function isParty(trx: Trx, id: string, orgnr: string): Promise<boolean> {
  const { rows } = await trx.pg.query<{ party: boolean }>({
    name: 'post_er_part',
    text: 'select post.er_part($1::uuid, $2) as party',
    values: [id, orgnr],
  });
  return rows[0]!.party;
}

/** The tenants that own letters, by letter id. */
export async function findOwners(trx: Trx, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await trx.pg.query({
    name: 'post_finn_eiere',
    text: 'select id, tenant_id as tenant from post.finn_kontoer($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map((row: { id: string; tenant: string }) => [row.id, row.tenant]));
}

/** Forgets the stored objects of letters and returns them for removal, with the day of deletion noted. */
export async function markDocumentsDeleted(trx: Trx, ids: readonly string[]): Promise<string[]> {
  const { rows } = await trx.pg.query({
    name: 'post_delete_documents',
    text: `with letter as (
             update post.forsendelse set dokumenter_slettet = $2, print_frist = null where id = any($1::uuid[]) and dokumenter_slettet is null
           ), gone as (select forsendelse_id, nr, objekt from post.dokument where forsendelse_id = any($1::uuid[]) and objekt is not null for update)
           update post.dokument d set objekt = null from gone
           where d.forsendelse_id = gone.forsendelse_id and d.nr = gone.nr returning gone.objekt`,
    values: [ids, trx.ctx.now()],
  });
  return rows.map((row: { objekt: string }) => row.objekt);
}

/** True when the acting tenant has any letter. */
export async function hasAnyForsendelse(trx: Trx): Promise<boolean> {
  const { rows } = await trx.pg.query('select exists (select from post.forsendelse) as yes');
  return (rows[0] as { yes: boolean }).yes;
}
