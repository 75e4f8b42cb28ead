-- Functions that run with the owner's rights: a fixed path with pg_temp last (see kernel/db/migrations/0007), and those that
-- work over all tenants for the platform only.

create or replace function post.forfalt_print(grense timestamptz, antall int) returns table (tenant_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.tenant_id, f.id from post.forsendelse f
  where (select kernel.require_platform()) and f.print_frist is not null and f.print_frist <= grense
  order by f.print_frist limit antall
$$;

create or replace function post.forfalt_sletting(grense timestamptz, antall int) returns table (tenant_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.tenant_id, f.id from post.forsendelse f
  where (select kernel.require_platform()) and f.dokumenter_slettet is null and f.slettes_dato <= grense
    and f.status <> 'KLAR_FOR_MOTTAK' -- kept until the receiving system has fetched it
  order by f.slettes_dato limit antall
$$;

-- Never what still counts by the database's own clock, whatever the caller says.
create or replace function post.rydd_midlertidig(naa timestamptz) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select kernel.require_platform();
  delete from post.gjentakelse where utloper < least(naa, now());
  delete from post.reservert_id where opprettet < least(naa, now()) - interval '24 hours';
$$;

-- Which stored objects have a row; for the sweeper of orphans. An error and not "none" for anybody else: what is not known
-- is removed.
create or replace function post.kjente_objekter(objekter uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.objekt from post.dokument d where (select kernel.require_platform()) and d.objekt = any(objekter)
$$;

alter function post.finn_kontoer set search_path = pg_catalog, pg_temp;
alter function post.brev_for_leser set search_path = pg_catalog, pg_temp;
