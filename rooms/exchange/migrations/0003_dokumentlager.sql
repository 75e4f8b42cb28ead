-- Dokumentlager (fiks-io §2.6): documents that others fetch by id, and the payloads of messages over the threshold.
--
-- tenant_id is the organisation of the konto: the uploader's, or for a payload the receiver's. The bytes lie in object
-- storage under a key made of tenant and id.

-- Retention: the bytes until tilgjengelig_til or the deletion, the row stays. Audit: exchange.dokument.*
-- grant: select, insert, update on dokument
create table exchange.dokument (
  id uuid primary key,
  tenant_id uuid not null,
  konto_id uuid not null references exchange.konto,
  -- The payload of a message: given out as it was sent, and not among the konto's own documents.
  nyttelast boolean not null,
  navn text not null check (length(navn) between 1 and 255),
  mimetype text not null check (length(mimetype) between 3 and 255),
  -- Sent encrypted for the platform's certificate.
  kryptert boolean not null,
  kryptert_storrelse bigint not null check (kryptert_storrelse > 0),
  ukryptert_storrelse bigint not null check (ukryptert_storrelse > 0),
  -- Of the bytes as they are given out.
  sha256 bytea not null check (octet_length(sha256) = 32),
  sikkerhetsniva smallint not null check (sikkerhetsniva in (3, 4)),
  eksponert_for jsonb not null check (jsonb_typeof(eksponert_for) = 'array'),
  korrelasjonsid uuid,
  ikke_lagre_lastet_ned boolean not null,
  -- Null: for ever.
  tilgjengelig_til timestamptz,
  opprettet timestamptz not null,
  opprettet_av text not null,
  slettet timestamptz,
  -- When the bytes were given up; from then on nothing names the object.
  fjernet timestamptz
);
create index dokument_korrelasjon on exchange.dokument (konto_id, korrelasjonsid, id) where korrelasjonsid is not null;
create index dokument_utlop on exchange.dokument (tilgjengelig_til) where fjernet is null;
create index dokument_slettet on exchange.dokument (slettet) where fjernet is null and slettet is not null;

-- Who fetched a document to its last byte, unless its sender does not want that kept.
-- Retention: as long as the document's row.
-- grant: select, insert on dokument_nedlasting
create table exchange.dokument_nedlasting (
  id uuid primary key,
  tenant_id uuid not null,
  dokument_id uuid not null references exchange.dokument,
  tidspunkt timestamptz not null,
  aktor text not null
);
create index dokument_nedlasting_dokument on exchange.dokument_nedlasting (dokument_id, id);

-- A download names a document of any organisation; who may have it is decided from what this gives for one exact id.
create function exchange.dokument_for_nedlasting(wanted uuid)
returns table (
  id uuid, tenant_id uuid, konto_id uuid, nyttelast boolean, navn text, mimetype text, kryptert boolean,
  kryptert_storrelse bigint, ukryptert_storrelse bigint, sha256 bytea, sikkerhetsniva smallint, eksponert_for jsonb,
  korrelasjonsid uuid, ikke_lagre_lastet_ned boolean, tilgjengelig_til timestamptz, opprettet timestamptz,
  slettet timestamptz
)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select d.id, d.tenant_id, d.konto_id, d.nyttelast, d.navn, d.mimetype, d.kryptert, d.kryptert_storrelse,
    d.ukryptert_storrelse, d.sha256, d.sikkerhetsniva, d.eksponert_for, d.korrelasjonsid, d.ikke_lagre_lastet_ned,
    d.tilgjengelig_til, d.opprettet, coalesce(d.slettet, d.fjernet)
  from exchange.dokument d where d.id = wanted;
end;

-- Writes the payload of a message that is being accepted, in the transaction of its sender. The owner follows from the
-- receiving konto, so that nothing can be put among the documents of an organisation: only beside a message to it.
create function exchange.registrer_nyttelast(
  p_id uuid, p_konto uuid, p_storrelse bigint, p_sha256 bytea, p_til timestamptz, p_naa timestamptz, p_aktor text
) returns uuid
language sql volatile security definer set search_path = pg_catalog
begin atomic
  insert into exchange.dokument (id, tenant_id, konto_id, nyttelast, navn, mimetype, kryptert, kryptert_storrelse,
      ukryptert_storrelse, sha256, sikkerhetsniva, eksponert_for, ikke_lagre_lastet_ned, tilgjengelig_til, opprettet,
      opprettet_av)
    select p_id, k.tenant_id, k.id, true, p_id::text, 'application/octet-stream', false, p_storrelse, p_storrelse,
      p_sha256, 4, jsonb_build_array(jsonb_build_object('type', 'INTEGRASJON', 'id', s.integrasjon_id)), true, p_til,
      p_naa, p_aktor
    from exchange.konto k join exchange.system s on s.id = k.system_id
    where k.id = p_konto
  returning tenant_id;
end;

-- Documents whose bytes are to go, over all tenants: ids only; each is then handled under its own tenant.
create function exchange.forfalte_dokumenter(grense timestamptz, antall int) returns table (tenant_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog
begin atomic
  (select d.tenant_id, d.id from exchange.dokument d
   where d.fjernet is null and d.tilgjengelig_til <= grense order by d.tilgjengelig_til limit antall)
  union
  (select d.tenant_id, d.id from exchange.dokument d
   where d.fjernet is null and d.slettet is not null and d.slettet <= grense order by d.slettet limit antall);
end;

-- Which of the stored objects a row still names: asked by the sweeper, over all tenants.
create function exchange.kjente_dokumenter(ider uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog
begin atomic
  select d.id from exchange.dokument d where d.id = any(ider) and d.fjernet is null;
end;
