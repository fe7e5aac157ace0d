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
