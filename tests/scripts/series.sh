#!/usr/bin/env bash
# `junheng series`, `evaluate --beside`, and facts of counties in the database: transcript in
# tests/golden/cli/series.txt. The figures of scenario 4 (0.4754, 0.1091, the next re-check two years
# after 2019-10-26) are those of a report; a merged school's are sums of samples/county.csv.
. tests/lib.sh
export JUNHENG_DB=$folder/bureau.db JUNHENG_USER=李四
transcript=$folder/transcript

show() {
    run "$@"
    { printf '$ junheng %s\n' "$*" && cat "$folder/out" "$folder/err" && printf '[%s]\n\n' "$status"; } |
        sed "s|$folder|DIR|g" >>"$transcript"
}

run init
for year in 2023-2024 2024-2025; do
    run import samples/county.csv --period $year
    want_status 0
done
run unit change 2162900020 --name 样例县第一小学 --date 2024-08-20
run unit merge 2162900037 --into 2162900020 --date 2025-08-20
want_status 0
show series QR5 --unit 620702
show series QR5 --unit 2162900020 --lang en
show series QR5 --unit 2162900020 --structure 2025-09-01
show series QR5 --unit 2162900037 --json
show series QR5 --unit 2162900037 --structure 2025-09-01
show series QR55 --unit 620702
show series BB1 --unit 620702 --standard youzhi-2017
show series QR5 --unit 110101 --lang en
run unit open --kind 组织 --name 城关学区 --date 2024-09-01
show series QR5 --unit 城关学区
show evaluate youzhi-2017 --unit 620702 --period 2024-2025 --beside 2023-2024
show evaluate youzhi-2017 --unit 620702 --period 2024-2025 --beside junheng-2012 --lang en
show evaluate youzhi-2017 --unit 620702 --period 2024-2025 --beside youzhi-2071

# Scenario 4 through the database.
{
    echo 所属地区,学段,指标,数值,来源
    for stage in 小学:0.3636,1.2059,0.5141,0.3542,0.0994,0.3860,0.4083,0.4718 \
        初中:0.0904,0.1323,0.1351,0.0808,0.1404,0.0536,0.0532,0.1870; do
        i=0
        for cv in $(echo "${stage#*:}" | tr , ' '); do
            i=$((i + 1))
            echo "654002,${stage%%:*},BB$i.差异系数,$cv,复查验收汇报"
        done
    done
} >"$folder/published.csv"
printf '所属地区,认定日期,来源\n伊宁市,2019-10-26,认定文件\n' >"$folder/county.csv"
show import "$folder/published.csv" --period 2020-2021 --form county-year
show import "$folder/published.csv" --period 2020-2021 --dry-run
show import "$folder/published.csv" --period 2020-2021 --lang en
show import "$folder/county.csv" --period 2020-2021 --json
show evaluate junheng-2012 --overlay xinjiang-fucha --unit 伊宁市 --period 2020-2021
show evaluate junheng-2012 --overlay xinjiang-fucha --unit 伊宁市 --period 2020-2021 --json
show evaluate youzhi-2017 --unit 伊宁市 --period 2020-2021
show explain BB2.差异系数 --standard junheng-2012 --unit 伊宁市 --period 2020-2021 --stage 小学
run evaluate junheng-2012 --overlay xinjiang-fucha --unit 伊宁市 --period 2020-2021 --json
cp "$folder/out" "$folder/stored.json"
run evaluate junheng-2012 --overlay xinjiang-fucha --unit 伊宁市 --period 2020-2021 --json \
    --county "$folder/published.csv" --county "$folder/county.csv"
want_same "$folder/stored.json" "$folder/out"
want "$(grep -o '"next_review":"[^"]*"' "$folder/stored.json")" '"next_review":"2021-10-26"' 'the next re-check'
want "$(grep -o '"composite":{"value":0\.[0-9]\{4\}' "$folder/stored.json" | tr '\n' ' ')" \
    '"composite":{"value":0.4754 "composite":{"value":0.1091 ' 'means of the eight'
# What is known of counties is shown as from the table, and can be lacking.
run import samples/counties.csv --period 2021-2022
for of in 'evaluate pujipuhui-2020' 'gap pujipuhui-2020' 'gap pujipuhui-2020 --json'; do
    # shellcheck disable=SC2086
    run $of --period 2021-2022 --unit 620702
    want_status 0
    cp "$folder/out" "$folder/stored"
    # shellcheck disable=SC2086
    run $of --period 2021-2022 --unit 620702 --county samples/counties.csv
    want_same "$folder/stored" "$folder/out"
    want_part "$folder/out" 49.9
done
sed -E -i 's/（第 ([0-9]+) 批，[^，]*，/（第 \1 批，TIME，/' "$transcript"
want_golden "$transcript" series.txt
finish 16
