#!/bin/sh
# Workflow 2, daily export: fetches the status exports that were not fetched before.
#
#   download-exports.sh FOLDER [PATTERN]
#
# PATTERN is one of the shell (default *.csv; Vouchsafe-COMPLIANCE-* would be those alone). What was fetched is remembered in
# STATE_DIR, so the files may be moved away. A file appears in FOLDER only when all of it is there, oldest first; its name is
# printed on the standard output. Exports that a newer one has taken the place of lie in download/archive: they are fetched
# too, so a day on which this did not run is not lost.
# shellcheck disable=SC2317 # persist calls functions by their names
set -u
# shellcheck source=examples/sftp/common.sh
. "$(dirname -- "$0")/common.sh"

[ $# -eq 1 ] || [ $# -eq 2 ] || die "$USAGE" 'usage: download-exports.sh FOLDER [PATTERN]'
folder=$(CDPATH='' cd -- "$1" 2>/dev/null && pwd) || die "$USAGE" "$1 is no folder"
[ -w "$folder" ] || die "$USAGE" "$folder cannot be written"
pattern=${2:-*.csv}
only_one download
fetched=$STATE_DIR/fetched
touch -- "$fetched" || die "$USAGE" "$fetched cannot be written"

fetch() { printf 'get "%s/%s" "%s"\n' "$remote" "$name" "$work/file"; }

# Between two looks a file may move from download to download/archive, never back: so the archive is looked at last.
for remote in download download/archive; do
  names_in "$remote" "$work/names-$(basename -- "$remote")" || give_up $? "looking into $remote"
done
for remote in download/archive download; do
  # Names end in their time: their order is that of the exports.
  LC_ALL=C sort -- "$work/names-$(basename -- "$remote")" | while IFS= read -r name; do
    # shellcheck disable=SC2254 # it is meant as a pattern
    case $name in
      *[!A-Za-z0-9_.~-]* | .*) continue ;;
      $pattern) ;;
      *) continue ;;
    esac
    if has_name "$fetched" "$name"; then continue; fi
    if [ -e "$folder/$name" ]; then die "$REFUSED" "$folder/$name is there, but was not fetched by this script"; fi
    persist "$work/output" fetch
    code=$?
    # Archived since the look.
    if [ "$code" -eq 1 ] && [ "$remote" = download ]; then
      remote=download/archive
      persist "$work/output" fetch
      code=$?
      remote=download
    fi
    [ "$code" -eq 0 ] || give_up "$code" "fetching $name"
    keep "$folder/$name"
    printf '%s\n' "$name" >>"$fetched"
    printf '%s\n' "$name"
    say "$name was fetched"
  done || exit $?
done
exit "$OK"
