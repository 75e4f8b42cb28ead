-- Organisations, who may act for them, and how machines and people prove who they are.
--
-- tenant_id is always the organisation that owns the row. Log-in happens before any tenant is known; what it needs is
-- given by the security-definer functions at the end, one row for one exact key, so that the application role can
-- neither list nor search another organisation's credentials.

-- The control digit is checked here too: a wrong number would address letters to somebody else.
create function access.valid_orgnr(orgnr text) returns boolean language sql immutable strict parallel safe
  return orgnr ~ '^[2389][0-9]{8}$' and (
    select (11 - sum(substr(orgnr, place, 1)::int * (array[3,2,7,6,5,4,3,2])[place]) % 11) % 11 = substr(orgnr, 9, 1)::int
    from generate_series(1, 8) place
  );

create table access.organisation (
  id uuid primary key,
  tenant_id uuid not null generated always as (id) stored,
  orgnr text not null unique check (access.valid_orgnr(orgnr)),
  name text not null check (length(name) between 1 and 200),
  language text not null default 'nb' check (language in ('nb', 'nn')),
  kind text not null check (kind in ('kommune', 'fylkeskommune', 'stat', 'leverandor', 'annet')),
  parent uuid references access.organisation,
  active boolean not null default true,
  created_at timestamptz not null
);

-- Names and numbers of organisations are public (enhetsregisterloven § 22). The view runs as its owner, so every
-- tenant may read it; the table itself stays closed.
create view access.public_organisation as
  select id, orgnr, name, language, kind, parent, active from access.organisation;
grant select on access.public_organisation to grunnmur_app;

create table access.person_role (
  tenant_id uuid not null references access.organisation,
  person text not null check (person ~ '^[0-9]{11}$'),
  role text not null check (role in ('organisasjonsadministrator', 'kontoadministrator', 'avsender', 'loggleser', 'postarkiv')),
  created_at timestamptz not null,
  primary key (person, tenant_id, role)
);
create policy own_roles on access.person_role for select using (person = (select kernel.current_person()));

create table access.system (
  id uuid primary key,
  tenant_id uuid not null references access.organisation,
  name text not null check (length(name) between 1 and 200),
  active boolean not null default true,
  created_at timestamptz not null
);

create table access.integration (
  id uuid primary key,
  tenant_id uuid not null references access.organisation,
  system uuid references access.system,
  name text not null check (length(name) between 1 and 200),
  password_hash text not null,
  authorised_orgnr text not null check (access.valid_orgnr(authorised_orgnr)),
  -- Empty: any client of the authorised organisation.
  client_ids text[] not null default '{}' check (cardinality(client_ids) <= 50),
  active boolean not null default true,
  created_at timestamptz not null
);

-- tenant_id owns the resource, not necessarily the integration: a municipality grants a supplier's integration.
create table access.integration_grant (
  integration_id uuid not null references access.integration,
  resource_kind text not null check (resource_kind ~ '^[a-z][a-z0-9.-]{0,63}$'),
  resource_id uuid not null,
  tenant_id uuid not null references access.organisation,
  created_at timestamptz not null,
  primary key (integration_id, resource_kind, resource_id)
);
create index on access.integration_grant (tenant_id, resource_id);
create policy own_integration on access.integration_grant for select
  using (exists (select from access.integration i where i.id = integration_id));

create table access.account_v1 (
  username text primary key check (length(username) between 1 and 100 and position(':' in username) = 0),
  tenant_id uuid not null references access.organisation,
  konto_id uuid not null,
  password_hash text not null,
  active boolean not null default true,
  created_at timestamptz not null
);

create table access.mottakersystem_login (
  username text primary key check (length(username) between 1 and 100 and position(':' in username) = 0),
  id uuid not null unique,
  tenant_id uuid not null references access.organisation,
  name text not null check (length(name) between 1 and 200),
  certificate_pem text not null check (length(certificate_pem) <= 16384),
  password_hash text not null,
  active boolean not null default true,
  created_at timestamptz not null
);

create table access.oauth_client (
  client_id text primary key check (length(client_id) between 1 and 100),
  tenant_id uuid not null references access.organisation,
  scopes text[] not null check (cardinality(scopes) between 1 and 100),
  -- Public keys by kid, and SHA-256 (hex) of certificates accepted in x5c.
  keys jsonb not null default '[]',
  certificate_fingerprints text[] not null default '{}',
  active boolean not null default true,
  created_at timestamptz not null
);

-- The tenant lets a supplier ask for tokens with the tenant as consumer.
create table access.delegation (
  tenant_id uuid not null references access.organisation,
  supplier_orgnr text not null check (access.valid_orgnr(supplier_orgnr)),
  scope text not null check (length(scope) between 1 and 200),
  created_at timestamptz not null,
  primary key (tenant_id, supplier_orgnr, scope)
);

-- One-time ids of token requests (RFC 7523 §3), kept until the request has expired anyway. Only hashes.
-- rls: off jti_seen: belongs to the token issuer, which serves all tenants; holds nothing but hashes
-- grant: select, insert on jti_seen
create table access.jti_seen (
  client_id text not null,
  jti_hash bytea not null,
  expires_at timestamptz not null,
  primary key (client_id, jti_hash)
);
create index on access.jti_seen (expires_at);

-- rls: off signing_key: belongs to the installation; the private part is sealed with the master key
-- grant: select, insert, update on signing_key
create table access.signing_key (
  kid text primary key,
  purpose text not null check (purpose in ('issuer', 'idporten')),
  private_wrapped bytea not null,
  public_jwk jsonb not null,
  created_at timestamptz not null,
  -- Published from created_at, signs from active_from until a newer key is active.
  active_from timestamptz not null,
  withdrawn_at timestamptz
);
create index on access.signing_key (purpose, active_from desc);

-- rls: off session: no tenant; the policies below let a person see their own sessions and nothing else
-- grant: select, insert on session
create table access.session (
  id_hash bytea primary key,
  person text not null check (person ~ '^[0-9]{11}$'),
  level smallint not null check (level in (3, 4)),
  id_token text check (length(id_token) <= 8192),
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  idle_seconds int not null check (idle_seconds > 0),
  expires_at timestamptz not null
);
create index on access.session (expires_at);
alter table access.session enable row level security;
create policy own_session on access.session
  using (person = (select kernel.current_person())) with check (person = (select kernel.current_person()));

-- Refused logins, counted per hour. A subject is a credential that exists, or 'unknown' for all others together, so
-- that the number of rows is bounded by what the operator has registered, not by what callers invent.
-- rls: off refusal: written before a tenant is known; read by the operator
-- grant: select, insert, update on refusal
create table access.refusal (
  hour timestamptz not null,
  subject text not null check (length(subject) <= 200),
  reason text not null check (length(reason) <= 50),
  count bigint not null,
  primary key (hour, subject, reason)
);

-- Private keys and passwords of demonstration clients, sealed with the master key. Empty in production.
create table access.demo_secret (
  label text not null,
  tenant_id uuid not null references access.organisation,
  wrapped bytea not null,
  primary key (tenant_id, label)
);

create function access.integration_for_login(wanted uuid)
returns table (id uuid, name text, tenant_id uuid, password_hash text, authorised_orgnr text, client_ids text[], active boolean, grants json)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select i.id, i.name, i.tenant_id, i.password_hash, i.authorised_orgnr, i.client_ids,
    i.active and o.active and coalesce(s.active, true),
    coalesce((
      select json_agg(json_build_object('resourceKind', g.resource_kind, 'resourceId', g.resource_id, 'tenant', g.tenant_id))
      from access.integration_grant g join access.organisation owner on owner.id = g.tenant_id and owner.active
      where g.integration_id = i.id
    ), '[]'::json)
  from access.integration i
  join access.organisation o on o.id = i.tenant_id
  left join access.system s on s.id = i.system
  where i.id = wanted;
end;

create function access.account_for_login(wanted text)
returns table (username text, tenant_id uuid, konto_id uuid, password_hash text, orgnr text, organisation_name text, active boolean)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select a.username, a.tenant_id, a.konto_id, a.password_hash, o.orgnr, o.name, a.active and o.active
  from access.account_v1 a join access.organisation o on o.id = a.tenant_id
  where a.username = wanted;
end;

create function access.mottakersystem_for_login(wanted text)
returns table (username text, id uuid, tenant_id uuid, name text, certificate_pem text, password_hash text, orgnr text, active boolean)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select m.username, m.id, m.tenant_id, m.name, m.certificate_pem, m.password_hash, o.orgnr, m.active and o.active
  from access.mottakersystem_login m join access.organisation o on o.id = m.tenant_id
  where m.username = wanted;
end;

create function access.client_for_token(wanted text)
returns table (client_id text, tenant_id uuid, orgnr text, scopes text[], keys jsonb, certificate_fingerprints text[], active boolean)
language sql stable security definer set search_path = pg_catalog
begin atomic
  select c.client_id, c.tenant_id, o.orgnr, c.scopes, c.keys, c.certificate_fingerprints, c.active and o.active
  from access.oauth_client c join access.organisation o on o.id = c.tenant_id
  where c.client_id = wanted;
end;

-- Which of the wanted scopes the consumer has delegated to the supplier.
create function access.delegated_scopes(consumer text, supplier text, wanted text[])
returns setof text
language sql stable security definer set search_path = pg_catalog
begin atomic
  select d.scope from access.delegation d join access.organisation o on o.id = d.tenant_id
  where o.orgnr = consumer and o.active and d.supplier_orgnr = supplier and d.scope = any(wanted);
end;

-- The live session of a cookie. last_seen_at is written at most once a minute, so that reading pages stays reading.
create function access.find_session(wanted bytea, at timestamptz)
returns table (person text, level smallint, id_token text, created_at timestamptz, expires_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  update access.session s set last_seen_at = at
    where s.id_hash = wanted and s.last_seen_at < at - interval '1 minute'
      and s.expires_at > at and s.last_seen_at + make_interval(secs => s.idle_seconds) > at;
  return query select s.person, s.level, s.id_token, s.created_at, s.expires_at from access.session s
    where s.id_hash = wanted and s.expires_at > at and s.last_seen_at + make_interval(secs => s.idle_seconds) > at;
end $$;

create function access.end_session(wanted bytea)
returns table (person text, level smallint, id_token text, created_at timestamptz, expires_at timestamptz)
language sql volatile security definer set search_path = pg_catalog
begin atomic
  delete from access.session s where s.id_hash = wanted
  returning s.person, s.level, s.id_token, s.created_at, s.expires_at;
end;

-- Removes what has served its time: sessions, one-time ids, refusal counts older than 90 days.
create function access.purge(at timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog
begin atomic
  delete from access.session where expires_at < at or last_seen_at + make_interval(secs => idle_seconds) < at;
  delete from access.jti_seen where expires_at < at;
  delete from access.refusal where hour < at - interval '90 days';
end;
