-- One data key for each tenant, wrapped by a master key that is not in the database. Losing either loses the documents.
-- rls: off data_key: read by the storage layer for every tenant
-- grant: select, insert, update on data_key
create table kernel.data_key (
  id uuid primary key,
  tenant_id uuid not null unique,
  wrapped bytea not null,
  master_key_id text not null,
  created_at timestamptz not null default now()
);

create index data_key_master on kernel.data_key (master_key_id);
