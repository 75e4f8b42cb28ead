-- Dokumentlager (fiks-io §2.6) was a part of the room exchange, whose migrations made its tables. They move here with their
-- rows, indexes, policies and functions, in one transaction. What is written with "begin atomic" follows by itself, since
-- PostgreSQL keeps what it names and not the name; the one function that is text is written anew.
--
-- A document is a konto's: konto_id names exchange.konto, and a payload's row takes its owner from there.

-- Retention: the bytes until tilgjengelig_til or the deletion, the row stays. Audit: exchange.dokument.*
-- grant: select, insert, update on dokument
alter table exchange.dokument set schema documents;

-- Retention: as long as the document's row.
-- grant: select, insert on dokument_nedlasting
alter table exchange.dokument_nedlasting set schema documents;

alter function exchange.dokument_for_nedlasting(uuid) set schema documents;
alter function exchange.forfalte_dokumenter(timestamptz, int) set schema documents;
alter function exchange.kjente_dokumenter(uuid[]) set schema documents;

drop function exchange.registrer_nyttelast(uuid, uuid, bigint, bytea, timestamptz, timestamptz, text);

-- Writes the payload of a message that is being accepted, in the transaction of its sender. The owner follows from the
-- receiving konto, so that nothing can be put among the documents of an organisation: only beside a message to it.
create function documents.registrer_nyttelast(
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
  insert into documents.dokument (id, tenant_id, konto_id, nyttelast, navn, mimetype, kryptert, kryptert_storrelse,
      ukryptert_storrelse, sha256, sikkerhetsniva, eksponert_for, ikke_lagre_lastet_ned, tilgjengelig_til, opprettet,
      opprettet_av)
    select p_id, k.tenant_id, k.id, true, p_id::text, 'application/octet-stream', false, p_storrelse, p_storrelse,
      p_sha256, 4, jsonb_build_array(jsonb_build_object('type', 'INTEGRASJON', 'id', s.integrasjon_id)), true, p_til,
      p_naa, p_aktor
    from exchange.konto k join exchange.system s on s.id = k.system_id
    where k.id = p_konto;
  return v_tenant;
end $$;
revoke all on function documents.registrer_nyttelast from public;
