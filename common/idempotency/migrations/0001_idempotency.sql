-- First answers to writing requests, kept for seven days. No index but the key: the sweep walks the
-- BRIN index, since rows arrive in order of time.
CREATE TABLE idempotency (
  tenant      text        NOT NULL,
  request_id  uuid        NOT NULL,
  hash        bytea       NOT NULL,
  answer      bytea       NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_pkey PRIMARY KEY (tenant, request_id)
);

ALTER TABLE idempotency ALTER COLUMN answer SET STORAGE EXTERNAL;

CREATE INDEX idempotency_create_time ON idempotency USING brin (create_time)
  WITH (pages_per_range = 32);

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  app text := current_schema() || '_app';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON idempotency TO %I', app);
  END IF;
END $$;
