-- A person works in any number of organizations. Written before there were any: NULL, and then
-- `organization` and `job_title` say it, so that no row is rewritten here. They are those of the
-- primary employment from now on: the lifecycle asks whose account a sale is for, and that alone.
ALTER TABLE contact
  ADD COLUMN employments jsonb,
  ADD COLUMN attributes  jsonb NOT NULL DEFAULT '{}';

-- Whom an organization employs or has employed. A table and not an index of the column: lists go by
-- it behind policies, and a write that changes no employment changes nothing here. Rows stay when
-- either contact is deleted, and come and go with the employments.
CREATE TABLE contact_employment (
  tenant       text NOT NULL,
  organization uuid NOT NULL,
  contact      uuid NOT NULL,
  CONSTRAINT contact_employment_pkey PRIMARY KEY (tenant, organization, contact)
);
CALL wall_tenants('contact_employment');

-- While programs of before still write.
CREATE FUNCTION keep_former_employment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.organization IS NOT NULL THEN
    DELETE FROM contact_employment
      WHERE tenant = OLD.tenant AND organization = OLD.organization AND contact = OLD.id;
  END IF;
  IF NEW.organization IS NOT NULL THEN
    INSERT INTO contact_employment VALUES (NEW.tenant, NEW.organization, NEW.id)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER contact_inserted AFTER INSERT ON contact FOR EACH ROW
  WHEN (NEW.employments IS NULL AND NEW.organization IS NOT NULL)
  EXECUTE FUNCTION keep_former_employment();
CREATE TRIGGER contact_updated AFTER UPDATE OF organization ON contact FOR EACH ROW
  WHEN (NEW.employments IS NULL AND NEW.organization IS DISTINCT FROM OLD.organization)
  EXECUTE FUNCTION keep_former_employment();

INSERT INTO contact_employment SELECT tenant, organization, id FROM contact
  WHERE organization IS NOT NULL;

DO $$
DECLARE
  app      text := current_schema() || '_app';
  readonly text := current_schema() || '_readonly';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON contact_employment TO %I', app);
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = readonly) THEN
    EXECUTE format('GRANT SELECT ON contact_employment TO %I', readonly);
  END IF;
END
$$;

DROP INDEX contact_organization;

-- What people keep with an account: the parts that its members play in buying (contact → role), why
-- business with it has ended, and attributes.
ALTER TABLE account
  ADD COLUMN member_roles jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN close_reason text  NOT NULL DEFAULT 'UNSPECIFIED',
  ADD COLUMN close_note   text  NOT NULL DEFAULT '',
  ADD COLUMN attributes   jsonb NOT NULL DEFAULT '{}';
