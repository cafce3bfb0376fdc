# For tests/scripts and tests/outside: runs the program and compares, counting. Source it first:
#
#     . tests/lib.sh
#     run cv samples/five-schools.csv --weight 在校生数 --value 图书册数
#     want_status 0
#     want_text "$folder/err" ""
#     want_golden "$folder/out" cv_five.txt
#     finish 3
#
# run leaves what was said in $folder/out and $folder/err and the exit status in $status. With
# GOLDEN=write in the environment want_golden rewrites its file, for review. A script fails if a
# comparison failed or if it made fewer comparisons than it says, so that none is lost by mistake.
set -u
: "${JUNHENG:?names the program}"
unset LANG LC_ALL LC_MESSAGES LC_NUMERIC TZ
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compared=0
failed=0
status=
command=

run() {
    command="junheng $*"
    "$JUNHENG" "$@" >"$folder/out" 2>"$folder/err"
    status=$?
}

# fail WHAT: one comparison that failed.
fail() {
    failed=$((failed + 1))
    printf 'FAILED: %s\n  after: %s\n' "$1" "$command" >&2
}

# want GOT WANT WHAT
want() {
    compared=$((compared + 1))
    [ "$1" = "$2" ] && return
    fail "$3"
    printf '  got:  %s\n  want: %s\n' "$1" "$2" >&2
}

want_status() {
    want "$status" "$1" "exit status"
}

# want_same FILE FILE
want_same() {
    compared=$((compared + 1))
    cmp -s "$1" "$2" && return
    fail "$1 differs from $2"
    diff "$1" "$2" | head -40 | cut -c 1-300 >&2
}

# want_text FILE TEXT: the text ends with a line end unless it is empty.
want_text() {
    [ -z "$2" ] && : >"$folder/want" || printf '%s\n' "$2" >"$folder/want"
    want_same "$1" "$folder/want"
}

# want_part FILE TEXT: TEXT stands somewhere in FILE.
want_part() {
    compared=$((compared + 1))
    grep -qF -- "$2" "$1" && return
    fail "no '$2' in $1:"
    head -20 "$1" >&2
}

# golden NAME ARGS…: succeeds, says nothing else, and prints the golden file. A digest changes with every
# word of a pack, so it is not part of what is compared.
golden() {
    local name=$1
    shift
    run "$@"
    want_status 0
    want_text "$folder/err" ""
    sed -E 's/[0-9a-f]{64}/DIGEST/g' "$folder/out" >"$folder/shown"
    want_golden "$folder/shown" "$name"
}

want_golden() {
    local golden=tests/golden/cli/$2
    [ "${GOLDEN:-}" = write ] && cp "$1" "$golden"
    want_same "$1" "$golden"
}

# refuse STATUS ZH EN ARGS…: nothing on standard output, and the first line of what is said in both languages.
refuse() {
    local want_code=$1 zh=$2 en=$3
    shift 3
    run "$@"
    want_status "$want_code"
    want_text "$folder/out" ""
    want "$(head -n 1 "$folder/err")" "错误: $zh" "the message in Chinese"
    run --lang en "$@"
    want_status "$want_code"
    want_text "$folder/out" ""
    want "$(head -n 1 "$folder/err")" "error: $en" "the message in English"
}

# finish LEAST: ends the script.
finish() {
    echo "$compared comparisons, $failed failed"
    if [ "$compared" -lt "$1" ]; then
        echo "FAILED: $compared comparisons are fewer than $1" >&2
        exit 1
    fi
    [ "$failed" -eq 0 ]
    exit
}
