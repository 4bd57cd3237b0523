#!/bin/sh
# Installs the programs that the whole test suite needs beside npm's packages: a Redis, a browser, Python and its DKIM verifier.
# Quick when they are there; says what is missing where there is no apt-get.
set -eu

missing=''
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$missing chromium"
command -v python3 >/dev/null || missing="$missing python3"
command -v dkimverify >/dev/null || missing="$missing python3-dkim"

if [ -z "$missing" ]; then
  echo 'setup: redis-server, chromium, python3 and python3-dkim are there'
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "setup: please install$missing; tests that need them are skipped until then" >&2
  exit 0
fi

as_root=''
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: run this as root, or: apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  as_root='sudo'
fi

# Only the programs are wanted: the tests start their own Redis, so none may be left running as a service.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '$as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
fi

install() {
  # shellcheck disable=SC2086 # $missing is a list
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

echo "setup: installing$missing"
# The package lists may be absent (a fresh container) or name versions that are gone.
install 2>/dev/null || { $as_root apt-get update -qq && install; }
echo 'setup: done'
