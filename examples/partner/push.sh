#!/bin/sh
# Offers a batch of credentials to a person and sends the files that it declares. Needs curl.
#
#   VOUCHSAFE_URL=http://127.0.0.1:8080 CLIENT_ID=pcl_… CLIENT_SECRET=vps_… ./push.sh batch.json FOLDER
#
# FOLDER holds the file of each asset under the name of its asset_id: "<asset_id>.pdf", ".png", ".jpg" or ".json". Prints the
# address to which the person is sent. May be repeated: what has arrived is not sent twice.
set -eu
batch=$1
folder=$2
api=${VOUCHSAFE_URL:?}/api/partner

# The secret goes by standard input: no list of processes shows it.
token=$(printf 'grant_type=client_credentials&client_id=%s&client_secret=%s' "${CLIENT_ID:?}" "${CLIENT_SECRET:?}" |
  curl -fsS "$api/v1/oauth/token.json" --data-binary @- |
  sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
status=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
  curl -sS -K - -o "$answer" -w '%{http_code}' "$api/v2/add/requests/batch.json" \
    -H 'Content-Type: application/json' -H 'Accept: application/json' --data-binary "@$batch")
case $status in
  200 | 201) ;;
  *)
    echo "The batch was refused ($status):" >&2
    cat "$answer" >&2
    exit 1
    ;;
esac

missing=0
grep -o '"asset_id":"[^"]*","url":"[^"]*"' "$answer" |
  sed 's/"asset_id":"\([^"]*\)","url":"\([^"]*\)"/\1 \2/' | {
  while read -r asset url; do
    sent=no
    for kind in pdf:application/pdf png:image/png jpg:image/jpeg json:application/json; do
      file=$folder/$asset.${kind%%:*}
      [ -f "$file" ] || continue
      curl -fsS -X PUT "$url" --header "Content-Type: ${kind#*:}" --data-binary "@$file" >/dev/null
      echo "sent $asset" >&2
      sent=yes
      break
    done
    [ "$sent" = yes ] || { echo "there is no file for $asset in $folder" >&2; missing=1; }
  done
  exit "$missing"
} || echo "Run this again when the missing files are there: they have 48 hours." >&2

sed -n 's/.*"redirect_uri":"\([^"]*\)".*/\1/p' "$answer"
