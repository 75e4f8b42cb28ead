-- Functions that run with the owner's rights: a fixed path with pg_temp last (see kernel/db/migrations/0007), time by the
-- database's own clock, and queues in the hands of the platform, which alone serves every tenant's.
--
-- internal: ko_gjor_opp: the one place where a queue entry ends; run by the functions around it, as the owner
-- internal: rabbitmq_gjor_opp: the same with RabbitMQ
-- internal: rabbitmq_las: a key of locks that only those functions take
-- internal: ny_id: ids of the platform's own messages

-- Whoever calls: no time after now, so that nothing expires, ends or is taken for dead before its time. The first line of
-- what hands out, settles, expires or removes over all tenants asks for the platform.
do $$
declare
  v_function record;
  v_text text;
begin
  for v_function in
    select p.oid, p.proname from pg_proc p
    where p.pronamespace = 'exchange'::regnamespace and p.prolang = (select oid from pg_language where lanname = 'plpgsql')
  loop
    v_text := replace(pg_get_functiondef(v_function.oid), 'coalesce(p_naa, clock_timestamp())', 'least(p_naa, clock_timestamp())');
    if v_function.proname in ('ko_hent', 'ko_oppgjor', 'ko_angre', 'ko_utlop', 'node_hjerteslag', 'node_rydd', 'konsumenter',
      'rabbitmq_hent', 'rabbitmq_sendt', 'rabbitmq_dod', 'rabbitmq_kvittert', 'rabbitmq_utlop', 'rabbitmq_tilbake',
      'rabbitmq_kontoer')
    then
      v_text := regexp_replace(v_text, '\nbegin\n', E'\nbegin\n  perform kernel.require_platform();\n');
    elsif v_function.proname in ('ko_steng', 'rabbitmq_steng') then
      -- Closed in the transaction that deletes or deactivates the konto: its owner's.
      v_text := regexp_replace(v_text, '\nbegin\n',
        E'\nbegin\n  perform kernel.require_platform((select k.tenant_id from exchange.konto k where k.id = p_konto));\n');
    end if;
    execute v_text;
  end loop;
  for v_function in
    select p.oid::regprocedure as name from pg_proc p
    where p.pronamespace = 'exchange'::regnamespace and (p.prosecdef or array_to_string(p.proconfig, ' ') like '%search_path=%')
  loop
    execute format('alter function %s set search_path = pg_catalog, pg_temp', v_function.name);
  end loop;
end $$;

-- As before, but nothing is stored under the name of an organisation that a konto does not belong to, and what a
-- transaction of one tenant brings is for that tenant.
create or replace function exchange.melding_motta(p_meldinger jsonb, p_innhold bytea[], p_naa timestamptz)
returns table (nr int, id uuid, konto_id uuid, seq bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_tenant uuid := kernel.current_tenant();
  v_naa timestamptz := least(p_naa, clock_timestamp());
begin
  perform kernel.require_platform(v_tenant);
  return query
  with r as materialized (
    select * from jsonb_to_recordset(p_meldinger) as r (nr int, id uuid, tenant_id uuid, konto_id uuid, avsender_tenant_id uuid,
      avsender_konto_id uuid, avsender_navn text, type text, svar_til uuid, headere jsonb, klient_melding_id text,
      klient_korrelasjons_id text, storrelse bigint, sha256 text, objekt uuid, dokument_id uuid, fingeravtrykk text,
      ttl_ms float8)
  ), kjent as materialized (
    select r.nr, (
      select m.id from exchange.melding m
      where m.klient_melding_id = r.klient_melding_id and m.avsender_konto_id = r.avsender_konto_id
        and m.fingeravtrykk = decode(r.fingeravtrykk, 'hex') and m.mottatt > v_naa - interval '24 hours'
        and m.status in ('PAA_KO', 'KVITTERT')
      order by m.id limit 1
    ) as forste
    from r where r.fingeravtrykk is not null
  ), ny as materialized (
    select r.* from r
    where not exists (select from kjent where kjent.nr = r.nr and kjent.forste is not null)
      and (v_tenant is null or r.tenant_id = v_tenant)
      and exists (select from exchange.konto k
        where k.id = r.konto_id and k.tenant_id = r.tenant_id and k.slettet is null and k.aktiv)
      and exists (select from exchange.konto k
        where k.id = r.avsender_konto_id and k.tenant_id = r.avsender_tenant_id)
  ), meldinger as (
    insert into exchange.melding (id, tenant_id, konto_id, avsender_tenant_id, avsender_konto_id, avsender_navn, type, svar_til,
        headere, klient_melding_id, klient_korrelasjons_id, storrelse, sha256, objekt, dokument_id, fingeravtrykk, mottatt, utlop)
      select id, tenant_id, konto_id, avsender_tenant_id, avsender_konto_id, avsender_navn, type, svar_til, headere,
        klient_melding_id, klient_korrelasjons_id, storrelse, decode(sha256, 'hex'), objekt, dokument_id,
        decode(fingeravtrykk, 'hex'), v_naa, v_naa + ttl_ms * interval '1 ms'
      from ny
  ), innhold as (
    insert into exchange.melding_innhold (melding_id, tenant_id, innhold)
      select id, tenant_id, p_innhold[nr] from ny where p_innhold[nr] is not null
  ), plass as (
    insert into exchange.ko as k (konto_id, tenant_id, melding_id, utlop)
      select konto_id, tenant_id, id, v_naa + ttl_ms * interval '1 ms' from ny order by nr
      returning k.melding_id, k.seq
  )
  select r.nr, coalesce(kjent.forste, plass.melding_id), r.konto_id, plass.seq
  from r left join kjent on kjent.nr = r.nr left join plass on plass.melding_id = r.id;
end $$;

-- Never what is younger than a year by the database's own clock, and a bounded number at a time.
create or replace function exchange.rydd_meldinger(p_grense uuid, p_antall int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_alder timestamptz := now() - interval '365 days';
  v_ider uuid[];
begin
  perform kernel.require_platform();
  select array_agg(g.id) into v_ider from (
    select m.id from exchange.melding m
    where m.id < p_grense and m.mottatt < v_alder and m.status <> 'PAA_KO' order by m.id limit least(p_antall, 10000)
  ) g;
  delete from exchange.hendelse h where h.melding_id = any (v_ider);
  delete from exchange.melding m where m.id = any (v_ider);
  return coalesce(cardinality(v_ider), 0);
end $$;

-- For the sweeper of orphans and the removal of what is past its time. An error and not "none" for anybody else: what is
-- not known is removed.
create or replace function exchange.kjente_objekter(p_objekter uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.objekt from exchange.melding m
  where (select kernel.require_platform()) and m.objekt = any (p_objekter) and m.status = 'PAA_KO'
$$;

create or replace function exchange.kjente_dokumenter(ider uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select d.id from exchange.dokument d
  where (select kernel.require_platform()) and d.id = any(ider) and d.fjernet is null;
end;

create or replace function exchange.forfalte_dokumenter(grense timestamptz, antall int) returns table (tenant_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  (select d.tenant_id, d.id from exchange.dokument d
   where (select kernel.require_platform()) and d.fjernet is null and d.tilgjengelig_til <= grense
   order by d.tilgjengelig_til limit antall)
  union
  (select d.tenant_id, d.id from exchange.dokument d
   where (select kernel.require_platform()) and d.fjernet is null and d.slettet is not null and d.slettet <= grense
   order by d.slettet limit antall);
end;
