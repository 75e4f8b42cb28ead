-- Payloads of some kB stay in their own row.
alter table exchange.melding_innhold set (toast_tuple_target = 8160);

-- Takes back what ko_hent gave out under a token whose answer never reached the caller: as if it had not been given out.
-- Reads the queues from their beginning; it happens when a connection breaks.
create function exchange.ko_angre(p_token uuid, p_kontoer uuid[], p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_konto uuid[];
  v_seq bigint[];
begin
  select array_agg(k.konto_id), array_agg(k.seq) into v_konto, v_seq from (
    select k.konto_id, k.seq from exchange.ko k
    where k.konto_id = any (p_kontoer) and k.token = p_token order by k.konto_id, k.seq for update
  ) k;
  if v_konto is null then
    return '{"objekter": [], "ko": [], "antall": 0}';
  end if;
  return exchange.ko_gjor_opp(v_konto, v_seq, null, array_fill('undelivered'::text, array[cardinality(v_konto)]),
    coalesce(p_naa, clock_timestamp()));
end $$;
