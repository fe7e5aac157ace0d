#!/bin/sh
# Starts a Redis server as a replica of the primary that the Sentinels name. When none answers, as at
# the very first start, the first server is the primary. It may know less than another did: what a
# stream lacks is appended again from PostgreSQL.
set -eu
: "${CRM_NODES:=crm-redis}" "${CRM_SENTINELS:=crm-sentinel}" "${CRM_CONFIG:=/etc/redis/redis.conf}"
: "${CRM_WRITTEN:=/run/redis/redis.conf}"
self="$(hostname).$CRM_NODES"

primary=''
for index in 0 1 2; do
  answer="$(timeout 3 redis-cli --raw -h "$CRM_SENTINELS-$index.$CRM_SENTINELS" -p 26379 \
    SENTINEL GET-MASTER-ADDR-BY-NAME crm 2>/dev/null | head -n 1)" || answer=''
  case "$answer" in
    "$CRM_NODES"-[0-9]*."$CRM_NODES") primary="$answer" && break ;;
  esac
done
: "${primary:=$CRM_NODES-0.$CRM_NODES}"

umask 077
{
  cat "$CRM_CONFIG"
  echo "bind ${CRM_BIND:-* -::*}"
  echo "replica-announce-ip $self"
  echo "masteruser replica"
  echo "masterauth $CRM_REPLICA_PASSWORD"
  # A primary that no replica follows takes no writes: what it took alone would be lost.
  echo "min-replicas-to-write 1"
  echo "min-replicas-max-lag 10"
  [ "$primary" = "$self" ] || echo "replicaof $primary 6379"
} >"$CRM_WRITTEN"
exec redis-server "$CRM_WRITTEN"
