-- Private keys of validator kontoer, sealed with the installation's master key (service/validator): the only kontoer whose
-- messages the platform itself can read. Older keys stay, for messages that were encrypted before the newest.
-- grant: select, insert on validator_nokkel
create table exchange.validator_nokkel (
  konto_id uuid not null,
  tenant_id uuid not null,
  fingeravtrykk text not null,
  pem text not null,
  privat_forseglet bytea not null,
  opprettet timestamptz not null,
  primary key (konto_id, fingeravtrykk)
);
