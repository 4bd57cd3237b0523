#!/bin/sh
# Installs the programs that the whole test suite and the benchmarks need beside npm's packages: a Redis, a browser,
# Python and its DKIM verifier, OpenSSL, a Postgres of the system's, wrk, msmtp, Dovecot, mail servers.
# Quick when they are there; says what is missing where there is no apt-get.
set -eu

# Debian's mail servers exclude one another and start as services: they are unpacked beside the system instead.
servers="${XDG_CACHE_HOME:-$HOME/.cache}/paperboy/mail-servers"
server_packages='postfix exim4-daemon-light opensmtpd'

missing=''
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$missing chromium"
command -v python3 >/dev/null || missing="$missing python3"
command -v dkimverify >/dev/null || missing="$missing python3-dkim"
command -v openssl >/dev/null || missing="$missing openssl"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v wrk >/dev/null || missing="$missing wrk"
command -v msmtp >/dev/null || missing="$missing msmtp"
command -v dovecot >/dev/null || missing="$missing dovecot-imapd"
# What was unpacked is noted there, so that a list that has grown since is unpacked again.
if [ "$(cat "$servers/complete" 2>/dev/null)" = "$server_packages" ]; then servers_missing=''; else servers_missing="$server_packages"; fi

if [ -z "$missing$servers_missing" ]; then
  echo 'setup: redis-server, chromium, python3, python3-dkim, openssl, postgresql, wrk, msmtp, dovecot and the mail servers are there'
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "setup: please install$missing $servers_missing; tests that need them are skipped until then" >&2
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
  # shellcheck disable=SC2086 # a list
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 >/dev/null
}

# The libraries that the mail servers want, installed as usual, and the servers themselves, unpacked.
unpack_servers() {
  libraries="$(apt-cache depends $server_packages | sed -n 's/^ *Depends: \(lib[a-z0-9.+-]*\)$/\1/p' | sort -u | tr '\n' ' ')"
  [ -n "$libraries" ] && install "$libraries" || return 1
  rm -rf "$servers" && mkdir -p "$servers/packages"
  # shellcheck disable=SC2086
  (cd "$servers/packages" && apt-get download -qq $server_packages 2>/dev/null) || return 1
  for package in "$servers"/packages/*.deb; do dpkg -x "$package" "$servers"; done
  rm -r "$servers/packages" && echo "$server_packages" > "$servers/complete"
}

echo "setup: installing$missing $servers_missing"
# The package lists may be absent (a fresh container) or name versions that are gone.
if [ -n "$missing" ]; then install "$missing" 2>/dev/null || { $as_root apt-get update -qq && install "$missing"; }; fi
if [ -n "$servers_missing" ]; then unpack_servers 2>/dev/null || { $as_root apt-get update -qq && unpack_servers; }; fi
echo 'setup: done'
