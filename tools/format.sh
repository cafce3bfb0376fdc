#!/bin/sh
# clang-format over all sources: -i rewrites them, --check names those it would change.
set -u
case "${1:-}" in
-i) sh tools/files.sh | xargs clang-format --style=file -i ;;
--check)
    sh tools/files.sh | xargs -n 1 sh -c '
        clang-format --style=file --dry-run -Werror "$0" 2>/dev/null ||
            { echo "$0:1: not formatted; tools/format.sh -i rewrites it" >&2; exit 1; }'
    ;;
*) echo "usage: $0 -i|--check" >&2 && exit 2 ;;
esac
