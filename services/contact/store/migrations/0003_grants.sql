-- The roles are made by the installation; a database without them (a test's) has one owner of all.
DO $$
DECLARE
  app      text := current_schema() || '_app';
  readonly text := current_schema() || '_readonly';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON contact, contact_engagement,'
                   ' contact_lifecycle, account TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON contact_key, account_win TO %I', app);
    EXECUTE format('GRANT EXECUTE ON FUNCTION require_organizations(text[], uuid[]) TO %I', app);
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = readonly) THEN
    EXECUTE format('GRANT SELECT ON contact, contact_key, contact_engagement, contact_lifecycle,'
                   ' account, account_win TO %I', readonly);
  END IF;
END
$$;
