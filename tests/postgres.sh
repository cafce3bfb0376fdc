#!/usr/bin/env bash
# A PostgreSQL of the tests' own, on a socket in a folder of its own; no port is opened.
#   tests/postgres.sh start FILE   starts it and writes its address into FILE
#   tests/postgres.sh stop FILE    stops it and takes everything away
set -euo pipefail
action=$1 file=$2
bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed: apt-get install postgresql-15" >&2 && exit 1; }

# The server refuses to run as root.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

stop() {
    [ -f "$file" ] || return 0
    local folder
    folder=$(sed -n 's/.*[?&]host=\([^&]*\).*/\1/p' "$file")
    as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder" "$file"
}

case $action in
start)
    stop
    folder=$(mktemp -d "${TMPDIR:-/tmp}/junheng-postgres-XXXXXX")
    [ "$(id -u)" != 0 ] || chown postgres "$folder"
    cd "$folder"
    as_server "$bin/initdb" -D "$folder/data" -U postgres -A trust --locale=C --encoding=UTF8 \
        --no-sync >"$folder/log" 2>&1 || { cat "$folder/log" >&2 && exit 1; }
    as_server "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/data/log" \
        -o "-c listen_addresses='' -c max_connections=400 -c unix_socket_directories='$folder' -c fsync=off" \
        start >/dev/null || { cat "$folder/data/log" >&2 && exit 1; }
    echo "postgresql:///postgres?host=$folder&user=postgres" >"$file"
    ;;
stop) stop ;;
*) echo "usage: $0 start|stop FILE" >&2 && exit 2 ;;
esac
