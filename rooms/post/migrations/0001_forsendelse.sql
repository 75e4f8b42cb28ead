-- SvarUt accounts. Settings are documented in service/konto.ts.
create table post.konto (
  id uuid primary key,
  tenant_id uuid not null,
  navn text not null,
  innstillinger jsonb not null default '{}',
  opprettet timestamptz not null default now()
);

-- One letter. Retention: documents 3 months (slettes_dato), personal data by konto setting. Audit: post.forsendelse.*
create table post.forsendelse (
  id uuid primary key,
  tenant_id uuid not null,
  konto_id uuid not null references post.konto,
  status text not null,
  status_endret timestamptz not null,
  kanal text,
  mottatt timestamptz not null,
  tittel text not null,
  mottaker_id text,
  mottaker_navn text not null,
  eksponert_for text[] not null default '{}',
  kun_digital boolean not null,
  niva4 boolean not null,
  forsendelsestype text,
  ekstern_referanse text,
  korrelasjonsid text,
  avgivende_system text,
  -- The rest of NyForsendelse: addresses, print configuration, Noark metadata, links.
  innhold jsonb not null,
  antall_dokumenter int not null,
  antall_sider int,
  lest timestamptz,
  print_frist timestamptz,
  slettes_dato timestamptz not null,
  dokumenter_slettet timestamptz
);
create index forsendelse_ekstern on post.forsendelse (konto_id, ekstern_referanse) where ekstern_referanse is not null;
create index forsendelse_korrelasjon on post.forsendelse (konto_id, korrelasjonsid) where korrelasjonsid is not null;
create index forsendelse_mottaker on post.forsendelse (mottaker_id, id) where mottaker_id is not null;
create index forsendelse_eksponert on post.forsendelse using gin (eksponert_for) where eksponert_for <> '{}';
create index forsendelse_frist on post.forsendelse (print_frist) where print_frist is not null;
create index forsendelse_sletting on post.forsendelse (slettes_dato) where dokumenter_slettet is null;

create table post.dokument (
  forsendelse_id uuid not null references post.forsendelse,
  nr int not null,
  tenant_id uuid not null,
  filnavn text not null,
  mime_type text not null,
  dokument_type text,
  storrelse bigint not null,
  sha256 bytea not null,
  -- Names the stored object (see service/object-key.ts); null when deleted.
  objekt uuid,
  sider int,
  skal_signeres boolean not null,
  giroark_sider int[] not null,
  ekskluderes_fra_utskrift boolean not null,
  sensitiv boolean not null,
  ekstra_metadata jsonb not null,
  primary key (forsendelse_id, nr)
);
create unique index dokument_objekt on post.dokument (objekt) where objekt is not null;

-- The event log of a letter; entries are never edited, a correction is a new entry.
-- grant: select, insert on hendelse
create table post.hendelse (
  id uuid primary key,
  tenant_id uuid not null,
  forsendelse_id uuid not null references post.forsendelse,
  tidspunkt timestamptz not null,
  kode text not null,
  params jsonb not null default '{}',
  -- The letter's status after this entry, when the entry changed it.
  status text,
  aktor text
);
create index hendelse_forsendelse on post.hendelse (forsendelse_id, id);

-- One row per channel a letter was given to, in the order tried.
create table post.levering (
  forsendelse_id uuid not null references post.forsendelse,
  kanal text not null,
  tenant_id uuid not null,
  rekkefolge int not null,
  -- venter | sendt | levert | avvist | feilet | stanset
  tilstand text not null,
  referanse text,
  detaljer jsonb not null default '{}',
  endret timestamptz not null,
  primary key (forsendelse_id, kanal)
);

-- Recognises a letter sent twice without an idempotency key. Retention: 24 hours.
create table post.gjentakelse (
  konto_id uuid not null,
  fingeravtrykk bytea not null,
  tenant_id uuid not null,
  forsendelse_id uuid not null,
  utloper timestamptz not null,
  primary key (konto_id, fingeravtrykk)
);
create index gjentakelse_utloper on post.gjentakelse (utloper);

-- Ids handed out by v1 startNyForsendelse, until they are used. Retention: 24 hours.
create table post.reservert_id (
  id uuid primary key,
  tenant_id uuid not null,
  konto_id uuid not null,
  opprettet timestamptz not null
);

-- Who has downloaded which document; all of them makes the letter LEST.
create table post.nedlasting (
  forsendelse_id uuid not null references post.forsendelse,
  nr int not null,
  leser text not null,
  tenant_id uuid not null,
  tidspunkt timestamptz not null,
  primary key (forsendelse_id, nr, leser)
);

-- Receiving systems (SvarInn).
create table post.mottakersystem (
  id uuid primary key,
  tenant_id uuid not null,
  navn text not null,
  brukernavn text not null unique,
  sertifikat_pem text,
  aktiv boolean not null default true
);

-- Which system receives what; written by the receiver's organisation only. Every sender may look it up: it tells no
-- more than the receiver wants known.
create table post.mottakersystem_ruting (
  mottakersystem_id uuid not null references post.mottakersystem,
  tenant_id uuid not null,
  navn text not null,
  organisasjonsnummer text not null,
  forsendelsestype text,
  niva int not null check (niva in (3, 4)),
  unique nulls not distinct (organisasjonsnummer, forsendelsestype, niva)
);

create policy oppslag on post.mottakersystem_ruting for select using (true);

-- The operator's list of types that route to receiving systems.
-- rls: off forsendelsestype: the same list for everyone, changed by migrations and the operator only
-- grant: select on forsendelsestype
create table post.forsendelsestype (
  type text primary key
);
insert into post.forsendelsestype values
  ('nav.digisos'), ('ks.signertforsendelse'), ('Byggesøknad'), ('ks.byggesøknad'),
  ('Geointegrasjon.Matrikkelføring'), ('Geointegrasjon.Matrikkelføringsrespons');

-- What a person may see across organisations: own letters, and those the sender has opened to her.
create policy leser on post.forsendelse for select
  using (mottaker_id = (select kernel.current_person()) or eksponert_for @> array[(select kernel.current_person())]);
create policy leser on post.dokument for select using (
  (select kernel.current_person()) is not null and exists (select from post.forsendelse f where f.id = forsendelse_id));
create policy leser on post.hendelse for select using (
  (select kernel.current_person()) is not null and exists (select from post.forsendelse f where f.id = forsendelse_id));
create policy leser on post.nedlasting for select using (leser = (select kernel.current_person()));

-- Which account owns a letter: asked before the tenant is known, answers nothing about the letter itself.
create function post.finn_kontoer(forsendelser uuid[]) returns table (id uuid, konto_id uuid, tenant_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select f.id, f.konto_id, f.tenant_id from post.forsendelse f where f.id = any(forsendelser)
$$;

-- Work that falls due, over all tenants: ids only; each letter is then handled under its own tenant.
create function post.forfalt_print(grense timestamptz, antall int) returns table (tenant_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select f.tenant_id, f.id from post.forsendelse f
  where f.print_frist is not null and f.print_frist <= grense order by f.print_frist limit antall
$$;
create function post.forfalt_sletting(grense timestamptz, antall int) returns table (tenant_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select f.tenant_id, f.id from post.forsendelse f
  where f.dokumenter_slettet is null and f.slettes_dato <= grense
    and f.status <> 'KLAR_FOR_MOTTAK' -- kept until the receiving system has fetched it
  order by f.slettes_dato limit antall
$$;
create function post.rydd_midlertidig(naa timestamptz) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from post.gjentakelse where utloper < naa;
  delete from post.reservert_id where opprettet < naa - interval '24 hours';
$$;
-- Which stored objects have a row; for the sweeper of orphans.
create function post.kjente_objekter(objekter uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select d.objekt from post.dokument d where d.objekt = any(objekter)
$$;
