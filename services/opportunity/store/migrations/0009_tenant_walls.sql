-- Sessions see the rows of the tenants that they name: row-level security, common/pg/migrator.cc.
-- Not yet `opportunity`: its lists use indexes on coalesce(…), which PostgreSQL takes for leaky.
CALL wall_tenants(
  'open_opportunity', 'pipeline', 'pipeline_revision', 'stage_retirement');
