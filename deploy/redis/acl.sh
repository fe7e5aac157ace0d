#!/usr/bin/env bash
# Writes the users of a Redis, as its aclfile has them: who may do what with the event streams.
#
# Usage: acl.sh <PASSWORDS >users.acl
#
# PASSWORDS: a line "user password" for each user that is wanted, of
#   crm-contact, crm-lead, crm-opportunity
#              a service: relays its own stream, which it appends to, trims and heals; reads the others
#   analyst    reads the streams in consumer groups of its own, and can neither add nor delete entries;
#              adds to crm:dead-letters:*, where its groups put what they give up
#   backup     copies everything as a replica would, for deploy/backup/backup, and reads the streams
#   replica, sentinel
#              of a group with Sentinels: what replicas log in with, and what Sentinels do
# Passwords are letters and digits, and leave this as hashes. Beside them are always "probe", without
# a password, which may PING, and "default", which is off.
set -euo pipefail

readonly session='+auth +hello +ping +role +select +client|setname'
readonly reads='+xread +xrange +xrevrange +xlen +xinfo|stream +xinfo|groups'
readonly writes='+xadd +xtrim +xdel +del +unlink +eval +evalsha +script|load +watch +multi +exec'
groups='+xreadgroup +xack +xclaim +xautoclaim +xpending +xinfo|consumers'
groups+=' +xgroup|create +xgroup|createconsumer'
readonly groups

rules_of() {
  case "$1" in
    crm-contact | crm-lead | crm-opportunity)
      echo "$session ~crm:stage-events:${1#crm-}:* $reads $writes (%R~crm:stage-events:* $reads)" ;;
    analyst)
      echo "$session ~crm:stage-events:* $reads $groups (~crm:dead-letters:* $reads +xadd)" ;;
    backup) echo "$session ~crm:stage-events:* $reads +sync +psync +replconf" ;;
    replica) echo '+psync +replconf +ping' ;;
    sentinel)
      echo 'allchannels +multi +slaveof +replicaof +ping +exec +subscribe +psubscribe' \
        '+config|rewrite +role +publish +info +client|setname +client|kill +script|kill' ;;
    *) return 1 ;;
  esac
}

echo 'user default off'
echo 'user probe on nopass resetchannels -@all +ping'
while read -r user password; do
  rules="$(rules_of "$user")" || { echo "acl.sh: no user is called $user" >&2; exit 2; }
  if [[ ! $password =~ ^[A-Za-z0-9]+$ ]]; then
    echo "acl.sh: the password of $user is not letters and digits" >&2
    exit 2
  fi
  hash="$(printf %s "$password" | sha256sum)"
  echo "user $user on #${hash%% *} resetchannels -@all $rules"
done
