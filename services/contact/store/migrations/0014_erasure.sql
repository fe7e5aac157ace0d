-- When the contact was erased: all that tells of it is gone, and it counts as deleted for ever.
ALTER TABLE contact ADD COLUMN erase_time timestamptz;

-- Erasures, and what the other services were asked and have answered. One of a contact.
CREATE TABLE contact_erasure (
  tenant     text        NOT NULL,
  contact    uuid        NOT NULL,
  reason     text        NOT NULL,
  actor      text        NOT NULL,
  erase_time timestamptz NOT NULL,
  ask_event  uuid        NOT NULL,  -- by which the others were asked last
  ask_time   timestamptz NOT NULL,
  again_time timestamptz,           -- when they are to be asked once more
  done_time  timestamptz,           -- when all had answered the last ask
  CONSTRAINT contact_erasure_pkey PRIMARY KEY (tenant, contact)
);

-- What each service has done, and how many rows it emptied of which table.
CREATE TABLE contact_erasure_part (
  tenant     text  NOT NULL,
  contact    uuid  NOT NULL,
  service    text  NOT NULL,
  answers    uuid,                  -- the ask that it answered last
  first_time timestamptz,
  last_time  timestamptz,
  erased     jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT contact_erasure_part_pkey PRIMARY KEY (tenant, contact, service),
  CONSTRAINT contact_erasure_part_service CHECK (service IN ('contact', 'lead', 'opportunity'))
);

DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT, UPDATE ON contact_erasure, contact_erasure_part'),
      ('readonly', 'SELECT ON contact_erasure, contact_erasure_part')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
-- Sessions see the rows of the tenants that they name: row-level security, common/pg/migrator.cc.
CALL wall_tenants('contact_erasure', 'contact_erasure_part');
