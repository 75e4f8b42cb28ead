-- Events: stored in the transaction of the change they tell of.
-- `tx` and `seq` give the feed its order. `tx` is the transaction id, so "every transaction below this one has ended"
-- can be asked; `event_base` keeps it growing when the rows are restored into a cluster that counts from the start.
-- rls: off event_base: one number for the whole installation
-- grant: select on event_base
create table kernel.event_base (singleton boolean primary key default true check (singleton), base bigint not null);
insert into kernel.event_base (base) values (0);

-- grant: select, insert on event
create table kernel.event (
  id          uuid primary key,
  tenant_id   uuid not null,
  tx          bigint not null,
  seq         bigint generated always as identity,
  room        text not null,
  type        text not null,
  subject     uuid,
  payload     jsonb not null,
  occurred_at timestamptz not null,
  actor       text not null
);
create index event_feed on kernel.event (tenant_id, tx, seq);

-- Who wants which event, written at start by the program: whichever process emits, every subscriber gets its job.
-- rls: off subscription: part of the program, not of a tenant
create table kernel.subscription (
  event   text not null,
  queue   text not null,
  ordered boolean not null,
  primary key (event, queue)
);

-- Stores events in the order of the arrays, with one delivery job per subscription; returns the queues of these jobs.
-- A function only so that its plan is kept: planning would cost more than running.
create function kernel.event_emit(
  p_tenant uuid, p_at timestamptz, p_actor text, p_request_id text, p_trace_id text,
  p_ids uuid[], p_rooms text[], p_types text[], p_subjects uuid[], p_payloads text[]
) returns setof text language plpgsql
  set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    with emitted as (
      insert into kernel.event as v (id, tenant_id, tx, room, type, subject, payload, occurred_at, actor)
        select n.id, p_tenant, (select b.base + pg_current_xact_id()::text::bigint from kernel.event_base b), n.room,
          n.type, n.subject, n.payload::jsonb, p_at, p_actor
        from unnest(p_ids, p_rooms, p_types, p_subjects, p_payloads) with ordinality
          as n (id, room, type, subject, payload, position)
        order by n.position
        returning v.id, v.type, v.subject, v.seq
    )
    insert into kernel.job as j
        (id, queue, tenant_id, subject, payload, key, run_at, due_at, created_at, request_id, trace_id)
      select gen_random_uuid(), s.queue, p_tenant, e.subject, jsonb_build_object('event', e.id),
        case when s.ordered then e.subject::text end, least(p_at, now()), least(p_at, now()), p_at, p_request_id,
        p_trace_id
      from emitted e join kernel.subscription s on s.event = e.type
      order by e.seq
      returning j.queue;
end $$;

-- After a logical restore (pg_dump) into a new cluster: lets new events follow the restored ones. Owner only.
create function kernel.event_rebase() returns bigint language sql as $$
  update kernel.event_base set base = greatest(
    base, coalesce((select max(tx) from kernel.event), 0) + 1 - pg_current_xact_id()::text::bigint)
  returning base
$$;
