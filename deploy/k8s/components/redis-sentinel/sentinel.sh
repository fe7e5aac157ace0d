#!/bin/sh
# Starts a Sentinel. What it has learnt is in its volume; the password may have changed since.
set -eu
: "${CRM_NODES:=crm-redis}" "${CRM_SENTINELS:=crm-sentinel}" "${CRM_DATA:=/data}"
config="$CRM_DATA/sentinel.conf"

umask 077
if [ ! -s "$config" ]; then
  # When two Sentinels want to lead at once, none does, and the next try is two failover-timeouts later.
  # Callers and the other Sentinels may ask; nobody may reconfigure.
  cat >"$config.new" <<CONFIG
port 26379
bind ${CRM_BIND:-* -::*}
dir $CRM_DATA
protected-mode no
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $(hostname).$CRM_SENTINELS
sentinel monitor crm $CRM_NODES-0.$CRM_NODES 6379 2
sentinel down-after-milliseconds crm 3000
sentinel failover-timeout crm 6000
sentinel parallel-syncs crm 1
sentinel auth-user crm sentinel
sentinel auth-pass crm $CRM_SENTINEL_PASSWORD
user default on nopass allchannels -@all +ping +hello +auth +info +role +command +client|setname +subscribe +psubscribe +publish +sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|sentinels +sentinel|myid +sentinel|ckquorum +sentinel|is-master-down-by-addr
CONFIG
  # The first server may not be the primary any more when this Sentinel's volume is new.
  for index in 0 1 2; do
    answer="$(timeout 3 redis-cli --raw -h "$CRM_SENTINELS-$index.$CRM_SENTINELS" -p 26379 \
      SENTINEL GET-MASTER-ADDR-BY-NAME crm 2>/dev/null | head -n 1)" || answer=''
    case "$answer" in
      "$CRM_NODES"-[0-9]*."$CRM_NODES")
        sed -i "s/^sentinel monitor crm [^ ]*/sentinel monitor crm $answer/" "$config.new"
        break
        ;;
    esac
  done
  mv "$config.new" "$config"
else
  sed -i "s/^sentinel auth-pass crm .*/sentinel auth-pass crm $CRM_SENTINEL_PASSWORD/" "$config"
fi
# Sentinel ends when the primary's name is not known yet.
name="$(sed -n 's/^sentinel monitor crm \([^ ]*\).*/\1/p' "$config")"
tries=0
until getent hosts "$name" >/dev/null || [ "$tries" -ge 60 ]; do
  tries=$((tries + 1))
  sleep 1
done
exec redis-server "$config" --sentinel
