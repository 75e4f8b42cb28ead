-- Jobs: one table that holds living jobs only. Everything a worker does is one function call, so one round trip.
--
-- `due_at` is the one column that decides when a worker may take a row:
--   waiting job   the time it wants to run
--   running job   the end of its lease: a dead worker's job becomes due by itself
--   parked job    infinity: an earlier job of its key still waits or runs
-- So future, running and parked jobs all lie behind the rows that a pick reads, whatever their number.
--
-- rls: off job: workers take jobs before they know the tenant; rows carry ids only, never content
create table kernel.job (
  seq          bigint generated always as identity primary key,
  id           uuid not null,
  queue        text not null,
  tenant_id    uuid not null, -- the nil UUID stands for "no tenant"
  subject      uuid,
  payload      jsonb not null,
  key          text,
  unique_key   text,
  run_at       timestamptz not null,
  due_at       timestamptz not null,
  attempt      int not null default 0,
  attempt_base int not null default 0, -- attempts made before a retry by hand
  dying        boolean not null default false, -- failed for good; only the definition's onDead remains
  last_error   text,
  token        uuid, -- set while a worker holds the lease
  started_at   timestamptz,
  node         text,
  created_at   timestamptz not null,
  request_id   text,
  trace_id     text
) with (
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000
);
create index job_due on kernel.job (queue, due_at, seq);
create index job_tenant_due on kernel.job (queue, tenant_id, due_at, seq);
create index job_key on kernel.job (queue, tenant_id, key, seq) where key is not null;
create unique index job_unique_key on kernel.job (queue, tenant_id, unique_key) where unique_key is not null;
-- Unique: the database itself refuses a second running job of a key.
create unique index job_running on kernel.job (queue, tenant_id, key) where token is not null;

-- rls: off job_dead: operators list and retry dead jobs across tenants after an outage; rows carry ids only
create table kernel.job_dead (
  id         uuid primary key,
  queue      text not null,
  tenant_id  uuid not null,
  subject    uuid,
  payload    jsonb not null,
  key        text,
  unique_key text,
  attempt    int not null,
  error      text,
  created_at timestamptz not null,
  died_at    timestamptz not null,
  request_id text,
  trace_id   text
);
create index job_dead_queue on kernel.job_dead (queue, id);
create index job_dead_tenant on kernel.job_dead (tenant_id, id);

-- The permanent history of attempts: domain data (delivery timelines, archive duty), so it is never changed.
-- grant: select, insert on job_attempt
create table kernel.job_attempt (
  job_id      uuid not null,
  attempt     int not null,
  queue       text not null,
  tenant_id   uuid not null,
  subject     uuid,
  started_at  timestamptz not null,
  finished_at timestamptz not null,
  outcome     text not null check (outcome in ('done', 'retry', 'dead', 'lost', 'interrupted')),
  error       text,
  detail      jsonb,
  node        text,
  primary key (job_id, attempt)
);
create index job_attempt_subject on kernel.job_attempt (tenant_id, subject, started_at) where subject is not null;

-- rls: off schedule: schedules belong to the installation, not to a tenant
create table kernel.schedule (
  name        text primary key,
  planned_at  timestamptz not null,
  started_at  timestamptz not null,
  finished_at timestamptz,
  lease_until timestamptz,
  token       uuid,
  node        text,
  last_error  text
);

create function kernel.job_key_hash(p_queue text, p_tenant uuid, p_key text) returns int
  language sql immutable parallel safe
  return hashtext(p_queue || '/' || p_tenant::text || '/' || p_key);

-- Takes up to p_limit due jobs of one tenant. Tenants take turns: the tenant after p_after with due jobs comes first,
-- otherwise the one whose job has waited longest. A row without seq says only whether more jobs are due (`more`).
--
-- Finished jobs leave dead index entries until the next vacuum, all at the front of the due indexes. The caller skips
-- them by p_from, derived from an earlier answer (`oldest`, what the job that had waited longest was due at), and
-- leaves it out every now and then, for jobs that came in before it after all.
--
-- Order per key: whether a job is the first of its key is decided under an advisory lock of that key, in a statement
-- of its own (a fresh snapshot); kernel.job_finish takes the same lock. Jobs that are not first are parked.
--
-- The planner settings keep the two due indexes in use even while statistics say that the table is empty.
create function kernel.job_pick(
  p_queue text, p_after uuid, p_from timestamptz, p_limit int, p_max_attempts int, p_lease_ms int, p_token uuid,
  p_node text, p_now timestamptz
) returns table (
  more boolean, oldest timestamptz, seq bigint, id uuid, tenant_id uuid, subject uuid, payload jsonb, key text, attempt int,
  attempt_base int, dying boolean, last_error text, created_at timestamptz, request_id text, trace_id text
) language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
  set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_from timestamptz := coalesce(p_from, '-infinity');
  v_cursor uuid := p_after;
  v_tenant uuid;
  v_next uuid;
  v_due timestamptz;
  v_oldest timestamptz;
  v_seqs bigint[];
  v_run bigint[];
  v_park bigint[];
  v_keyed boolean;
  v_expired boolean;
  v_keys text[];
  v_skip bigint[] := '{}';
  v_more boolean := false;
begin
  -- Need not survive a crash of the server: the jobs would only wait again.
  perform set_config('synchronous_commit', 'off', true);
  for v_round in 1..20 loop
    v_tenant := null;
    -- A few probes only: tenants whose jobs all lie in the future must not make picking dearer.
    for v_probe in 1..8 loop
      exit when v_cursor is null;
      select j.tenant_id, j.due_at into v_next, v_due from kernel.job j
        where j.queue = p_queue and j.tenant_id > v_cursor order by j.tenant_id, j.due_at, j.seq limit 1;
      v_cursor := v_next;
      if v_due <= v_now then
        v_tenant := v_next;
        exit;
      end if;
    end loop;
    v_cursor := null;
    if v_tenant is null then
      select j.tenant_id, j.due_at into v_tenant, v_oldest from kernel.job j
        where j.queue = p_queue and j.due_at >= v_from and j.due_at <= v_now and j.seq <> all (v_skip)
        order by j.due_at, j.seq limit 1 for update skip locked;
      if not found then
        v_more := false;
        exit;
      end if;
    end if;

    -- The row bounds (instead of tenant_id = …) leave job_tenant_due as the only index that gives this order.
    select array_agg(c.seq), bool_or(c.key is not null), bool_or(c.token is not null)
      into v_seqs, v_keyed, v_expired
      from (
        select j.seq, j.key, j.token from kernel.job j
        where j.queue = p_queue and (j.tenant_id, j.due_at) >= (v_tenant, v_from)
          and (j.tenant_id, j.due_at) <= (v_tenant, v_now) and j.seq <> all (v_skip)
        order by j.tenant_id, j.due_at, j.seq limit p_limit for update skip locked
      ) c;
    continue when v_seqs is null;
    v_more := cardinality(v_seqs) >= p_limit;
    v_run := v_seqs;
    v_park := null;

    if v_keyed then
      -- Only tried, never waited for: we hold row locks that the holder may be waiting for.
      select array_agg(k.key) into v_keys from (
        select distinct j.key from kernel.job j where j.seq = any (v_seqs) and j.key is not null
      ) k where pg_try_advisory_xact_lock(7242013, kernel.job_key_hash(p_queue, v_tenant, k.key));
      select array_agg(c.seq) filter (where not c.blocked), array_agg(c.seq) filter (where c.blocked)
        into v_run, v_park
        from (
          select j.seq, j.key is not null and j.token is null and (
            exists (select from kernel.job o where o.queue = p_queue and o.tenant_id = v_tenant and o.key = j.key
              and o.seq < j.seq)
            or exists (select from kernel.job o where o.queue = p_queue and o.tenant_id = v_tenant
              and o.key = j.key and o.token is not null)) as blocked
          from kernel.job j
          where j.seq = any (v_seqs) and (j.key is null or j.key = any (coalesce(v_keys, '{}')))
        ) c;
      -- Another worker decides about the remaining keys right now, and will look again itself.
      select v_skip || coalesce(array_agg(s.seq), '{}') into v_skip from unnest(v_seqs) s (seq)
        where s.seq <> all (coalesce(v_run, '{}') || coalesce(v_park, '{}'));
      if v_park is not null then
        update kernel.job j set due_at = 'infinity' where j.seq = any (v_park);
      end if;
    end if;

    if v_run is not null then
      if v_expired then
        perform set_config('grunnmur.tenant', v_tenant::text, true);
        insert into kernel.job_attempt
            (job_id, attempt, queue, tenant_id, subject, started_at, finished_at, outcome, error, node)
          select j.id, j.attempt, j.queue, j.tenant_id, j.subject, j.started_at, v_now, 'lost', 'lease expired', j.node
          from kernel.job j where j.seq = any (v_run) and j.token is not null and not j.dying
          on conflict do nothing;
      end if;
      return query
        update kernel.job j set
          token = p_token, node = p_node, started_at = v_now, due_at = v_now + p_lease_ms * interval '1 ms',
          attempt = j.attempt + (not (j.dying or j.attempt - j.attempt_base >= p_max_attempts))::int,
          dying = j.dying or j.attempt - j.attempt_base >= p_max_attempts,
          last_error = case when j.token is not null and not j.dying then 'lease expired' else j.last_error end
        where j.seq = any (v_run)
        returning v_more, v_oldest, j.seq, j.id, j.tenant_id, j.subject, j.payload, j.key, j.attempt, j.attempt_base, j.dying,
          j.last_error, j.created_at, j.request_id, j.trace_id;
      return;
    end if;
  end loop;
  more := v_more;
  oldest := v_oldest;
  return next;
end $$;

-- Settles jobs of one batch: removes, delays, buries or holds them, writes their attempts, and wakes the next job of
-- each key. Jobs whose lease (p_token) was lost are left alone; returns the seqs that were settled.
-- p_results: [{seq, action: delete|wait|bury|hold, waitMs?, until?, uncount?, outcome?, error?, detail?}];
-- an attempt is written for results with an outcome.
create function kernel.job_finish(
  p_queue text, p_tenant uuid, p_token uuid, p_keys text[], p_lease_ms int, p_results jsonb, p_now timestamptz
) returns bigint[] language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
  set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_settled bigint[];
begin
  if p_keys is null then
    -- What the handler did is on disk. If the server crashes before this is, the job runs again, as it does when the
    -- worker dies; with a key that could be after its successor, so there we wait for the disk.
    perform set_config('synchronous_commit', 'off', true);
  else
    perform pg_advisory_xact_lock(7242013, s.hash) from (
      select distinct kernel.job_key_hash(p_queue, p_tenant, k) as hash from unnest(p_keys) k order by 1
    ) s;
  end if;
  perform set_config('grunnmur.tenant', p_tenant::text, true);

  with result as materialized (
    select * from jsonb_to_recordset(p_results) as r (seq bigint, action text, "waitMs" float8, until timestamptz,
      uncount boolean, outcome text, error text, detail jsonb)
  ), own as materialized (
    select j.seq, j.id, j.queue, j.tenant_id, j.subject, j.attempt, j.started_at, j.node, r.action, r.outcome,
      r.error, r.detail, coalesce(r.until, v_now + r."waitMs" * interval '1 ms') as next_at,
      coalesce(r.uncount, false) as uncount
    from result r join kernel.job j on j.seq = r.seq
    where j.token = p_token for update of j
  ), removed as (
    delete from kernel.job j using own
    where j.seq = own.seq and own.action in ('delete', 'bury')
    returning j.*, own.action, coalesce(own.error, j.last_error) as error
  ), buried as (
    insert into kernel.job_dead (id, queue, tenant_id, subject, payload, key, unique_key, attempt, error, created_at,
        died_at, request_id, trace_id)
      select id, queue, tenant_id, subject, payload, key, unique_key, attempt, error, created_at, v_now, request_id,
        trace_id from removed where action = 'bury'
  ), delayed as (
    update kernel.job j set token = null, node = null, run_at = own.next_at, due_at = own.next_at,
      attempt = j.attempt - own.uncount::int, last_error = coalesce(own.error, j.last_error)
    from own where j.seq = own.seq and own.action = 'wait'
  ), held as (
    update kernel.job j set dying = true, last_error = own.error, due_at = v_now + p_lease_ms * interval '1 ms'
    from own where j.seq = own.seq and own.action = 'hold'
  ), recorded as (
    insert into kernel.job_attempt
        (job_id, attempt, queue, tenant_id, subject, started_at, finished_at, outcome, error, detail, node)
      select id, attempt, queue, tenant_id, subject, started_at, greatest(v_now, started_at), outcome, error, detail,
        node from own where outcome is not null
      on conflict do nothing
  )
  select coalesce(array_agg(seq), '{}') into v_settled from own;

  if p_keys is not null then
    update kernel.job j set due_at = greatest(j.run_at, v_now) from (
      select (select o.seq from kernel.job o where o.queue = p_queue and o.tenant_id = p_tenant and o.key = k
        order by o.seq limit 1) as seq from unnest(p_keys) k
    ) head where j.seq = head.seq and j.due_at = 'infinity';
  end if;
  return v_settled;
end $$;

-- Heartbeat: moves the lease of the jobs that are still ours; returns their number.
create function kernel.job_renew(p_token uuid, p_seqs bigint[], p_lease_ms int, p_now timestamptz) returns int
language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  v_count int;
begin
  perform set_config('synchronous_commit', 'off', true);
  update kernel.job j set due_at = coalesce(p_now, clock_timestamp()) + p_lease_ms * interval '1 ms'
    where j.seq = any (p_seqs) and j.token = p_token;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Milliseconds until the first job of each queue is due (0 or less: now); queues without jobs are left out.
create function kernel.job_next_due(p_queues text[], p_now timestamptz) returns table (queue text, due_in_ms float8)
language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
  select q.queue, extract(epoch from j.due_at - coalesce(p_now, clock_timestamp()))::float8 * 1000
  from unnest(p_queues) as q (queue) cross join lateral (
    select j.due_at from kernel.job j where j.queue = q.queue and j.due_at < 'infinity'
    order by j.due_at, j.seq limit 1
  ) j
$$;

-- Claims the schedules that are due, each at most once per period, and returns their names. The usual call, with
-- nothing due, writes nothing. The planned time keeps its beat; when a whole period was missed it starts anew from now.
create function kernel.schedule_claim(
  p_names text[], p_every_ms float8[], p_lease_ms int, p_token uuid, p_node text, p_now timestamptz
) returns setof text language plpgsql as $$
declare
  v_now timestamptz := coalesce(p_now, clock_timestamp());
  v_every interval;
begin
  for i in 1..coalesce(cardinality(p_names), 0) loop
    v_every := p_every_ms[i] * interval '1 ms';
    continue when exists (select from kernel.schedule s where s.name = p_names[i]
      and (v_now < s.planned_at + v_every or v_now < s.lease_until));
    insert into kernel.schedule as s (name, planned_at, started_at, lease_until, token, node)
      values (p_names[i], v_now, v_now, v_now + p_lease_ms * interval '1 ms', p_token, p_node)
      on conflict (name) do update set
        planned_at = case when v_now < s.planned_at + 2 * v_every then s.planned_at + v_every else v_now end,
        started_at = v_now, finished_at = null, lease_until = excluded.lease_until, token = p_token, node = p_node
      where v_now >= s.planned_at + v_every and (s.lease_until is null or v_now >= s.lease_until);
    if found then
      return next p_names[i];
    end if;
  end loop;
end $$;

-- Figures per queue for metrics. Counting stops at p_cap, so that a scrape costs the same whatever the backlog.
create function kernel.job_stats(p_cap int, p_now timestamptz)
returns table (queue text, due bigint, waiting bigint, running bigint, dead bigint, oldest_ms float8)
language sql stable
  set enable_seqscan = off set enable_bitmapscan = off
as $$
  with recursive living as (
    (select j.queue from kernel.job j order by j.queue limit 1)
    union all
    select (select j.queue from kernel.job j where j.queue > l.queue order by j.queue limit 1)
    from living l where l.queue is not null
  ), buried as (
    (select d.queue from kernel.job_dead d order by d.queue limit 1)
    union all
    select (select d.queue from kernel.job_dead d where d.queue > b.queue order by d.queue limit 1)
    from buried b where b.queue is not null
  ), clock as (select coalesce(p_now, clock_timestamp()) as now)
  select q.queue,
    (select count(*) from (select from kernel.job j where j.queue = q.queue and j.due_at <= c.now limit p_cap) x),
    (select count(*) from (select from kernel.job j where j.queue = q.queue and j.due_at > c.now limit p_cap) x),
    (select count(*) from (select from kernel.job j where j.queue = q.queue and j.token is not null limit p_cap) x),
    (select count(*) from (select from kernel.job_dead d where d.queue = q.queue limit p_cap) x),
    (select extract(epoch from c.now - j.due_at)::float8 * 1000 from kernel.job j
      where j.queue = q.queue and j.due_at <= c.now order by j.due_at, j.seq limit 1)
  from (select l.queue from living l union select b.queue from buried b) q, clock c
  where q.queue is not null order by q.queue
$$;
