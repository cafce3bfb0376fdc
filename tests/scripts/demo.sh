#!/usr/bin/env bash
# `junheng demo`: what it prints, the bytes of its tables, and that the engine finds in them what the
# documents of the places print.
. tests/lib.sh

golden demo_zhangye.txt demo zhangye
golden demo_zhangye_en.txt demo zhangye --lang en
golden demo_zhangye.json demo zhangye --json
golden demo_yining.txt demo yining
golden demo_yining.json demo yining --json

# The same bytes on every machine and by every compiler.
for place in zhangye yining; do
    run demo $place --tables "$folder/$place"
    want_status 0
    want_part "$folder/out" "写进了文件夹 $folder/$place："
done
(cd "$folder" && sha256sum zhangye/* yining/*) >"$folder/digests"
want_golden "$folder/digests" demo_tables.sha256

# 伊宁市 2021 年复查验收汇报 六、: sixteen coefficients as printed there, primary and then junior, and the
# means of the eight; the limits of 教督〔2012〕3号.
run evaluate junheng-2012 --file "$folder/yining/伊宁市-2020-2021.csv" --period 2020-2021
want_status 0
want "$(sed -nE 's/^  BB[1-8] .* ([01]\.[0-9]{4})  不设.*/\1/p' "$folder/out" | tr '\n' ' ')" \
    '0.3636 1.2059 0.5141 0.3542 0.0994 0.3860 0.4083 0.4718 0.0904 0.1323 0.1351 0.0808 0.1404 0.0536 0.0532 0.1870 ' \
    'the coefficients of 伊宁'
want "$(sed -nE 's/^ +综合差异系数 +([0-9.]+) +([0-9.]+) .* (达到)$/\1 \2 \3/p' "$folder/out" | tr '\n' ' ')" \
    '0.4754 0.65 达到 0.1091 0.55 达到 ' 'the composites of 伊宁'

# Another way to the same: without standard, frames and scopes.
run cv "$folder/yining/伊宁市-2020-2021.csv" --weight 在校生数 --value '室外运动场地面积 + 室内体育用房面积' --by 办学类型
want_status 0
want_part "$folder/out" '1.2059'
want_part "$folder/out" '0.1323'

# 张掖: 「县域内校际综合差异系…定线以下」: all six counties are below both limits in the last year.
run evaluate junheng-2012 --file "$folder/zhangye/张掖市-2022-2023.csv" --period 2022-2023 --json
want_status 0
want "$(grep -o '"composite":{"value":[0-9.e-]*,"limit":0.[56]*5,"met":true' "$folder/out" | wc -l)" 14 \
    'composites within the limits: of six counties and the prefecture, two stages each'
# What is short is told, and it becomes less from year to year: schools that do not meet 优质均衡.
for year in 2018-2019 2019-2020 2020-2021 2021-2022 2022-2023; do
    run evaluate youzhi-2017 --file "$folder/zhangye/张掖市-$year.csv" --period $year
    want_status 0
    sed -nE 's/^── (小学|初中) ──.*: 达标 ([0-9]+)，不达标 ([0-9]+)，数据不足 ([0-9]+)$/\1 \2 \3 \4/p' "$folder/out"
done >"$folder/met"
want_golden "$folder/met" demo_met.txt

refuse 1 '没有演示地「zhangje」' "there is no demo place 'zhangje'" demo zhangje
refuse 1 "已有文件「$folder/yining/伊宁市-2016-2017.csv」" \
    "there is a file '$folder/yining/伊宁市-2016-2017.csv' already" \
    demo yining --tables "$folder/yining"
refuse 3 "写不了文件「$folder/digests」：路径中有一段不是文件夹" \
    "cannot write file '$folder/digests': Not a directory" \
    demo yining --tables "$folder/digests"
refuse 2 '缺少 PLACE' 'PLACE is missing' demo
finish 50
