#!/bin/sh
# Workflow 1, scheduled upload: sends a file so that it arrives whole or not at all.
#
#   upload.sh FILE
#
# The file goes up under a name that the server leaves alone (.part) and gets its own name when all of it is there. When the
# line breaks, the next try goes on where the last one stopped. Names are used once: a file whose name is on the server
# already, waiting or processed, is not sent again.
set -u
# shellcheck source=examples/sftp/common.sh
. "$(dirname -- "$0")/common.sh"

[ $# -eq 1 ] || die "$USAGE" 'usage: upload.sh FILE'
if ! [ -f "$1" ] || ! [ -r "$1" ]; then die "$USAGE" "$1 is no file that can be read"; fi
name=$(basename -- "$1")
check_name "$name"
only_one "upload-$name"

# What is sent is what was there now, even if somebody writes to the file meanwhile.
cp -- "$1" "$work/$name" || die "$USAGE" "$1 cannot be copied"
cd -- "$work" || exit "$USAGE"

# Whether the file stands under its own name; what lies in /upload is in $work/uploaded then.
sent_already() {
  names_in upload "$work/uploaded" || give_up $? 'looking into upload'
  names_in upload/archive "$work/archived" || give_up $? 'looking into upload/archive'
  has_name "$work/uploaded" "$name" || has_name "$work/archived" "$name"
}
if sent_already; then die "$REFUSED" "$name is on the server already; give the file a new name (its time)"; fi

# The old form of rename (-l) never replaces a file.
send() { printf 'cd upload\n%s %s %s.part\nrename -l %s.part %s\n' "$how" "$name" "$name" "$name" "$name"; }

# A part that an earlier run left may be of another file: it is not gone on with.
how=put
attempt=1
wait=$WAIT_SECONDS
while :; do
  send >"$work/commands"
  session "$work/output" <"$work/commands"
  code=$?
  if [ "$code" -eq 0 ]; then break; fi
  if [ "$code" -ne 255 ]; then
    [ "$how" = reput ] || give_up "$code" "sending $name"
    # All of the part was there, or it is gone.
    how=put
    continue
  fi
  [ "$attempt" -lt "$ATTEMPTS" ] || give_up 255 "sending $name"
  say "try $attempt of $ATTEMPTS failed; the next in $wait seconds"
  sleep "$wait"
  attempt=$((attempt + 1))
  wait=$((wait * 2))
  # The rename may have come about, and only its answer been lost.
  if sent_already; then break; fi
  if has_name "$work/uploaded" "$name.part"; then how=reput; else how=put; fi
done
say "$name was sent"
exit "$OK"
