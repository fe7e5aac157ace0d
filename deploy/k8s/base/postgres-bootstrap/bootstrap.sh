#!/bin/sh
# Makes each service's roles and schema, and sets the passwords that the environment holds.
set -eu
: "${PGHOST:=crm-postgres-rw}"
export PGHOST PGDATABASE=crm PGCONNECT_TIMEOUT=5

for service in contact lead opportunity; do
  psql -X -q -v "service=$service" -f "$(dirname "$0")/sql/bootstrap.sql"
  for role in migrate app relay readonly; do
    name="crm_${service}_$role"
    psql -X -q -v ON_ERROR_STOP=1 -v "role=$name" -v "variable=$name" <<'SQL'
\getenv password :variable
SET log_statement TO 'none';
SET log_min_error_statement TO 'panic';
ALTER ROLE :"role" PASSWORD :'password';
SQL
  done
done
echo 'roles, schemas and passwords are set'
