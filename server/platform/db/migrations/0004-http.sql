-- What was answered to a POST that carried an Idempotency-Key (spec 10, Shapes): kept for a day, per access token.
create table idempotency_answers (
  organisation_id text collate "C" not null references organisations,
  token_id text collate "C" not null,
  key text collate "C" not null,
  -- SHA-256 over method, path, query and body: the same key with other content is refused.
  fingerprint bytea not null,
  -- While the first request runs: when its lease ends, so that a crash frees the key. Null = answered.
  lease_until timestamptz,
  status integer,
  headers jsonb,
  body text,
  forget_at timestamptz not null,
  primary key (organisation_id, token_id, key)
);
create index idempotency_answers_by_forget_at on idempotency_answers (organisation_id, forget_at);
select protect_tenant_table('idempotency_answers', 'select, insert, update, delete');
