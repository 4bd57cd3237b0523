#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its containers: sh scripts/secrets.sh. What is
# there stays; what .env of an older Paperboy has is taken over, and must then leave that file.
set -eu
directory="${1:-secrets}"
umask 022
# The directory is yours alone. Its files are read by the users within the containers.
mkdir -p "$directory"
chmod 700 "$directory"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
of_env() { [ ! -f .env ] || sed -n "s/^$1=//p" .env | tail -n 1; }
# keep NAME VALUE
keep() {
  if [ -s "$directory/$1" ]; then return; fi
  printf '%s\n' "$2" > "$directory/$1"
  echo "made $directory/$1"
}

for variable in POSTGRES_PASSWORD SECRET_KEY ADMIN_TOKEN; do
  found="$(of_env "$variable")"
  [ -z "$found" ] || echo "Taken from .env, remove it there: $variable"
  name="$(echo "$variable" | tr 'A-Z' 'a-z')"
  keep "$name" "${found:-$(random)}"
done
keep redis_password "$(random)"
keep database_url "postgres://paperboy:$(cat "$directory/postgres_password")@postgres:5432/paperboy"
keep redis_url "redis://:$(cat "$directory/redis_password")@redis:6379"
