-- What the worker's page adds to fetch requests (spec 30): links that are locked, what a worker says about who they are, when
-- they handed in, and how each answer came about.

alter table fetch_requests
  -- The link opens nothing any more until a new one is issued: it reached somebody else, or too many dates of birth were tried.
  add column locked_at timestamptz,
  add column lock_reason text check (lock_reason in ('IDENTITY_TRIES', 'NOT_ME')),
  -- "This isn't me", "my name is wrong": the last word, with what the worker wrote.
  add column dispute_kind text check (dispute_kind in ('NOT_ME', 'NAME_WRONG')),
  add column dispute_detail text,
  add column disputed_at timestamptz,
  -- When the worker pressed "Send", also where something was declined and the request stays open.
  add column handed_in_at timestamptz;

alter table fetch_request_items
  -- What was on file was said to be still right: nothing new came in.
  add column is_confirmed boolean not null default false,
  -- The credential was made by this answer, so that a correction may change it.
  add column has_made_credential boolean not null default false;
