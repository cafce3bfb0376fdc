#!/usr/bin/env bash
# `junheng unit …` as people see it, and judging by the schools of another day, of a township and of a
# group: all of it in tests/golden/cli/unit.txt. What is refused: tests/golden/units.txt.
. tests/lib.sh
export JUNHENG_DB=$folder/bureau.db JUNHENG_USER=李四
transcript=$folder/transcript

same() {
    sed -E "s/[0-9a-f]{64}/LINK/g; s|$folder|DIR|g
        s/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.0-9]*\+08:00)?/TIME/g"
}

show() {
    run "$@"
    { printf '$ junheng %s\n' "$*" && cat "$folder/out" "$folder/err" && printf '[%s]\n\n' "$status"; } |
        same >>"$transcript"
}

run init
run import samples/county.csv --period 2024-2025
want_status 0
show unit list --unit 620702 --date 2024-09-01
show unit list --unit 张掖市 --date 2024-09-01 --lang en
show unit list --unit 620702 --date 2024-08-31
show unit show 2162900020 --date 2024-09-01

show unit open --kind 乡镇 --code 620702101 --name 戈壁乡 --parent 甘州区 --date 2020-01-01 --reason 甘政发〔2020〕1号
show unit change 2162900020 --parent 620702101 --date 2025-03-01 --lang en
show unit change 2162900037 --name 样例县实验小学 --urban 镇中心区 --date 2025-08-01 --reason 张教〔2025〕7号
show unit open --code 2162900990 --name 样例县新城小学 --parent 620702 --type 小学 --runner 县级教育部门 --date 2025-08-01 --json
show unit merge 2162900054 2162900071 --into 2162900037 --date 2025-08-01
show unit split 2162900088 --piece 2162900990 --date 2025-08-01
show unit open --kind 组织 --name 城关学区 --date 2025-01-01
show unit join 2162900020 2162900037 --group 城关学区 --date 2025-03-01
show unit leave 2162900020 --group 城关学区 --date 2025-09-01 --lang en
show unit open --kind group --name 城关学区 --date 2025-01-01
show unit show 城关学区 --date 2025-03-01
show unit close 2162900088 --date 2024-09-01
show unit close 2162900020 --date 2025-08-15

# The history of each, the tree of a day, and what was known then.
show unit show 2162900037 --date 2025-09-01
show unit show 2162900037 --date 2024-09-01 --lang en
show unit show 2162900054 --date 2025-09-01
show unit show 2162900088 --date 2025-09-01 --json
show unit show 2162900020 --date 2025-09-01
show unit show 戈壁乡 --date 2024-09-01
show unit list --unit 620702101 --date 2025-03-01
show unit list --unit '#9437185' --date 2025-03-01
show unit list --unit 620702101 --date 2025-03-01 --json
show unit show 2162900037 --date 2025-09-01 --at 3
show unit show 2162900037 --date 2025-09-01 --at 2020-01-01
show unit show 无名学校 --date 2025-09-01
show unit list --date 2025-02-30

# The year that was reported is judged as before; by the schools of later days mergers count.
run evaluate youzhi-2017 --period 2024-2025 --at 2 --json
cp "$folder/out" "$folder/before"
run evaluate youzhi-2017 --period 2024-2025 --json
want_same "$folder/out" "$folder/before"
show evaluate youzhi-2017 --period 2024-2025 --structure 2025-09-01
show explain QR1 --period 2024-2025 --unit 2162900037
show explain QR1 --period 2024-2025 --unit 2162900037 --structure 2025-09-01
show gap youzhi-2017 --period 2024-2025 --structure 2025-09-01 --lang en
show evaluate youzhi-2017 --period 2024-2025 --unit 戈壁乡 --structure 2025-03-01
show evaluate youzhi-2017 --period 2024-2025 --unit '#9437185' --structure 2025-03-01
# What counties report of themselves is not about a group.
run import samples/counties.csv --period 2024-2025
show evaluate youzhi-2017 --period 2024-2025 --unit '#9437185' --structure 2025-03-01
show explain QR1 --period 2024-2025 --unit '#9437185' --structure 2025-03-01
show evaluate pujipuhui-2020 --period 2024-2025 --unit '#9437185' --structure 2025-03-01
run undo 15
# Units by their names and ids.
show explain QR1 --period 2024-2025 --unit 样例县城关第一小学
show explain QR1 --period 2024-2025 --unit '#2097153' --json
run evaluate youzhi-2017 --period 2024-2025 --unit 甘州区
cp "$folder/out" "$folder/named"
run evaluate youzhi-2017 --period 2024-2025 --unit '#1051690'
want_same "$folder/out" "$folder/named"
run evaluate youzhi-2017 --period 2024-2025 --unit '#2097153'
want_status 1
want_part "$folder/err" '「2162900020」是一所学校，这里要一个地区'
show evaluate youzhi-2017 --period 2024-2025 --structure never
run unit open --kind 学区 --name 空学区 --date 2024-09-01
want_status 0
show evaluate youzhi-2017 --period 2024-2025 --unit 空学区
show gap youzhi-2017 --period 2024-2025 --structure 2024-08-31 --lang en
show explain QR1 --period 2024-2025 --structure 2024-08-31
show series QR1 --unit 620702 --structure 2024-08-31
show check

# Names are one line; and what came with a table does not get to the terminal as it is.
refuse 1 '「--name」里有换行或别的控制字符' "'--name' has a line end or another control character" \
    unit open --kind 组织 --name $'甲\n乙' --date 2025-01-01
refuse 1 '「--reason」里有换行或别的控制字符' "'--reason' has a line end or another control character" \
    unit close 2162900020 --reason $'\e[31m' --date 2026-01-01
sed '2s/样例县城关第一小学/红'$'\e''[31m'$'\u9b''学/' samples/county.csv >"$folder/red.csv"
run import "$folder/red.csv" --period 2024-2025
for of in 'unit show 2162900020 --date 2024-09-01' 'explain QR1 --period 2024-2025 --unit 2162900020' \
    'evaluate youzhi-2017 --period 2024-2025' 'unit show 2162900020 --date 2024-09-01 --json'; do
    # shellcheck disable=SC2086
    run $of
    want_status 0
    want_part "$folder/out" 红
    want "$(tr -dc '\033' <"$folder/out" | wc -c)" 0 'control characters shown'
done

# Figures of counties by the divisions of another day: they go with the county to its new code, not to
# who has the old one, and say nothing of it together with another county.
JUNHENG_DB=$folder/counties.db
run init
run import samples/counties.csv --period 2023-2024
run unit change 620702 --code 620703 --date 2025-01-01
run unit close 620722 --date 2025-01-01
run unit open --kind 县区 --code 620702 --name 新区 --parent 张掖市 --date 2025-01-01
want_status 0
for of in 甘州区 620703; do
    run evaluate pujipuhui-2020 --period 2023-2024 --structure 2025-02-01 --unit $of
    want_status 0
    want_part "$folder/out" '49.90'
done
run evaluate pujipuhui-2020 --period 2023-2024 --structure 2025-02-01 --unit 620702
want_status 1
run unit merge 620702 --into 620703 --date 2025-03-01
run evaluate pujipuhui-2020 --period 2023-2024 --structure 2025-02-28 --unit 甘州区
want_part "$folder/out" '49.90'
run evaluate pujipuhui-2020 --period 2023-2024 --structure 2025-03-01 --unit 甘州区
want_status 1
want_part "$folder/err" '没有一个县区的数'
run evaluate pujipuhui-2020 --period 2023-2024 --unit 甘州区
want_part "$folder/out" '49.90'

# A merger that was wrong: it is as if it had not been, and the list says so.
JUNHENG_DB=$folder/again.db
run init
run import samples/county.csv --period 2024-2025
run evaluate youzhi-2017 --period 2024-2025 --structure 2026-09-01 --json
cp "$folder/out" "$folder/apart"
show unit merge 2162900037 --into 2162900020 --date 2025-09-01 --reason 错了
show undo 3
run evaluate youzhi-2017 --period 2024-2025 --structure 2026-09-01 --json
want_same "$folder/out" "$folder/apart"
show undo 3
show undo 3 --lang en
show undo 4
show audit list
show audit list --lang en
run unit close 2162900037 --date 2025-09-01
show undo 5 --json
run unit close 2162900037 --date 2025-09-01
show undo 7 --lang en
run unit close 2162900037 --date 2025-09-01
run unit open --kind 学校 --code 2162900037 --name 新校 --parent 甘州区 --type 小学 --runner 县级教育部门 --date 2026-09-01
want_status 0
show undo 9
show undo 9 --lang en
show unit show 2162900037 --date 2025-01-01
want_golden "$transcript" unit.txt
finish 43
