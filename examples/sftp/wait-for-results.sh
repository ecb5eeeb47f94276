#!/bin/sh
# Workflow 4, watching an upload: waits until the results of a file lie in download/results, and fetches them.
#
#   wait-for-results.sh NAME FOLDER [SECONDS]
#
# NAME is what was uploaded (HRMS-20260129_143000.csv). Looks every POLL_SECONDS (60), for at most SECONDS (4 hours), and puts
# the results and the summary, or what is wrong with the file, into FOLDER. Ends with
#   0   every row was taken
#   1   the import is done, and some rows were rejected: they are in the results, with why
#   2   the import is held: somebody must look at it in the console and approve it
#   3   nothing was imported: the file failed, was rejected, replaced by a newer one or taken back
#   4   there are no results yet
# shellcheck disable=SC2317 # persist calls functions by their names
set -u
# shellcheck source=examples/sftp/common.sh
. "$(dirname -- "$0")/common.sh"

[ $# -eq 2 ] || [ $# -eq 3 ] || die "$USAGE" 'usage: wait-for-results.sh NAME FOLDER [SECONDS]'
name=$1
check_name "$name"
folder=$(CDPATH='' cd -- "$2" 2>/dev/null && pwd) || die "$USAGE" "$2 is no folder"
[ -w "$folder" ] || die "$USAGE" "$folder cannot be written"
seconds=${3:-14400}
case $seconds in '' | *[!0-9]*) die "$USAGE" "'$seconds' is no number of seconds" ;; esac
only_one "results-$name"
stem=$(printf '%s\n' "$name" | sed 's/\.[Cc][Ss][Vv]$//')
summary=$stem-summary.json
results=$stem-results.csv
fault=$name-error.json
deadline=$(($(date +%s) + seconds))

fetch() { printf 'get "download/results/%s" "%s"\n' "$wanted" "$work/file"; }
# Fetches the file $1 of the results into the folder, whole or not at all.
take() {
  wanted=$1
  persist "$work/output" fetch || return $?
  keep "$folder/$wanted"
}
# The value of an attribute of the summary that is a plain word or number.
said() { sed -n "s/^ *\"$1\": *\"\{0,1\}\([A-Za-z0-9_]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$folder/$summary" | head -n 1; }

while :; do
  names_in download/results "$work/names" || give_up $? 'looking into download/results'
  if has_name "$work/names" "$fault"; then
    take "$fault" || give_up $? "fetching $fault"
    die 3 "$name was not taken; $folder/$fault says why"
  fi
  if has_name "$work/names" "$summary"; then
    take "$summary" || give_up $? "fetching $summary"
    if has_name "$work/names" "$results"; then take "$results" || give_up $? "fetching $results"; fi
    status=$(said status)
    case $status in
      COMPLETED)
        rejected=$(said rejected)
        [ "$rejected" = 0 ] || die 1 "$name is imported, but ${rejected:-some} rows were rejected"
        say "$name is imported"
        exit "$OK"
        ;;
      HELD) die 2 "$name is held until somebody approves it" ;;
      FAILED | REJECTED | SUPERSEDED | CANCELLED | LAPSED) die 3 "$name was not imported: $status" ;;
    esac
  fi
  left=$((deadline - $(date +%s)))
  [ "$left" -gt 0 ] || die 4 "no results of $name within $seconds seconds"
  pause=${POLL_SECONDS:-60}
  [ "$pause" -lt "$left" ] || pause=$left
  sleep "$pause"
done
