-- Functions that run with the owner's rights: a fixed path with pg_temp last (see kernel/db/migrations/0007), and limits of
-- their own. What logs in is asked for before any tenant is known: a transaction that acts for a tenant gets that one's
-- only, so that no tenant reads another's password hashes.
--
-- A signing key is made and withdrawn, never changed.
-- grant: select, insert, update (withdrawn_at) on signing_key

create or replace function access.integration_for_login(wanted uuid)
returns table (id uuid, name text, tenant_id uuid, password_hash text, authorised_orgnr text, client_ids text[], active boolean, grants json)
language sql stable security definer set search_path = pg_catalog, pg_temp
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
  where i.id = wanted and coalesce(i.tenant_id = (select kernel.current_tenant()), true);
end;

create or replace function access.account_for_login(wanted text)
returns table (username text, tenant_id uuid, konto_id uuid, password_hash text, orgnr text, organisation_name text, active boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select a.username, a.tenant_id, a.konto_id, a.password_hash, o.orgnr, o.name, a.active and o.active
  from access.account_v1 a join access.organisation o on o.id = a.tenant_id
  where a.username = wanted and coalesce(a.tenant_id = (select kernel.current_tenant()), true);
end;

create or replace function access.mottakersystem_for_login(wanted text)
returns table (username text, id uuid, tenant_id uuid, name text, certificate_pem text, password_hash text, orgnr text, active boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select m.username, m.id, m.tenant_id, m.name, m.certificate_pem, m.password_hash, o.orgnr, m.active and o.active
  from access.mottakersystem_login m join access.organisation o on o.id = m.tenant_id
  where m.username = wanted and coalesce(m.tenant_id = (select kernel.current_tenant()), true);
end;

create or replace function access.client_for_token(wanted text)
returns table (client_id text, tenant_id uuid, orgnr text, scopes text[], keys jsonb, certificate_fingerprints text[], active boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select c.client_id, c.tenant_id, o.orgnr, c.scopes, c.keys, c.certificate_fingerprints, c.active and o.active
  from access.oauth_client c join access.organisation o on o.id = c.tenant_id
  where c.client_id = wanted and coalesce(c.tenant_id = (select kernel.current_tenant()), true);
end;

alter function access.delegated_scopes set search_path = pg_catalog, pg_temp;
alter function access.find_session set search_path = pg_catalog, pg_temp;
alter function access.end_session set search_path = pg_catalog, pg_temp;

-- Never what still lives by the database's own clock, whatever the caller says.
create or replace function access.purge(at timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
begin atomic
  select kernel.require_platform();
  delete from access.session
    where expires_at < least(at, now()) or last_seen_at + make_interval(secs => idle_seconds) < least(at, now());
  delete from access.jti_seen where expires_at < least(at, now());
  delete from access.refusal where hour < least(at, now()) - interval '90 days';
end;
