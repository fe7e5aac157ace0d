-- Sessions see the rows of the tenants that they name: row-level security, common/pg/migrator.cc.
-- Not yet `lead`: its lists use indexes on coalesce(…), which PostgreSQL takes for leaky.
CALL wall_tenants(
  'activity', 'assessment', 'conversion', 'qualification_policy', 'assignment_rules',
  'assignment_turn', 'contact_claim', 'prediction_model');
