-- Systems, kontoer, keys, access and addresses (fiks-io §2.3-2.5).
--
-- tenant_id is the organisation that owns the row (fiksOrgId). Everybody may exchange messages with everybody, so some
-- facts cross organisations: those of one konto or system for its exact id, the directory of systems that are marked as
-- public, and addresses for an exact identifier. They are given by the security-definer functions and views at the end.

-- Retention: as long as the organisation. Audit: exchange.organisasjon.*
create table exchange.organisasjon (
  tenant_id uuid primary key,
  kommunenummer text not null check (kommunenummer ~ '^[0-9]{4}$')
);

-- A system owns kontoer and has exactly one integration; its id is that of the system in the access room.
-- Retention: as long as the organisation. Audit: exchange.system.*
create table exchange.system (
  id uuid primary key,
  tenant_id uuid not null,
  integrasjon_id uuid not null unique,
  navn text not null check (length(navn) between 1 and 200),
  beskrivelse text not null default '' check (length(beskrivelse) <= 500),
  eposter text[] not null default '{}' check (cardinality(eposter) <= 20),
  -- Other organisations may find the system and its kontoer, and ask for access.
  offentlig boolean not null default false,
  -- A request for access to one of its kontoer is granted at once.
  automatisk_godkjenning boolean not null default false,
  -- FIKS.KONFIGURER: the integration may change the system through the API.
  konfigureres_av_integrasjon boolean not null default true,
  leverandor_navn text check (length(leverandor_navn) <= 200),
  leverandor_kontaktpunkt text check (length(leverandor_kontaktpunkt) <= 200),
  opprettet timestamptz not null,
  opprettet_av text not null,
  sist_endret timestamptz not null,
  sist_endret_av text not null
);
create index system_tenant on exchange.system (tenant_id, navn, id);
create index system_offentlig on exchange.system (navn, id) where offentlig;

-- A protokoll-konto and its Fiks IO-konto are one row. Retention: deleted ones stay, for the messages that name them.
-- Audit: exchange.konto.*
create table exchange.konto (
  id uuid primary key,
  tenant_id uuid not null,
  system_id uuid not null references exchange.system,
  navn text not null check (length(navn) between 1 and 200),
  beskrivelse text not null default '' check (length(beskrivelse) <= 500),
  -- Null: a bare Fiks IO-konto, for messages of any type.
  protokoll text check (length(protokoll) between 1 and 500),
  aktiv boolean not null,
  send_deaktivert boolean not null default false,
  aksepterte_avsendere_aktivert boolean not null default false,
  dokumentlager_konto_id uuid not null,
  opprettet timestamptz not null,
  opprettet_av text not null,
  sist_endret timestamptz not null,
  sist_endret_av text not null,
  slettet timestamptz
);
create index konto_system on exchange.konto (system_id, navn, id) where slettet is null;
create index konto_tenant on exchange.konto (tenant_id, navn, id) where slettet is null;

-- The parties of its protocol that a konto plays (fiks-io §5).
create table exchange.konto_part (
  konto_id uuid not null references exchange.konto,
  part text not null check (length(part) between 1 and 200),
  versjon text not null check (length(versjon) between 1 and 50),
  tenant_id uuid not null,
  primary key (konto_id, part, versjon)
);

-- Every key that a konto has had: what was encrypted for an earlier one is decrypted with that one.
-- Audit: exchange.nokkel.*
-- grant: select, insert, update on nokkel
create table exchange.nokkel (
  id uuid primary key,
  tenant_id uuid not null,
  konto_id uuid not null references exchange.konto,
  pem text not null check (length(pem) <= 16384),
  fingeravtrykk text not null check (fingeravtrykk ~ '^[0-9a-f]{64}$'),
  serienummer text not null,
  subjekt text not null,
  utsteder text not null,
  gyldig_fra timestamptz not null,
  gyldig_til timestamptz not null,
  bits int not null check (bits >= 2048),
  opprettet timestamptz not null,
  opprettet_av text not null,
  -- When another took its place, or it was removed. Null for the konto's present key.
  erstattet timestamptz
);
create unique index nokkel_gjeldende on exchange.nokkel (konto_id) where erstattet is null;
create index nokkel_konto on exchange.nokkel (konto_id, opprettet desc);

-- A system's access to a konto. The row belongs to the konto's owner; the system's owner may see it and give it up.
-- Audit: exchange.tilgang.*
create table exchange.tilgang (
  konto_id uuid not null references exchange.konto,
  system_id uuid not null references exchange.system,
  tenant_id uuid not null,
  system_tenant_id uuid not null,
  status text not null check (status in ('FORESPURT', 'GITT')),
  opprettet timestamptz not null,
  opprettet_av text not null,
  gitt timestamptz check ((gitt is not null) = (status = 'GITT')),
  primary key (konto_id, system_id)
);
create index tilgang_system on exchange.tilgang (system_id, status);
create policy egen_tilgang on exchange.tilgang for select using (system_tenant_id = (select kernel.current_tenant()));
create policy oppgi_tilgang on exchange.tilgang for delete using (system_tenant_id = (select kernel.current_tenant()));

-- Who a konto takes messages from, when its owner has limited that. Audit: exchange.akseptert_avsender.*
create table exchange.akseptert_avsender (
  konto_id uuid not null references exchange.konto,
  avsender_konto_id uuid not null references exchange.konto,
  tenant_id uuid not null,
  opprettet timestamptz not null,
  primary key (konto_id, avsender_konto_id)
);

-- How a konto is found by those who know a number only. Audit: exchange.adresse.*
create table exchange.adresse (
  id uuid primary key,
  tenant_id uuid not null,
  konto_id uuid not null references exchange.konto,
  beskrivelse text not null check (length(beskrivelse) <= 500),
  aktiv boolean not null default false,
  -- As in a lookup: ORG_NO.123456789
  identifikatorer text[] not null default '{}' check (cardinality(identifikatorer) <= 1000),
  meldingsprotokoller text[] not null default '{}' check (cardinality(meldingsprotokoller) <= 200),
  sikkerhetsnivaer smallint[] not null default '{}'
    check (cardinality(sikkerhetsnivaer) <= 4 and sikkerhetsnivaer <@ array[1, 2, 3, 4]::smallint[]),
  opprettet timestamptz not null,
  opprettet_av text not null,
  sist_endret timestamptz not null,
  sist_endret_av text not null,
  check (not aktiv or (identifikatorer <> '{}' and meldingsprotokoller <> '{}' and sikkerhetsnivaer <> '{}'))
);
create index adresse_konto on exchange.adresse (konto_id, id);
create index adresse_identifikator on exchange.adresse using gin (identifikatorer) where aktiv;

-- The directory: what other organisations may find without knowing an id.
create view exchange.offentlig_organisasjon as select tenant_id as id, kommunenummer from exchange.organisasjon;
create view exchange.offentlig_system as
  select id, tenant_id, navn, beskrivelse from exchange.system where offentlig;
create view exchange.offentlig_konto as
  select k.id, k.tenant_id, k.system_id, k.navn, k.beskrivelse, k.protokoll
  from exchange.konto k join exchange.system s on s.id = k.system_id and s.offentlig
  where k.slettet is null and k.aktiv;
create view exchange.offentlig_part as
  select p.konto_id, p.part, p.versjon from exchange.konto_part p join exchange.offentlig_konto k on k.id = p.konto_id;
grant select on exchange.offentlig_organisasjon, exchange.offentlig_system, exchange.offentlig_konto,
  exchange.offentlig_part to grunnmur_app;

-- What the rules of sending and the catalogue need of kontoer, deleted ones too.
create function exchange.finn_kontoer(ider uuid[])
returns table (
  id uuid, tenant_id uuid, system_id uuid, integrasjon_id uuid, navn text, beskrivelse text, protokoll text,
  aktiv boolean, send_deaktivert boolean, aksepterte_avsendere_aktivert boolean, slettet boolean,
  konfigureres_av_integrasjon boolean, offentlig boolean, kommunenummer text, parter json
)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select k.id, k.tenant_id, k.system_id, s.integrasjon_id, k.navn, k.beskrivelse, k.protokoll,
    k.aktiv, k.send_deaktivert, k.aksepterte_avsendere_aktivert, k.slettet is not null,
    s.konfigureres_av_integrasjon, s.offentlig, o.kommunenummer,
    coalesce((
      select json_agg(json_build_object('part', p.part, 'versjon', p.versjon) order by p.part, p.versjon)
      from exchange.konto_part p where p.konto_id = k.id
    ), '[]'::json)
  from exchange.konto k join exchange.system s on s.id = k.system_id
    left join exchange.organisasjon o on o.tenant_id = k.tenant_id
  where k.id = any(ider);
end;

create function exchange.finn_systemer(ider uuid[])
returns table (id uuid, tenant_id uuid, navn text, beskrivelse text, offentlig boolean, kommunenummer text)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select s.id, s.tenant_id, s.navn, s.beskrivelse, s.offentlig, o.kommunenummer
  from exchange.system s left join exchange.organisasjon o on o.tenant_id = s.tenant_id where s.id = any(ider);
end;

-- The system of an integration that has logged in.
create function exchange.finn_system_for_integrasjon(wanted uuid) returns uuid
language sql stable security definer set search_path = pg_catalog
begin atomic
  select s.id from exchange.system s where s.integrasjon_id = wanted;
end;

-- What the receiver's owner has said about the sender.
create function exchange.forhold(mottaker uuid, avsender uuid, avsender_system uuid)
returns table (tilgang boolean, akseptert boolean)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select
    exists (select from exchange.tilgang t
            where t.konto_id = mottaker and t.system_id = avsender_system and t.status = 'GITT'),
    exists (select from exchange.akseptert_avsender a
            where a.konto_id = mottaker and a.avsender_konto_id = avsender);
end;

-- A konto's present key: open to everybody (fiks-io §2.3).
create function exchange.finn_nokkel(wanted uuid)
returns table (pem text, fingeravtrykk text, serienummer text, subjekt text, utsteder text, gyldig_fra timestamptz, gyldig_til timestamptz)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select n.pem, n.fingeravtrykk, n.serienummer, n.subjekt, n.utsteder, n.gyldig_fra, n.gyldig_til
  from exchange.nokkel n join exchange.konto k on k.id = n.konto_id and k.slettet is null
  where n.konto_id = wanted and n.erstattet is null;
end;

-- Asks for access on behalf of one of the acting tenant's systems. Gives the status the request got, or nothing when
-- the konto cannot be seen: deleted, or neither the tenant's own nor of a public system. Repeating it changes nothing.
create function exchange.be_om_tilgang(system uuid, konto uuid, naa timestamptz, aktor text) returns text
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  tenant uuid := kernel.current_tenant();
  eier uuid;
  automatisk boolean;
  resultat text;
begin
  if not exists (select from exchange.system s where s.id = system and s.tenant_id = tenant) then return null; end if;
  select k.tenant_id, o.automatisk_godkjenning into eier, automatisk
    from exchange.konto k join exchange.system o on o.id = k.system_id
    where k.id = konto and k.slettet is null and (k.tenant_id = tenant or o.offentlig);
  if eier is null then return null; end if;
  insert into exchange.tilgang (konto_id, system_id, tenant_id, system_tenant_id, status, opprettet, opprettet_av, gitt)
    values (konto, system, eier, tenant, case when automatisk then 'GITT' else 'FORESPURT' end, naa, aktor,
            case when automatisk then naa end)
    on conflict (konto_id, system_id) do update
      set status = excluded.status, gitt = excluded.gitt
      where exchange.tilgang.status = 'FORESPURT' and excluded.status = 'GITT';
  select t.status into resultat from exchange.tilgang t where t.konto_id = konto and t.system_id = system;
  return resultat;
end $$;

-- The konto that has an active address with exactly these three values.
create function exchange.finn_adressat(identifikator text, meldingsprotokoll text, niva smallint) returns uuid
language sql stable security definer set search_path = pg_catalog
begin atomic
  select a.konto_id from exchange.adresse a join exchange.konto k on k.id = a.konto_id and k.slettet is null and k.aktiv
  where a.aktiv and a.identifikatorer @> array[identifikator] and meldingsprotokoll = any(a.meldingsprotokoller)
    and niva = any(a.sikkerhetsnivaer)
  order by a.id limit 1;
end;

-- Active addresses, in any organisation, that share an identifier, a protocol and a level with the given values.
create function exchange.overlappende_adresser(identer text[], protokoller text[], nivaer smallint[], unntatt uuid)
returns table (id uuid, konto_id uuid, tenant_id uuid, identifikatorer text[], meldingsprotokoller text[], sikkerhetsnivaer smallint[])
language sql stable security definer set search_path = pg_catalog
begin atomic
  select a.id, a.konto_id, a.tenant_id,
    array(select unnest(a.identifikatorer) intersect select unnest(identer) order by 1),
    array(select unnest(a.meldingsprotokoller) intersect select unnest(protokoller) order by 1),
    array(select unnest(a.sikkerhetsnivaer) intersect select unnest(nivaer) order by 1)
  from exchange.adresse a
  where a.aktiv and a.id is distinct from unntatt and a.identifikatorer && identer
    and a.meldingsprotokoller && protokoller and a.sikkerhetsnivaer && nivaer
  order by a.id limit 100;
end;
