-- Subscriptions by HTTP: who is sent which events, and how far that has come. `position` is moved by
-- the process that sends, some times a second at most; nothing that it moves is indexed.
CREATE TABLE webhook (
  tenant            text        NOT NULL,
  id                uuid        NOT NULL,
  revision          bigint      NOT NULL,
  create_time       timestamptz NOT NULL,
  update_time       timestamptz NOT NULL,
  creator           text        NOT NULL,
  display_name      text        NOT NULL,
  url               text        NOT NULL,
  types             text[]      NOT NULL,
  subjects          text[]      NOT NULL,
  to_stages         text[]      NOT NULL,
  state             text        NOT NULL,
  disable_reason    text        NOT NULL DEFAULT '',
  disable_time      timestamptz,
  -- Every event up to here has been delivered, has a row in webhook_delivery or was not wanted.
  position          bigint      NOT NULL,
  -- Rises with each replay; deliveries of earlier rounds do not count.
  round             bigint      NOT NULL DEFAULT 1,
  failing_since     timestamptz,
  last_success_time timestamptz,
  CONSTRAINT webhook_state CHECK (state IN ('ENABLED', 'DISABLED'))
) WITH (fillfactor = 50);
CREATE INDEX webhook_create_time ON webhook (tenant, create_time, id);
ALTER TABLE webhook ADD CONSTRAINT webhook_pkey PRIMARY KEY (tenant, id);

-- What deliveries are signed with. As text, since an HMAC needs the secret itself; nobody but the
-- service's role may read it.
CREATE TABLE webhook_secret (
  tenant      text        NOT NULL,
  webhook     uuid        NOT NULL,
  number      bigint      NOT NULL,
  secret      text        NOT NULL,
  create_time timestamptz NOT NULL,
  expire_time timestamptz,
  CONSTRAINT webhook_secret_pkey PRIMARY KEY (tenant, webhook, number)
);

-- Deliveries that were made and those that wait; the events themselves stand in event_log. A test has
-- the sequence 0.
CREATE TABLE webhook_delivery (
  tenant             text        NOT NULL,
  webhook            uuid        NOT NULL,
  id                 uuid        NOT NULL,  -- the event's
  sequence           bigint      NOT NULL,
  round              bigint      NOT NULL,
  type               text        NOT NULL,
  subject            text        NOT NULL,
  state              text        NOT NULL,
  attempts           integer     NOT NULL,
  create_time        timestamptz NOT NULL,
  first_attempt_time timestamptz,
  last_attempt_time  timestamptz,
  next_attempt_time  timestamptz,
  last_result        text        NOT NULL,
  http_status        integer     NOT NULL,
  duration_ms        bigint      NOT NULL,
  CONSTRAINT webhook_delivery_state CHECK (state IN ('PENDING', 'DELIVERED', 'GIVEN_UP'))
) WITH (fillfactor = 80);
CREATE INDEX webhook_delivery_time ON webhook_delivery USING brin (create_time)
  WITH (pages_per_range = 32);
CREATE INDEX webhook_delivery_pending ON webhook_delivery (tenant, webhook)
  WHERE state = 'PENDING';
CREATE INDEX webhook_delivery_test ON webhook_delivery (create_time)
  WHERE sequence = 0 AND state = 'PENDING';
CREATE INDEX webhook_delivery_sequence ON webhook_delivery (tenant, webhook, sequence);
CREATE INDEX webhook_delivery_create_time ON webhook_delivery (tenant, webhook, create_time, id);
ALTER TABLE webhook_delivery ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (tenant, webhook, id);

-- Sessions see the rows of the tenants that they name: row-level security, common/pg/migrator.cc.
CALL wall_tenants('webhook', 'webhook_secret', 'webhook_delivery');

-- Rights of the service's roles, which are named after the schema; those that exist. Who only looks
-- sees deliveries: URLs may hold tokens.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_secret, webhook_delivery'),
      ('readonly', 'SELECT ON webhook_delivery')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
