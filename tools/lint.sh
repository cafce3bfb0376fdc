#!/bin/sh
# The rules of form that no compiler checks, for the whole tree; run it in the root of the tree.
# Prints FILE:LINE: MESSAGE for each offence and fails if there was any.
#   tools/lint.sh          all rules
#   tools/lint.sh layers   only which module includes which
set -u
export LC_ALL=C
failed=0

# Runs one rule; it has failed if it prints anything.
check() {
    offences=$("$1")
    [ -z "$offences" ] && return
    printf '%s\n' "$offences" >&2
    failed=1
}

files() {
    find . \( -path ./build -o -path ./.git -o -name node_modules \) -prune -o -type f -print | sed 's,^\./,,' | sort
}

layers() {
    find src -name '*.[ch]' -o -name '*.def' | sort | xargs awk '
        FILENAME == "src/LAYERS" {
            if ($0 ~ /^[a-z]+ *:/) {
                split($0, side, ":")
                gsub(/ /, "", side[1])
                count = split(side[2], below, " ")
                allowed[side[1], side[1]] = 1
                known[side[1]] = 1
                for (i = 1; i <= count; i++)
                    allowed[side[1], below[i]] = 1
            }
            next
        }
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            depth = split(FILENAME, part, "/")
            module = depth > 2 ? part[2] : "main"
            split($0, quoted, "\"")
            header = quoted[2]
            split(header, step, "/")
            at = FILENAME ":" FNR ": "
            if (!(module in known))
                print at "src/" module " has no line in src/LAYERS"
            else if (header !~ "/" || header ~ /^\./)
                print at "write the path of \"" header "\" from src/ on"
            else if (!(step[1] in known))
                print at "\"" header "\" is in no module of src/LAYERS"
            else if (!((module, step[1]) in allowed))
                print at module " may not include \"" header "\": see src/LAYERS"
            else if (header ~ /_int\.h$/ && step[1] != module)
                print at "\"" header "\" is private to " step[1]
        }' src/LAYERS
}

lengths() {
    sh tools/files.sh | xargs awk '
        function tell() { if (count > 800) print name ":" count ": more than 800 lines" }
        FNR == 1 { tell(); name = FILENAME }
        { count = FNR }
        END { tell() }'
}

words() {
    find src tests packs tools cmake benches doc -type f ! -path 'tests/fuzz/corpus/*' \
        ! -path '*/node_modules/*' ! -path 'tools/lint.sh' 2>/dev/null |
        xargs grep -nIwE 'TODO|FIXME|XXX|HACK' | sed 's/$/   <- unfinished/'
}

# A file of one machine. What follows a name, a $ or a dot is part of a longer path.
paths() {
    files | tr '\n' '\0' |
        xargs -0 grep -nIE '(^|[^A-Za-z0-9_.~}*/-])/(home|root|Users|work)/[A-Za-z0-9]' |
        sed 's/$/   <- path of one machine/'
}

# Each function of the language is in the manual.
functions() {
    [ -f doc/formulas.md ] || { echo "doc/formulas.md:1: missing" && return; }
    awk -F'"' '
        FILENAME == "doc/formulas.md" { manual = manual $0 "\n"; next }
        /^FUNCTION\(/ {
            row = "| " $4 " | " $2 " |"
            if (!index(manual, row))
                print FILENAME ":" FNR ": doc/formulas.md has no row \"" row "\""
        }' doc/formulas.md src/expr/functions.def
}

# SQL stands in src/store alone, and there only what all databases share.
sql() {
    find src -name '*.[ch]' -o -name '*.def' | grep -v '^src/store/' |
        xargs grep -nE '"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM|CREATE TABLE)\b' |
        sed 's/$/   <- SQL outside src\/store/'
    grep -nwE 'ON CONFLICT|MERGE|GENERATED|FOR UPDATE|PROCEDURE|PARTITION BY|JSONB?|RETURNING' src/store/*.def |
        sed 's/$/   <- not shared by all databases/'
}

check layers
if [ "${1:-}" != layers ]; then
    check lengths
    check words
    check paths
    check functions
    check sql
    sh tools/format.sh --check || failed=1
fi
exit $failed
