-- Sessions see the rows of the tenants that they name: row-level security, common/pg/migrator.cc.
CALL wall_tenants(
  'contact', 'contact_key', 'contact_engagement', 'contact_lifecycle', 'account', 'account_win');
