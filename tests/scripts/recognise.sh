#!/usr/bin/env bash
# Tables as offices make them, as people see them: what was found is told, and the verdicts are those of the plain
# table (the second implementation). tests/golden/cli/recognise.txt.
. tests/lib.sh
export JUNHENG_DB=$folder/bureau.db JUNHENG_USER=张三
transcript=$folder/transcript
form=$folder/form.csv

same() {
    sed -E "s/[0-9a-f]{64}/LINK/g; s/[0-9a-f]{32}/ID/g; s|$folder|DIR|g"
}
show() {
    run "$@"
    { printf '$ junheng %s\n' "$*" && head -"${lines:-99}" "$folder/out" && cat "$folder/err" && printf '[%s]\n\n' "$status"; } |
        same >>"$transcript"
}

# The sample with a title, a unit line (the equipment in 元), a sum per town, the header again, and a foot.
awk -F, -v OFS=, '
    BEGIN { print "样例县义务教育学校基本情况表"; print "填报单位：样例县教育局,,,单位：元、人" }
    NR == 1 { sub(/\(万元\)/, ""); header = $0; print; next }
    { if ($18 != "") $18 = $18 * 10000; $1 = $1; print }
    NR == 10 { print "城关镇小计,,,"; print header }
    END { print "全县合计,,,"; print "注：教学点单列。"; print "填表人：张三,,审核人：李四" }' samples/county.csv >"$form"

run evaluate youzhi-2017 --period 2024-2025 --file samples/county.csv
grep -v '没有计入' "$folder/out" >"$folder/plain"
run evaluate youzhi-2017 --period 2024-2025 --file "$form"
grep -vE '没有计入|认出的表|列名读作|  行 ' "$folder/out" >"$folder/form"
want_same "$folder/plain" "$folder/form"

lines=8 show evaluate youzhi-2017 --period 2024-2025 --file "$form"
lines=8 show evaluate youzhi-2017 --period 2024-2025 --file "$form" --lang en
run init
show import "$form" --period 2024-2025 --dry-run
show import "$form" --period 2024-2025 --json
show import samples/county.csv --period 2024-2025
printf '某县情况表,,\n通知,请报,一下\n' >"$folder/letter.csv"
show import "$folder/letter.csv" --period 2024-2025
want_golden "$transcript" recognise.txt
finish 2
