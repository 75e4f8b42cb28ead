drop function exchange.rabbitmq_antall(uuid[], int);

-- Messages of each konto with RabbitMQ or on the way there; counting stops at p_tak. `nylig`: handed over within p_nylig_ms.
create function exchange.rabbitmq_antall(p_kontoer uuid[], p_tak int, p_nylig_ms float8)
returns table (konto_id uuid, utboks bigint, hos bigint, nylig bigint)
language sql stable security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off
as $$
  select o.konto,
    (select count(*) from (select from exchange.ko k where k.konto_id = o.konto limit p_tak) x),
    (select count(*) from (select from exchange.hos_rabbitmq h where h.konto_id = o.konto limit p_tak) x),
    (select count(*) from (
      select h.sendt from exchange.hos_rabbitmq h where h.konto_id = o.konto order by h.konto_id desc, h.seq desc limit 1000
    ) x where x.sendt > clock_timestamp() - p_nylig_ms * interval '1 ms')
  from unnest(p_kontoer) as o (konto)
$$;
