-- Roles and schema of one service, run once per service by a superuser in the service's database
-- (the three may share one database or have one each). Safe to run again. Tables come later, by
-- `crm-<service> migrate`.
--
--   psql -d crm -v service=contact -f bootstrap.sql
--   psql -d crm -v service=lead -f bootstrap.sql
--   psql -d crm -v service=opportunity -f bootstrap.sql
--
-- crm_<service>_owner     owns the schema and everything in it; nobody logs in as it
-- crm_<service>_migrate   for `migrate`; each of its sessions acts as the owner
-- crm_<service>_app       for `serve`
-- crm_<service>_relay     for `serve --relay-database-url`: outbox and event log only
-- crm_<service>_readonly  for people who look
--
-- What app, relay and readonly may do with each table is granted by the migration that makes it.
-- No role has any right in another service's schema. Passwords are set apart from this file:
--   ALTER ROLE crm_lead_app PASSWORD '…';
\set ON_ERROR_STOP on
\set schema crm_:service
\set owner :schema _owner
\set migrate :schema _migrate
\set app :schema _app
\set relay :schema _relay
\set readonly :schema _readonly
SET client_min_messages TO warning;

SELECT format('CREATE ROLE %I %s', role, rights)
FROM (VALUES (:'owner', 'NOLOGIN'), (:'migrate', 'LOGIN'), (:'app', 'LOGIN'), (:'relay', 'LOGIN'),
             (:'readonly', 'LOGIN')) AS wanted (role, rights)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec

-- Objects made by a migration belong to the owner without a word of it in the migration.
GRANT :"owner" TO :"migrate";
ALTER ROLE :"migrate" IN DATABASE :"DBNAME" SET role TO :"owner";

CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"owner";
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC;
GRANT USAGE ON SCHEMA :"schema" TO :"app", :"relay", :"readonly";

-- A service reads the list of migrations before it serves.
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA :"schema" GRANT SELECT ON TABLES TO :"app";

REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO :"migrate", :"app", :"relay", :"readonly";

-- Row-level security (docs/security.md): no session sees a tenant's rows before it says whose, as
-- SET crm.tenants TO 'acme,globex'. Not yet where the tables are those of a version without it: its
-- programs, which may serve on until they are replaced, never say it. Run this again after such an
-- upgrade; until then the programs of the new version say it of themselves.
SELECT format('ALTER ROLE %I IN DATABASE %I SET crm.tenants TO %L', role, :'DBNAME', tenants)
FROM (VALUES (:'app', ''), (:'relay', ''), (:'readonly', ''), (:'migrate', '*')) AS wanted (role, tenants)
WHERE NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = :'schema')
  OR EXISTS (SELECT FROM pg_policies WHERE schemaname = :'schema')
\gexec

-- What it refuses PostgreSQL would write to its log with the whole statement and the key that was
-- there already, and both hold what customers wrote. Its message and the service's own log say
-- enough. Only a superuser may set that.
SELECT format($block$DO $$
BEGIN
  ALTER ROLE %1$I SET log_min_error_statement TO 'panic';
  ALTER ROLE %1$I SET log_error_verbosity TO 'terse';
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'PostgreSQL''s log will hold personal data of statements that it refuses: %%', %1$L;
END $$$block$, role)
FROM (VALUES (:'app'), (:'relay'), (:'migrate')) AS wanted (role)
\gexec

-- Below a policy only operators that cannot tell of rows they were not to see may use an index.
-- jsonb's @> looks at nothing but its arguments and fails on none, but PostgreSQL does not vouch for
-- it. Only a superuser may; without it, lists by attribute and contacts by telephone walk a tenant.
DO $$
BEGIN
  ALTER FUNCTION pg_catalog.jsonb_contains(jsonb, jsonb) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'jsonb_contains stays not leakproof: lists by attribute will be slow';
END $$;
