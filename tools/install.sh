#!/bin/sh
# Installs those of the named Debian packages that are missing. Quick and silent if none is; leaves
# other systems alone, where cmake says what it cannot find.
set -eu
command -v dpkg-query >/dev/null || exit 0

# dpkg-query fails if one is unknown to it, having printed the others.
present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null) || true
missing=
for package in "$@"; do
    printf '%s\n' "$present" | grep -qxF "installed $package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

elevate="env DEBIAN_FRONTEND=noninteractive"
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "these packages are missing:$missing" >&2
        echo "install them as root (apt-get install$missing), then try again" >&2
        exit 1
    fi
    elevate="sudo $elevate"
fi
echo "installing:$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
$elevate apt-get -q -o DPkg::Lock::Timeout=120 update >"$log" 2>&1 ||
    echo "the package lists could not be fetched; trying with those at hand" >&2
# shellcheck disable=SC2086 # a list of words
if ! $elevate apt-get -q -o DPkg::Lock::Timeout=120 install -y --no-install-recommends \
    $missing >>"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
