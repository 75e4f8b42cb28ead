-- How a sender is shown to its readers, and whom they ask: public information of an organisation, written by itself.
-- Retention: as long as the organisation sends. Audit: post.avsenderprofil.endret.
create table post.avsenderprofil (
  tenant_id uuid primary key,
  -- A name of the portal's palette, whose colours all have enough contrast; null for the neutral one.
  farge text check (farge in ('blaa', 'groenn', 'roed', 'lilla', 'turkis', 'oransje')),
  adresse text check (length(adresse) <= 300),
  epost text check (length(epost) <= 254),
  -- Answers questions about the use of personal data (personvernombud).
  personvern_epost text check (length(personvern_epost) <= 254),
  telefon text check (length(telefon) <= 30),
  nettsted text check (length(nettsted) <= 300),
  endret timestamptz not null
);
create policy oppslag on post.avsenderprofil for select using (true);
