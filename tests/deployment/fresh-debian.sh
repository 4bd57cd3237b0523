#!/bin/sh
# Runs in namespaces of its own: sh fresh-debian.sh CHECKOUT NODE. Nothing here outlives it.
set -eu
checkout="$1"
node="$2"
mount --make-rprivate /
top="$(mktemp -d)"
mount -t tmpfs tmpfs "$top"

# /etc is a copy without the user that Postgres would like, and /opt and /var/lib hold nothing of ours.
mkdir "$top/etc" "$top/opt" "$top/lib"
cp -a /etc/. "$top/etc/"
mount --bind "$top/etc" /etc
sed -i '/^postgres:/d; /^paperboy:/d' /etc/passwd /etc/group /etc/shadow /etc/gshadow
rm -rf /etc/paperboy /etc/systemd/system/paperboy*
id postgres >/dev/null 2>&1 || echo 'no user postgres'
mount --bind "$top/opt" /opt
mkdir /opt/paperboy
mount --bind "$checkout" /opt/paperboy
mount -o remount,bind,ro /opt/paperboy
mount --bind "$top/lib" /var/lib
# What else is there stays in sight: the Node.js that runs may be.
mkdir "$top/bin"
cp -a /usr/local/bin/. "$top/bin/"
mount --bind "$top/bin" /usr/local/bin
# The Node.js of a checkout lies within it.
case "$node" in "$checkout"/*) node="/opt/paperboy${node#"$checkout"}" ;; esac
paperboy() { "$node" /opt/paperboy/src/paperboy.js "$@"; }

paperboy service install
unit=/etc/systemd/system/paperboy.service
stat -c 'env %a %U %G' /etc/paperboy/env
port="$("$node" -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })')"
{
  echo '# mine'
  echo "PORT=$port"
  echo 'MAILBOX_SMTP_PORT=0'
  echo 'MAILBOX_HTTP_PORT=0'
  # Nothing of the internet is asked.
  for name in HUGGINGFACE_URL ARXIV_API_URL ARXIV_RSS_URL; do echo "$name=http://127.0.0.1:9"; done
} >> /etc/paperboy/env
paperboy service install >/dev/null
echo "kept: $(grep '^# mine' /etc/paperboy/env)"

# What systemd does: the state directory, an empty environment, the user, no capability and no way to more.
value() { sed -n "s/^$1=//p" "$unit"; }
user="$(value User)"
state="/var/lib/$(value StateDirectory)"
install -d -m "$(value StateDirectoryMode)" -o "$user" -g "$user" "$state"
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p /run/fresh
mount -t tmpfs tmpfs /run/fresh
( set -f
  umask "$(value UMask)"
  cd "$(value WorkingDirectory)"
  exec env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$state" $(value Environment) $(grep -v '^#' "$(value EnvironmentFile)") \
    setpriv --reuid "$user" --regid "$user" --init-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
    $(value ExecStart | tr -d '"') ) >/run/fresh/out 2>/run/fresh/err &
pid=$!
tries=0
until grep -q '^API docs' /run/fresh/out; do
  tries=$((tries + 1))
  if [ "$tries" -gt 1200 ] || ! kill -0 "$pid" 2>/dev/null; then cat /run/fresh/out /run/fresh/err; exit 1; fi
  sleep 0.1
done
cat /run/fresh/out
status="$("$node" -e 'fetch(process.argv[1]).then((r) => console.log(r.status))' "http://127.0.0.1:$port/health/ready")"
for who in root "$user"; do
  said="$(setpriv --reuid "$who" --regid "$who" --init-groups /usr/local/bin/paperboy digest status --date 2026-01-05 --json | tail -n 1)" || true
  echo "command as $who: ${said:-nothing}"
done
echo "answered $status, as $(ps -o user= -p "$pid")"
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
echo "ended $code, left $(pgrep -c -u "$user" || true) processes"
paperboy service remove
[ ! -e "$unit" ] && [ -e /etc/paperboy/env ] && [ -d "$state" ] && echo 'removed: no unit, env and data are there'
