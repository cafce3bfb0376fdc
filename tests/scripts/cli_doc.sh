#!/usr/bin/env bash
# The examples of the manuals: in each ```console block, what stands below "$ command" is what the
# command says (both streams); ./run in them is the program. And doc/cli.md shows --help of each
# command in both languages. With GOLDEN=write in the environment the manuals get what the commands
# say now.
. tests/lib.sh

junheng() {
    "$JUNHENG" "$@"
}

# As a shell would run it: $? is that of the example before. In a folder of its own, as examples write files.
last=0
place=$folder/place
mkdir "$place"
ln -s "$PWD/samples" "$PWD/packs" "$place"
run_example() {
    command=$1
    (
        cd "$place" || exit
        (exit $last)
        eval "${1//.\/run /junheng }"
    ) 2>&1
    last=$?
}

# manual_now FILE: the manual again, with what the examples say now, in $folder/manual.
examples=0
manual_now() {
    local in_block= line
    while IFS= read -r line; do
        case "$in_block$line" in
        '```console')
            in_block=in:
            printf '%s\n' "$line"
            ;;
        'in:```')
            in_block=
            printf '%s\n' "$line"
            ;;
        'in:$ '*)
            examples=$((examples + 1))
            printf '%s\n' "$line"
            run_example "${line#\$ }"
            ;;
        in:*) ;; # what it said before
        *) printf '%s\n' "$line" ;;
        esac
    done <"$1" >"$folder/manual"
    want "$in_block" "" "the last block of $1 is closed"
    [ "${GOLDEN:-}" = write ] && cp "$folder/manual" "$1"
    want_same "$1" "$folder/manual"
}

for manual in doc/cli.md README.md README.zh-CN.md; do
    manual_now $manual
done
compared=$((compared + examples))

# The commands as the program lists them.
"$JUNHENG" --help | awk '/^$/ { is_list = 0 } is_list { print } /^命令:$/ { is_list = 1 }' |
    sed -E 's/^  ([a-z]+( [a-z]+)?)  .*/\1/' >"$folder/commands"
while IFS= read -r name; do
    for lang in '' ' --lang en'; do
        compared=$((compared + 1))
        grep -qxF "\$ junheng $name --help$lang" doc/cli.md ||
            fail "doc/cli.md does not show: junheng $name --help$lang"
    done
done <"$folder/commands"
echo "$examples examples, $(wc -l <"$folder/commands") commands"
finish 60
