-- A message whose stored payload is lost or damaged ends by itself, as FEILET with its own entry (INNHOLD_SKADET): it is
-- neither the recipient's system nor its connection that failed, and no other message uses up an attempt for it.
do $$
declare
  v_before text := pg_get_functiondef('exchange.ko_gjor_opp'::regproc);
  v_after text := v_before;
begin
  v_after := replace(v_after, 'when r.utfall = ''closed'' then ''FEILET''', 'when r.utfall in (''closed'', ''damaged'') then ''FEILET''');
  v_after := replace(v_after, 'when ''requeue'' then ''LAGT_TILBAKE''',
    'when ''requeue'' then ''LAGT_TILBAKE'' when ''damaged'' then ''INNHOLD_SKADET''');
  v_after := replace(v_after, 'where e.token is not null and e.utfall <> ''undelivered''',
    'where (e.token is not null or e.utfall = ''damaged'') and e.utfall <> ''undelivered''');
  if (length(v_after) - length(v_before)) <> length(' in (, ''damaged'')') - length(' = ') + length(' when ''damaged'' then ''INNHOLD_SKADET''')
      + length('( or e.utfall = ''damaged'')') then
    raise exception 'exchange.ko_gjor_opp is not as expected';
  end if;
  execute v_after;
end $$;

-- Ends messages that wait to be handed over to RabbitMQ and cannot: no consumer holds them.
create function exchange.ko_skadet(p_konto uuid, p_seq bigint[], p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform kernel.require_platform();
  return exchange.ko_gjor_opp(array_fill(p_konto, array[cardinality(p_seq)]), p_seq, null,
    array_fill('damaged'::text, array[cardinality(p_seq)]), least(p_naa, clock_timestamp()));
end $$;
revoke all on function exchange.ko_skadet from public;
