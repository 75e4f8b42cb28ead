-- What an operator lets an organisation be found by in the directory, beside its own organisation numbers: the units of NAV,
-- which no register here knows the owner of, and the number of another organisation that it does the work for.
-- Audit: exchange.identifikator.grant, .revoke. Retention: until it is revoked; there are no personal data in it.
-- grant: select on identifikator_rett
create table exchange.identifikator_rett (
  tenant_id uuid not null,
  -- As in exchange.adresse: NAVENHET_ID.0301
  identifikator text not null check (identifikator ~ '^[A-Z_]{1,30}\.[0-9]{1,30}$'),
  gitt timestamptz not null,
  gitt_av text not null,
  primary key (tenant_id, identifikator)
);

-- Nobody gives it to himself: written by these functions only, which ask for the system itself acting for the organisation.
--
-- internal: krev_operator: asked by the two functions below
create function exchange.krev_operator() returns uuid language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_tenant uuid := kernel.current_tenant();
begin
  if v_tenant is null or kernel.current_person() is not null
    or split_part(coalesce(kernel.current_actor(), ''), ':', 1) <> 'system'
  then
    raise exception 'this is for the operator, not for who acts here' using errcode = 'insufficient_privilege';
  end if;
  return v_tenant;
end $$;

-- True when it is new.
create function exchange.gi_identifikator(p_identifikator text, p_naa timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_tenant uuid := exchange.krev_operator();
begin
  insert into exchange.identifikator_rett (tenant_id, identifikator, gitt, gitt_av)
    values (v_tenant, p_identifikator, least(p_naa, clock_timestamp()), kernel.current_actor()) on conflict do nothing;
  return found;
end $$;

-- True when there was such a right.
create function exchange.ta_identifikator(p_identifikator text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_tenant uuid := exchange.krev_operator();
begin
  delete from exchange.identifikator_rett r where r.tenant_id = v_tenant and r.identifikator = p_identifikator;
  return found;
end $$;

-- All rights, for the operator.
create function exchange.identifikator_retter()
returns table (tenant_id uuid, identifikator text, gitt timestamptz, gitt_av text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform kernel.require_platform();
  return query select r.tenant_id, r.identifikator, r.gitt, r.gitt_av from exchange.identifikator_rett r order by 2, 1;
end $$;

-- Identifiers of active addresses that no operator has given: the organisation's own numbers are among them.
create function exchange.identifikatorer_i_bruk()
returns table (tenant_id uuid, konto_id uuid, adresse_id uuid, identifikator text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform kernel.require_platform();
  return query
    select a.tenant_id, a.konto_id, a.id, i.identifikator
    from exchange.adresse a cross join lateral unnest(a.identifikatorer) as i (identifikator)
      left join exchange.identifikator_rett r on r.tenant_id = a.tenant_id and r.identifikator = i.identifikator
    where a.aktiv and r.identifikator is null
    order by a.id, i.identifikator;
end $$;
