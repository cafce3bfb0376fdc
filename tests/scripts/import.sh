#!/usr/bin/env bash
# `junheng import`, `undo`, `audit …` and judging from the database as people see them: all of it in
# tests/golden/cli/import.txt, with times and digests made the same; and that the database and the
# table are judged alike. What is refused beside the database: tests/golden/import.txt.
. tests/lib.sh
export JUNHENG_DB=$folder/bureau.db JUNHENG_USER=张三
county=samples/county.csv
transcript=$folder/transcript

# What is drawn at random or depends on the clock, made the same.
same() {
    sed -E "s/[0-9a-f]{64}/LINK/g; s/[0-9a-f]{32}/ID/g; s|$folder|DIR|g
        s/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.0-9]*\+08:00)?/TIME/g"
}

# show ARGS…: the command and what it said, in the transcript.
show() {
    run "$@"
    { printf '$ junheng %s\n' "$*" && cat "$folder/out" "$folder/err" && printf '[%s]\n\n' "$status"; } |
        same >>"$transcript"
}

show import $county --period 2024-2025
show init --json
show import $county --period 2024-2025 --dry-run
show audit list
show import $county --period 2024-2025
show import $county --period 2024-2025
show import $county --period 2024-2025 --lang en --json

# The table corrected: one school's teachers, another's books left blank, and a verdict of a school.
awk -F, -v OFS=, '{ $13 = $12 ~ /^[0-9]+$/ && $13 < 1 ? 1 : $13 } NR == 2 { $11 = 100 } NR == 3 { $NF = "" } 1' \
    $county >"$folder/second.csv"
show import "$folder/second.csv" --period 2024-2025 --dry-run --lang en
show import "$folder/second.csv" --period 2024-2025 --json
# The first table again takes the correction back; then it is there.
show import $county --period 2024-2025 --dry-run
show audit list --lang en
show audit list --json
show audit verify
show audit verify --json

# Until batch 2 it is the table, afterwards the corrected one; and so it is once the correction is undone.
# agree FILE DB-OPTIONS…
agree() {
    local table=$1 of
    shift
    for of in 'evaluate youzhi-2017 --contributions' 'gap youzhi-2017' 'explain QR5'; do
        # shellcheck disable=SC2086
        run $of --period 2024-2025 --file "$table" --json
        tr '{' '\n' <"$folder/out" | sed 's/"sum_rows":[0-9]*//' >"$folder/by_table"
        # shellcheck disable=SC2086
        run $of --period 2024-2025 --json "$@"
        tr '{' '\n' <"$folder/out" | sed 's/"sum_rows":[0-9]*//' >"$folder/by_database"
        want_same "$folder/by_table" "$folder/by_database"
        want "$([ -s "$folder/by_table" ] && echo yes)" yes 'something was judged'
    done
}
agree $county --at 2
agree "$folder/second.csv"
show evaluate youzhi-2017 --period 2024-2025 --at 2
show explain QR5 --period 2024-2025 --unit 2162900020
show explain QR5 --period 2024-2025 --unit 2162900020 --json
show undo 3
show undo 3
show undo 3 --lang en
show undo 99
show undo x
agree $county
show undo 2 --json
show undo 2 --lang en
show evaluate youzhi-2017 --period 2024-2025
show evaluate youzhi-2017 --period 2024-2025 --at 2 --lang en
show check

# A day: of the year before the database was made nothing is known.
show evaluate youzhi-2017 --period 2024-2025 --at 2020-01-01
show evaluate youzhi-2017 --period 2024-2025 --at soon
show evaluate youzhi-2017 --period 2024-2025 --at soon --lang en
show import $county --period 2024-2025 --form school-year
show import $county --period 2023-2024 --form 月报
show evaluate youzhi-2017 --period 2022-2023
show import $county
want_golden "$transcript" import.txt

refuse 2 '--at 要写第几条记录或一个日期，这里是「昨天」' "--at needs the number of an entry or a date, but this is '昨天'" \
    evaluate youzhi-2017 --period 2024-2025 --at 昨天
JUNHENG_DB=
refuse 2 '没有说评哪里的数据' 'nothing is named to be judged' evaluate youzhi-2017 --period 2024-2025
for of in "import $county --period 2024-2025" 'undo 2' 'audit list' 'audit verify' 'unit list' \
    'unit close 甲校 --date 2024-09-01'; do
    # shellcheck disable=SC2086
    refuse 2 '没有说是哪个数据库' 'no database was named' $of
done
finish 66
