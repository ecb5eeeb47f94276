-- Whose signatures an organisation believes (spec 80, Signed documents).

create table trusted_issuers (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  -- A DID, an https address, a domain or a contract of a chain: as it is compared.
  identifier text collate "C" not null,
  name text not null,
  -- Where an issuer that is an https address publishes its keys; null = at that address itself, or nowhere.
  jwks_url text,
  created_at timestamptz not null,
  primary key (organisation_id, id),
  unique (organisation_id, identifier)
);
create index trusted_issuers_in_order on trusted_issuers (organisation_id, created_at, id);
select protect_tenant_table('trusted_issuers', 'select, insert, delete');
