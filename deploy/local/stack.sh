# shellcheck shell=bash disable=SC2034
# What up, down and demo share; sourced. A stack lives in one folder:
#   stack.env   addresses, to be sourced        settings   the ports it was given
#   pids/NAME   process id and its start time   logs/NAME.log
#   secrets/ tokens/   of a secure one (secure.sh)
#   postgres/ redis/   their data; links to another place where their user cannot reach the folder
# Every daemon runs in a session of its own. Whoever starts or stops one holds fd 9, the lock of the
# folder; a daemon holds it too until its process id is written down, so `down` misses none.

repo="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
local_dir="$repo/deploy/local"
readonly repo local_dir
readonly services=(opportunity lead contact)

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Makes DIR, sets `dir`, and waits for its lock.
open_folder() {
  mkdir -p "$1/pids" "$1/logs"
  dir="$(cd "$1" && pwd -P)"
  exec 9>"$dir/lock"
  flock -w 120 9 || fail "$dir is locked by another up or down"
}

# PostgreSQL refuses root; as root it and the others run as an unprivileged user.
choose_user() {
  as_server=()
  server_user="$(id -un)"
  [[ $EUID -eq 0 ]] || return 0
  server_user=postgres
  id "$server_user" >/dev/null 2>&1 || server_user=nobody
  as_server=(setpriv "--reuid=$server_user" "--regid=$(id -g "$server_user")" --clear-groups)
}

# launch NAME COMMAND...: starts a daemon.
launch() {
  local name="$1"
  shift
  rm -f "$dir/pids/$name"
  # shellcheck disable=SC2016
  setsid bash -c '
    echo "$$ $(cut -d" " -f22 /proc/$$/stat)" >"$0.new" && mv "$0.new" "$0"
    for fd in /proc/$$/fd/*; do
      fd="${fd##*/}"
      [ "$fd" -le 2 ] || eval "exec $fd>&-"
    done
    cd / && exec "$@"' "$dir/pids/$name" "$@" </dev/null >>"$dir/logs/$name.log" 2>&1 &
}

# Sets `pid` to the process of NAME if it runs.
find_process() {
  local start stat fields
  pid=
  [[ -s $dir/pids/$1 ]] || return 1
  read -r pid start <"$dir/pids/$1"
  stat="$(cat "/proc/$pid/stat" 2>/dev/null)" || return 1
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z && ${fields[19]} == "$start" ]]
}

# await NAME SECONDS COMMAND...: polls until COMMAND succeeds; fails when the process ends first.
await() {
  local name="$1" end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= end)) || { [[ -e $dir/pids/$name ]] && ! find_process "$name"; }; then
      tail -n 20 "$dir/logs/$name.log" >&2
      fail "$name does not start; see $dir/logs/$name.log"
    fi
    sleep 0.05
  done
}

# Whether process $1 is there and not just a zombie: `kill -0` and PostgreSQL take one whose parent
# does not reap it, as PID 1 of many containers, for alive.
lives() {
  local stat
  stat="$(cat "/proc/$1/stat" 2>/dev/null)" || return 1
  [[ ${stat##*) } != Z* ]]
}

# forget_dead_postmaster DATA SOCKET_FOLDER: a killed postmaster leaves its lock files behind, and
# while it is a zombie no other would start. Removes them once it and its children are gone.
forget_dead_postmaster() {
  local data="$1" socket_folder="$2" end=$((SECONDS + 30)) process
  for process in /proc/[0-9]*; do
    while [[ $(readlink "$process/cwd" 2>/dev/null) == "$data" ]] && lives "${process#/proc/}"; do
      ((SECONDS < end)) || fail "a server still runs in $data: process ${process#/proc/}"
      sleep 0.02
    done
  done
  rm -f "$data/postmaster.pid" "$socket_folder"/.s.PGSQL.*
}

signal() {  # signal SIGNAL NAME...
  local name
  for name in "${@:2}"; do
    if find_process "$name"; then kill -s "$1" "$pid" 2>/dev/null || true; fi
  done
}

gone() {  # gone SECONDS NAME...: waits until none of them runs
  local end=$((SECONDS + $1)) name
  for name in "${@:2}"; do
    while find_process "$name"; do
      ((SECONDS < end)) || return 1
      sleep 0.02
    done
  done
}

# stop SIGNAL NAME...: by SIGNAL, and by SIGKILL what does not heed it in 30 s.
stop() {
  signal CONT "${@:2}"
  signal "$1" "${@:2}"
  if ! gone 30 "${@:2}"; then
    signal KILL "${@:2}"
    gone 10 "${@:2}" || fail "cannot stop ${*:2}"
  fi
  (cd "$dir/pids" && rm -f "${@:2}")
}

stop_all() {
  stop TERM "${services[@]}"
  stop TERM redis
  stop INT postgres
  rm -f "$dir/stack.env"
}
