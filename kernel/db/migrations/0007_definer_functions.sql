-- Functions that run with the owner's rights: nothing that a caller can make may stand in for what they name.
--
-- Without pg_temp in the path PostgreSQL looks for types and tables there first (PostgreSQL: search_path), so that a caller's
-- domain `float8` ran the caller's code as the owner. The migrator refuses such a function from here on (db/table-rules.ts).
--
-- internal: audit_lock: takes a chain for audit_append, which runs it as the owner
-- internal: audit_field: the same
-- internal: event_rebase: for the owner, after a restore
-- internal: require_platform: asked by definer functions only

-- True, or an error: may the transaction do the platform's own work, over all tenants? Then it acts for no tenant and no
-- person, and for nobody or the system itself. With p_tenant: or does it act for that tenant?
create function kernel.require_platform(p_tenant uuid default null) returns boolean language plpgsql stable as $$
begin
  if p_tenant = kernel.current_tenant() then
    return true;
  end if;
  if kernel.current_tenant() is not null or kernel.current_person() is not null
    or split_part(coalesce(kernel.current_actor(), 'system'), ':', 1) <> 'system'
  then
    raise exception 'this is for the platform itself, not for who acts here' using errcode = 'insufficient_privilege';
  end if;
  return true;
end $$;

-- A data key is made once. Whoever could change one could make every document of its tenant unreadable; wrapping them anew
-- under another master key is the owner's work.
-- grant: select, insert on data_key

-- Never what is younger than 24 hours by the database's own clock, whatever the caller says.
create or replace function kernel.purge_idempotency_keys(before timestamptz) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with gone as (
    delete from kernel.idempotency_key
    where (select kernel.require_platform()) and created_at < least(before, now() - interval '24 hours') returning 1
  ) select count(*) from gone
$$;
