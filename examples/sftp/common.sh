# What the four workflows share: settings, one SFTP session, another try when the network fails. Sourced, never run.
# shellcheck shell=sh disable=SC2034,SC2317

# Exit codes, of all four.
OK=0
USAGE=64     # called wrongly, or a setting is missing
REFUSED=65   # the server refused; trying again would not help
NETWORK=69   # the server could not be reached, or the line broke, at every try
BUSY=75      # another run of the same script has not ended

say() { printf '%s %s: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${0##*/}" "$*" >&2; }
die() {
  code=$1
  shift
  say "$*"
  exit "$code"
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
settings=${VOUCHSAFE_SETTINGS:-$here/settings.sh}
[ -r "$settings" ] || die "$USAGE" "no settings: copy settings.example.sh to $settings and fill it in"
# shellcheck source=examples/sftp/settings.example.sh
. "$settings"
: "${PORT:=22}" "${ATTEMPTS:=5}" "${WAIT_SECONDS:=10}" "${TRY_SECONDS:=1800}" "${KEY_FILE:=}" "${PASSWORD_FILE:=}"
for needed in HOST ACCOUNT KNOWN_HOSTS STATE_DIR; do
  eval "value=\${$needed:-}"
  [ -n "$value" ] || die "$USAGE" "$needed is not set in $settings"
done
[ -n "$KEY_FILE$PASSWORD_FILE" ] || die "$USAGE" "neither KEY_FILE nor PASSWORD_FILE is set in $settings"
for file in "$KNOWN_HOSTS" $KEY_FILE $PASSWORD_FILE; do
  [ -r "$file" ] || die "$USAGE" "$file cannot be read"
done
mkdir -p -- "$STATE_DIR" || die "$USAGE" "$STATE_DIR cannot be made"

work=$(mktemp -d) || die "$USAGE" 'no temporary folder can be made'
lock=
finish() {
  rm -rf -- "$work"
  [ -z "$lock" ] || rm -rf -- "$lock"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# One run at a time: a slow one must not be overtaken by the next that cron starts.
only_one() {
  place=$STATE_DIR/$1.lock
  if ! mkdir -- "$place" 2>/dev/null; then
    holder=$(cat -- "$place/pid" 2>/dev/null || echo none)
    if [ "$holder" != none ] && kill -0 "$holder" 2>/dev/null; then
      die "$BUSY" "run $holder has not ended yet"
    fi
    say "run $holder ended without clearing up; going on"
    rm -rf -- "$place"
    mkdir -- "$place" || die "$BUSY" 'another run was quicker'
  fi
  lock=$place
  echo $$ >"$lock/pid"
}

# A file name goes into sftp's commands: nothing in it may mean something there.
check_name() {
  case $1 in
    '' | .* | -* | *[!A-Za-z0-9_.-]*) die "$USAGE" "the file name '$1' may only hold letters, digits, dot, dash and underscore" ;;
  esac
}

# Runs sftp's commands from the standard input, once; what they print goes to the file $1.
# 0: all done; 1: the server refused one of them; 255: no connection, or it broke.
session() {
  output=$1
  set -- -o "UserKnownHostsFile=$KNOWN_HOSTS" -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes \
    -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -o NumberOfPasswordPrompts=1
  [ -z "$KEY_FILE" ] || set -- "$@" -o "IdentityFile=$KEY_FILE"
  if [ -n "$PASSWORD_FILE" ]; then
    # ssh asks this script, which reads the file: so the password is in no command line. -b would forbid it to ask.
    printf '%s\n' '#!/bin/sh' "exec cat -- \"\$VOUCHSAFE_PASSWORD_FILE\"" >"$work/ask"
    chmod 700 "$work/ask"
    export SSH_ASKPASS="$work/ask" SSH_ASKPASS_REQUIRE=force VOUCHSAFE_PASSWORD_FILE="$PASSWORD_FILE"
    set -- "$@" -o BatchMode=no
  fi
  set -- "$@" -F none -P "$PORT" -b - "$ACCOUNT@$HOST"
  if command -v timeout >/dev/null; then
    timeout "$TRY_SECONDS" sftp "$@" >"$output" 2>"$work/errors"
  else
    sftp "$@" >"$output" 2>"$work/errors"
  fi
  code=$?
  grep -v '^$' "$work/errors" | while IFS= read -r line; do say "sftp: $line"; done
  # sftp has 1 for what was refused. Else it broke off: by itself (255), by a signal, or by timeout (124, 137).
  case $code in
    0 | 1) return "$code" ;;
    *) return 255 ;;
  esac
}

# The same, again and again while the network fails: $1 is the output, $2 a function that prints the commands of a try
# (its number is the argument).
persist() {
  attempt=1
  wait=$WAIT_SECONDS
  while :; do
    "$2" "$attempt" >"$work/commands"
    session "$1" <"$work/commands"
    code=$?
    [ "$code" -eq 255 ] || return "$code"
    [ "$attempt" -lt "$ATTEMPTS" ] || return 255
    say "try $attempt of $ATTEMPTS failed; the next in $wait seconds"
    sleep "$wait"
    attempt=$((attempt + 1))
    wait=$((wait * 2))
  done
}

# The names in a folder of the server, one a line, into the file $2.
names_in() {
  list_folder=$1
  list_commands() { printf 'cd %s\nls -1\n' "$list_folder"; }
  persist "$work/listing" list_commands || return $?
  # What sftp echoes of its commands is not a name.
  grep -v '^sftp> ' "$work/listing" >"$2" || :
}

# Puts what was fetched ($work/file) under its name: within one file system a rename is all or nothing.
keep() {
  part=${1%/*}/.${1##*/}.part
  if ! cp -- "$work/file" "$part" || ! mv -- "$part" "$1"; then die "$USAGE" "$1 cannot be written"; fi
}

has_name() { grep -qxF -- "$2" "$1"; }

# Ends the script with the code for what `session` came to.
give_up() {
  [ "$1" -ne 255 ] || die "$NETWORK" "$2: the server could not be reached"
  die "$REFUSED" "$2: the server refused"
}
