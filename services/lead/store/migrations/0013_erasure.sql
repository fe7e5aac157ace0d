-- What somebody said or was seen to do goes when the person is erased (domain/personal_data.cc). All
-- else of an assessment is for ever.
DO $$
DECLARE
  app text := current_schema() || '_app';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT UPDATE (observation) ON assessment TO %I', app);
  END IF;
END $$;
