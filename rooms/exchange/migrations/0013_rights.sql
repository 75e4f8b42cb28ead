-- The application role may do to a table what the program does and nothing more (apps/server/test/rights.test.ts derives it from the
-- sources): kontoer and systems are marked as gone, never removed.
-- grant: select, insert, update on konto
-- grant: select, insert, delete on konto_part
-- grant: select, insert, update on organisasjon
-- grant: select, insert, update on system

-- As before, but in the organisation of the konto only: whoever acted could put a document in any.
create or replace function exchange.registrer_nyttelast(
  p_id uuid, p_konto uuid, p_storrelse bigint, p_sha256 bytea, p_til timestamptz, p_naa timestamptz, p_aktor text
) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_tenant uuid := (select k.tenant_id from exchange.konto k where k.id = p_konto);
begin
  if v_tenant is null then
    return null;
  end if;
  perform kernel.require_platform(v_tenant);
  insert into exchange.dokument (id, tenant_id, konto_id, nyttelast, navn, mimetype, kryptert, kryptert_storrelse,
      ukryptert_storrelse, sha256, sikkerhetsniva, eksponert_for, ikke_lagre_lastet_ned, tilgjengelig_til, opprettet,
      opprettet_av)
    select p_id, k.tenant_id, k.id, true, p_id::text, 'application/octet-stream', false, p_storrelse, p_storrelse,
      p_sha256, 4, jsonb_build_array(jsonb_build_object('type', 'INTEGRASJON', 'id', s.integrasjon_id)), true, p_til,
      p_naa, p_aktor
    from exchange.konto k join exchange.system s on s.id = k.system_id
    where k.id = p_konto;
  return v_tenant;
end $$;
revoke all on function exchange.registrer_nyttelast from public;
