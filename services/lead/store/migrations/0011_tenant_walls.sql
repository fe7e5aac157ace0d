-- Sessions see the rows of the tenants that they name: row-level security, common/pg/migrator.cc.
CALL wall_tenants(
  'lead', 'activity', 'assessment', 'conversion', 'qualification_policy', 'assignment_rules',
  'assignment_turn', 'contact_claim', 'prediction_model');
