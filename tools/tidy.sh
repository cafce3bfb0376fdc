#!/bin/sh
# clang-tidy by the commands of a clang build folder: on the sources changed since the branch left
# the main line, or on all where there is no such point or a header, table or .clang-tidy changed.
set -u
build=${1:?usage: tools/tidy.sh BUILD_FOLDER}

all() {
    find src -name '*.c'
}

# The main line's commit this work began with; fails on the main line itself and outside Git.
merge_base() {
    for line in origin/HEAD origin/main main; do
        base=$(git merge-base HEAD "$line" 2>/dev/null) || continue
        [ "$base" = "$(git rev-parse HEAD)" ] && continue
        echo "$base" && return
    done
    return 1
}

select_sources() {
    base=$(merge_base) || { all && return; }
    changed=$({ git diff --name-only "$base" && git ls-files -o --exclude-standard; } | sort -u)
    case "$changed" in
    *.h* | *.def* | *.clang-tidy*) all ;;
    *) printf '%s\n' "$changed" | grep '^src/.*\.c$' | while read -r f; do [ -f "$f" ] && echo "$f"; done ;;
    esac
}

sources=$(select_sources | LC_ALL=C sort)
[ -n "$sources" ] || { echo "no source changed" && exit 0; }
echo "$(printf '%s\n' "$sources" | wc -l) sources"
# The count of suppressed warnings goes to standard error: shown only with a failure.
printf '%s\n' "$sources" | xargs -P 2 -n 1 sh -c '
    output=$(clang-tidy --quiet -p "$0" "$1" 2>&1) || { printf "%s\n" "$output" && exit 1; }' "$build"
