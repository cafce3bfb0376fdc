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


# The tables of counties. sum TABLE ITEM: over its rows, by the header, without the reader of the program; 来源
# is the last column and the only one with quotes.
sum() {
    awk -F, -v item="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == item) at = i; next } { sum += $at }
        END { print sum }' "$1"
}
last=$folder/zhangye/张掖市-县表-2022-2023.csv
# 「在园幼儿40195人」 and 「学前三年毛入园率达99.68%,公办园在园幼儿占比为66.78%,普惠性幼儿园覆盖率达95%」
want "$(sum "$last" 在园幼儿数)" 40195 'children in kindergartens'
want "$(sum "$last" 常住三至五岁人口)" 40324 'children of age: 40195 ÷ 0.9968'
want "$(echo "$(sum "$last" 公办园在园幼儿数) $(sum "$last" 普惠性民办园在园幼儿数)" |
    awk '{ printf "%.2f %.2f", 100 * $1 / 40195, 100 * ($1 + $2) / 40195 }')" '66.78 95.00' 'the two shares'
# 「平均工资81048元,比当地公务员高3840元」, of six counties; 「特殊教育学校1所,在校生191人」
want "$(sum "$last" 义务教育教师年均工资收入) $(sum "$last" 公务员年均工资收入)" '486288 463248' 'the pay'
want "$(sum "$last" 特殊教育学校在校生数)" 191 'pupils of the special school'
# What is a sum of schools is the sum of the rows of schools.
want "$(sum "$last" 幼儿园数) $(sum "$last" 幼儿园专任教师数)" "$(awk -F, '$4 == "幼儿园" { n++; t += $11 } END { print n, t }' \
    "$folder/zhangye/张掖市-2022-2023.csv")" 'kindergartens and their teachers'
# Whoever invented a figure says so.
want "$(grep -c '自评报告「\|演示：' "$last")" "$(tail -n +2 "$last" | wc -l)" 'every row has its source'

# … and what the report says of 2022-2023 it does not say of the years before.
want "$(cat "$folder"/zhangye/张掖市-县表-20{18,19,20,21}-*.csv | grep -c 自评报告)" 0 'the report speaks of one year'

# judged STANDARD ARGS…: each county's verdict of 张掖 by tables alone.
judged() {
    run evaluate "$@" --file "$folder/zhangye/张掖市-2022-2023.csv" --county "$last" \
        --county "$folder/zhangye/张掖市-公布数.csv" --period 2022-2023 --json
    want_status 0
    grep -o '"unit":"6207[0-9]*","name":"[^"]*","verdict":"[a-z]*"' "$folder/out" | cut -d '"' -f 4,12 | tr '"\n' '  '
}
want "$(judged junheng-2012 --overlay yanshi-junheng)" '620702 pass 620721 nodata 620722 pass 620723 pass 620724 pass 620725 pass ' 'junheng-2012'
want "$(judged youzhi-2017)" '620702 fail 620721 nodata 620722 fail 620723 fail 620724 pass 620725 fail ' 'youzhi-2017'
want "$(judged pujipuhui-2020 --overlay yanshi-pujipuhui)" '620702 pass 620721 nodata 620722 pass 620723 pass 620724 pass 620725 fail ' 'pujipuhui-2020'
want_part "$folder/out" '"published":99.68,"computed":99.68009'
want_part "$folder/out" '"published":66.78,"computed":66.77945'
want_part "$folder/out" '"published":95,"computed":94.99937'
# Without the invented lines nobody passes what provinces set.
want "$(judged junheng-2012 | grep -o nodata | wc -l)" 6 'G1 is set by provinces'
want "$(judged pujipuhui-2020 | grep -o 'pass' | wc -l)" 0 'PS10 to PS12, too'

# 伊宁: 「2019 年 10 月 24 日-26 日通过了自治区义务教育均衡复验」, 「每两年进行一次复查验收」.
run evaluate junheng-2012 --overlay xinjiang-fucha --overlay yanshi-junheng --file "$folder/yining/伊宁市-2020-2021.csv" \
    --county "$folder/yining/伊宁市-县表-2020-2021.csv" --period 2020-2021
want_part "$folder/out" '伊宁市  结论: 通过'
want_part "$folder/out" '下次复查: 2021-10-26（认定日期 2019-10-26，每 2 年一次）'

refuse 1 '没有演示地「zhangje」' "there is no demo place 'zhangje'" demo zhangje
refuse 1 "已有文件「$folder/yining/伊宁市-2016-2017.csv」" \
    "there is a file '$folder/yining/伊宁市-2016-2017.csv' already" \
    demo yining --tables "$folder/yining"
refuse 3 "写不了文件「$folder/digests」：路径中有一段不是文件夹" \
    "cannot write file '$folder/digests': Not a directory" \
    demo yining --tables "$folder/digests"
refuse 2 '缺少 PLACE' 'PLACE is missing' demo
finish 76
