-- What finished leads teach about open ones: every revision of every tenant's model, for ever.
-- Counts alone: the values of each factor and how many leads had them.
CREATE TABLE prediction_model (
  tenant        text        NOT NULL,
  revision      bigint      NOT NULL,
  record_time   timestamptz NOT NULL,
  actor         text        NOT NULL,
  converted     bigint      NOT NULL,
  not_converted bigint      NOT NULL,
  factors       json        NOT NULL,
  CONSTRAINT prediction_model_pkey PRIMARY KEY (tenant, revision)
);

-- The daily walk through the tenants, one for all processes: behind which tenant it is, and when it
-- goes on. The time is both the lease of whoever does the next step and the pause between walks.
CREATE TABLE training_turn (
  only_one     boolean     NOT NULL DEFAULT true,
  after_tenant text        NOT NULL DEFAULT '',
  due_time     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT training_turn_pkey PRIMARY KEY (only_one),
  CONSTRAINT training_turn_only_one CHECK (only_one)
);
INSERT INTO training_turn DEFAULT VALUES;

DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT ON prediction_model'),
      ('app', 'SELECT, UPDATE ON training_turn'),
      ('readonly', 'SELECT ON prediction_model, training_turn')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
