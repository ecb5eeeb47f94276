#!/bin/sh
# Workflow 3, taking an upload back: deletes a file that still waits in upload.
#
#   cancel-upload.sh NAME
#
# Ends with 0 when the file is gone and will not be imported, and with 1 when it was too late: the file is not in upload any
# more, or its import had begun. Then the results say what came of it. (An import that is running at this very moment has no
# results yet; wait-for-results.sh tells.)
# shellcheck disable=SC2317 # persist calls functions by their names
set -u
# shellcheck source=examples/sftp/common.sh
. "$(dirname -- "$0")/common.sh"

[ $# -eq 1 ] || die "$USAGE" 'usage: cancel-upload.sh NAME'
name=$1
check_name "$name"
only_one "cancel-$name"

look() {
  names_in "$1" "$work/names" || give_up $? "looking into $1"
  has_name "$work/names" "$2"
}

if ! look upload "$name"; then die 1 "$name does not wait in upload"; fi
delete() { printf 'rm "upload/%s"\n' "$name"; }
persist "$work/output" delete
code=$?
# 1: somebody else, or the import, was quicker; or this was the second try, and the first had come about.
[ "$code" -ne 255 ] || give_up "$code" "deleting $name"
if look upload "$name"; then give_up "$code" "deleting $name"; fi
# An import that had begun goes on with the bytes that it has. Of one that was held, the summary still says so for a moment.
summary=${name%.*}-summary.json
fetch() { printf 'get "download/results/%s" "%s"\n' "$summary" "$work/file"; }
if look upload/archive "$name"; then die 1 "$name was imported before it could be taken back"; fi
if look download/results "$summary"; then
  persist "$work/output" fetch || give_up $? "fetching $summary"
  grep -Eq '"status": *"(HELD|CANCELLED)"' "$work/file" || die 1 "the import of $name had begun; it goes on"
fi
say "$name was taken back"
exit "$OK"
