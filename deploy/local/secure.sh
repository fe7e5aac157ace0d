# shellcheck shell=bash disable=SC2034,SC2154
# What up --secure adds; sourced after stack.sh. A secure stack's folder holds beside the rest:
#   secrets/passwords           of the roles of PostgreSQL and the users of Redis, name=value
#   secrets/pgpass              the superuser's, for psql
#   secrets/NAME/               certificates of the services and of "client" (deploy/local/certificates)
#   secrets/signing.key, jwks.json   of the tokens (deploy/local/token)
#   tokens/ROLE                 tokens for a day, made anew by each up; clients read them again
# A folder that was begun without stays without, and the other way round.

readonly token_roles=(agent manager analyst auditor privacy operator)
secrets=''  # empty: the stack is an open one

choose_security() {  # choose_security WANTED
  if [[ -s $dir/secrets/passwords ]]; then
    secrets="$dir/secrets"
  elif [[ -n $1 ]]; then
    [[ ! -e $dir/postgres/data ]] ||
      fail "$dir holds a stack that is not secure: take another --dir, or down --remove"
    secrets="$dir/secrets"
  fi
}

password() { sed -n "s/^$1=//p" "$secrets/passwords"; }

make_passwords() {
  local service role name
  {
    echo postgres
    for service in "${services[@]}"; do
      for role in migrate app relay readonly; do echo "crm_${service}_$role"; done
      echo "redis_crm-$service"
    done
    printf '%s\n' redis_analyst redis_backup
  } | while read -r name; do
    # Hexadecimal: they stand in URLs and ACL files as they are.
    echo "$name=$(openssl rand -hex 24)"
  done >"$secrets/passwords.new"
  mv "$secrets/passwords.new" "$secrets/passwords"
}

make_certificates() {
  local name
  for name in "${services[@]}" client; do
    ! openssl x509 -in "$secrets/$name/tls.crt" -noout -checkend 2592000 >/dev/null 2>&1 || continue
    "$local_dir/certificates" "$secrets" "$name"
    [[ $EUID -ne 0 || $name == client ]] || chown -R "$server_user" "$(realpath "$secrets/$name")"
  done
}

make_tokens() {
  local role
  for role in "${token_roles[@]}"; do
    "$local_dir/token" "$secrets" "$role" --minutes 1440 >"$dir/tokens/$role.new"
    mv "$dir/tokens/$role.new" "$dir/tokens/$role"
  done
}

# Makes what is missing or ends within a month, and the tokens anew.
make_secrets() {
  [[ -n $secrets ]] || return 0
  local before
  before="$(umask)"
  umask 077
  mkdir -p "$secrets" "$dir/tokens"
  chmod 711 "$secrets"  # the services' user reaches its own in there
  [[ -s $secrets/passwords ]] || make_passwords
  echo "*:*:*:postgres:$(password postgres)" >"$secrets/pgpass"
  make_certificates
  [[ -s $secrets/jwks.json ]] || "$local_dir/token" "$secrets" keys
  make_tokens
  umask "$before"
}

# initdb's words for who is let in, and the file that they name.
initdb_security() {
  authentication=(-A trust)
  [[ -n $secrets ]] || return 0
  local file
  file="$(realpath "$dir/postgres")/first_password"
  (umask 077 && password postgres >"$file")
  [[ $EUID -ne 0 ]] || chown "$server_user" "$file"
  authentication=(-A scram-sha-256 "--pwfile=$file")
}

role_passwords() {  # as SQL
  [[ -n $secrets ]] || return 0
  sed -n "s/^\(crm_[a-z_]*\)=\(.*\)/ALTER ROLE \1 PASSWORD '\2';/p" "$secrets/passwords"
}

# Redis' words for its users, and the file that they name.
redis_security() {
  users=()
  [[ -n $secrets ]] || return 0
  local file
  file="$(realpath "$dir/redis")/users.acl"
  (umask 077 && sed -n 's/^redis_\(.*\)=/\1 /p' "$secrets/passwords" | "$repo/deploy/redis/acl.sh" >"$file")
  [[ $EUID -ne 0 ]] || chown "$server_user" "$file"
  users=(--aclfile "$file")
}

redis_url() {  # redis_url USER
  echo "redis://${secrets:+$1:$(password "redis_$1")@}127.0.0.1:$(setting redis)/0"
}

# The flags of a service, by its environment. Contact, lead and opportunity call each other.
secure_service() {  # secure_service SERVICE
  [[ -n $secrets ]] || return 0
  local own="$secrets/$1" service peers=''
  for service in "${services[@]}"; do
    [[ $service == "$1" ]] || peers+="${peers:+,}spiffe://crm/$service"
  done
  export CRM_TLS_CERT="$own/tls.crt" CRM_TLS_KEY="$own/tls.key" CRM_TLS_CA="$own/ca.crt"
  export CRM_AUTH=token CRM_JWKS_FILE="$secrets/jwks.json" CRM_TRUSTED_PEERS="$peers"
  export CRM_TOKEN_ISSUER=https://crm.localhost CRM_TOKEN_AUDIENCE=crm
}

# What clients need, as lines of stack.env.
secure_clients() {
  [[ -n $secrets ]] || return 0
  echo "CRM_TLS_CA='$secrets/client/ca.crt'"
  echo "CRM_TLS_CERT='$secrets/client/tls.crt'"
  echo "CRM_TLS_KEY='$secrets/client/tls.key'"
  echo "CRM_BACKUP_REDIS_URL=$(redis_url backup)"
  echo "CRM_TOKENS='$dir/tokens'"
  echo "CRM_TOKEN_FILE='$dir/tokens/manager'"
}
