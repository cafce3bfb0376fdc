#!/usr/bin/env bash
# Tables of counties as people use them: published coefficients and the next review, class sizes and
# rooms, preschools with the overlays of a province, gaps, explanations, and what is refused.
. tests/lib.sh
yining=(--county samples/published.csv --period 2020-2021)

# Scenario 4. The figures in the goldens: the sixteen of the report, and their two means.
golden county_yining.txt evaluate junheng-2012 "${yining[@]}"
golden county_yining_en.txt evaluate junheng-2012 "${yining[@]}" --lang en
golden county_yining.json evaluate junheng-2012 "${yining[@]}" --json
want_part "$folder/out" '"composite":{"value":0.4754125,"limit":0.65,"met":true}'
want_part "$folder/out" '"composite":{"value":0.1091,"limit":0.55,"met":true}'
want_part "$folder/out" '"code":"G2","name":"校际间均衡状况","verdict":"pass"'
want_part "$folder/out" '"cv":1.2059,"origin":"published","document":"伊宁市复查验收汇报"'
golden county_yining_explain.txt explain G2 --standard junheng-2012 "${yining[@]}" --stage 小学
golden county_yining_bb2.json explain BB2 --standard junheng-2012 "${yining[@]}" --stage 小学 --json
run evaluate youzhi-2017 "${yining[@]}" --json
want_status 0
want_part "$folder/out" '"code":"BB2","name":"生均体育运动场馆面积","stage":"primary","cv":1.2059,"line":0.5,"above":true,"remark":"different indicator set, for information"'
want_part "$folder/out" '"code":"BB3","name":"生均教学仪器设备值","stage":"primary","cv":0.5141,"line":0.5,"above":true'
want "$(grep -o '"above":true' "$folder/out" | wc -l)" 2 'coefficients above the line'
printf '所属地区,认定日期,来源\n伊宁市,2019-10-26,认定文件\n' >"$folder/day.csv"
run evaluate xinjiang-fucha "${yining[@]}" --county "$folder/day.csv" --json
want_part "$folder/out" '"next_review":"2021-10-26"'
run evaluate xinjiang-fucha "${yining[@]}" --county "$folder/day.csv"
want_part "$folder/out" '下次复查: 2021-10-26（认定日期 2019-10-26，每 2 年一次）'
run evaluate xinjiang-fucha "${yining[@]}" --lang en
want_part "$folder/out" 'next review: 认定日期 is not reported'
run evaluate xinjiang-fucha "${yining[@]}" --json
want_part "$folder/out" '"next_review":null'

# Scenario 5, its last sentence.
printf '%s\n' '学校代码,学校名称,所属地区,办学类型,在校生数,班级数,最大班额,音乐专用教室数,音乐专用教室最小面积,美术专用教室数,美术专用教室最小面积' \
    '2162900001,甲校,620702,小学,1125,25,46,3,96,3,90' '2162900002,乙校,620702,小学,1080,25,45,3,96,2,90' >"$folder/rooms.csv"
golden county_rooms.json evaluate youzhi-2017 --file "$folder/rooms.csv" --period 2024-2025 --json
want_part "$folder/out" '"code":"QG5","name":"班额","verdict":"fail","origin":"computed","schools":[{"code":"2162900001","name":"甲校","stage":"primary"}],"unknown":0'
want_part "$folder/out" '"code":"QG3","name":"音乐、美术专用教室","verdict":"fail","origin":"computed","schools":[{"code":"2162900002","name":"乙校","stage":"primary"}],"unknown":0'
run evaluate youzhi-2017 --file "$folder/rooms.csv" --period 2024-2025
want_part "$folder/out" '未达到: 甲校（小学）'
run explain QG3 --file "$folder/rooms.csv" --period 2024-2025 --unit 2162900002
want_part "$folder/out" '进一(25 ÷ 12) = 3'

# Scenario 6.
printf '所属地区,指标,数值,来源\n620702,PS1,99.68,自评\n620702,PS2,95,自评\n620702,PS3,66.78,自评\n' >"$folder/ps.csv"
for standard in pujipuhui-2020 henan-pujipuhui; do
    run evaluate $standard --county "$folder/ps.csv" --period 2023-2024 --json
    want_part "$folder/out" '"code":"L","name":"普及普惠水平","verdict":"pass"'
done
want_part "$folder/out" '"code":"PS1","name":"学前三年毛入园率","verdict":"pass","unit":"%","value":99.68,"limit":90'
golden county_preschool.txt evaluate henan-pujipuhui --county "$folder/ps.csv" --period 2023-2024
golden county_preschool_en.txt evaluate pujipuhui-2020 --county samples/counties.csv --period 2023-2024 --unit 620702 --lang en
golden county_gap.json gap pujipuhui-2020 --county samples/counties.csv --period 2023-2024 --json
want_part "$folder/out" '"code":"PS3","name":"公办园在园幼儿占比","gate":"L","value":49.9,"limit":50,"item":"公办园在园幼儿数","amount":10,"unit":"人"'
golden county_gap_en.txt gap pujipuhui-2020 --county samples/counties.csv --period 2023-2024 --lang en
golden county_batch.txt evaluate pujipuhui-2020 --overlay pujipuhui-batch --county samples/counties.csv --period 2023-2024
run evaluate pujipuhui-2020 --overlay pujipuhui-batch --county samples/counties.csv --period 2023-2024 --json
want_part "$folder/out" '"unit":"620700","name":"甘肃省张掖市","verdict":"fail","batch":{"rule":"veto","failed":["620702"]}'
run evaluate pujipuhui-2020 --county samples/counties.csv --period 2023-2024 --json
want_part "$folder/out" '"unit":"620700","name":"甘肃省张掖市","verdict":null'
printf '%s\n' '学校代码,学校名称,所属地区,办学类型,在校生数,室外运动场地面积,建校年份' '1162900001,甲园,620702,幼儿园,100,400,2018' \
    '1162900002,乙园,620702,幼儿园,100,400,2010' '1162900003,丙园,620702,幼儿园,100,399,2010' >"$folder/gardens.csv"
printf '所属地区,幼儿园数,已评定等级幼儿园数\n620702,222,192\n' >"$folder/graded.csv"
golden county_years.txt evaluate pujipuhui-2020 --overlay tests/overlays/kindergarten-years.yaml --file "$folder/gardens.csv" --county "$folder/graded.csv" --period 2023-2024
want_part "$folder/out" 86.49

# Figures that a prefecture published stand beside the same formula over the sums of its counties, of those
# that report all of it: 100 × (1000 + 500) ÷ (1004 + 496); 100 × (600 + 333 + 60) ÷ 1600. They turn no verdict.
printf '所属地区,在园幼儿数,公办园在园幼儿数,常住三至五岁人口\n620702,1000,600,1004\n620721,500,333,496\n620722,100,60,\n' >"$folder/sums.csv"
printf '所属地区,指标,数值,来源\n620700,PS1,99.68,自评\n620700,PS3,66.78,自评\n620000,PS3,70,省里\n620702,PS3,61,县里\n620702,PS2,80,县里\n' >"$folder/above.csv"
golden county_published.txt evaluate pujipuhui-2020 --county "$folder/sums.csv" --county "$folder/above.csv" --period 2023-2024
run evaluate pujipuhui-2020 --county "$folder/sums.csv" --county "$folder/above.csv" --period 2023-2024 --json
want_part "$folder/out" '"published":[{"code":"PS1","name":"学前三年毛入园率","stage":null,"unit":"%","published":99.68,"computed":100,"counties":2,"left_out":1,"document":"自评"},{"code":"PS3","name":"公办园在园幼儿占比","stage":null,"unit":"%","published":66.78,"computed":62.0625,"counties":3,"left_out":0,"document":"自评"}]'
want_part "$folder/out" '"published":61,"computed":60,"counties":0,"left_out":0,"document":"县里"}]'
want "$(grep -o '"published":\[' "$folder/out" | wc -l)" 2 'of a county only what can be computed, too'
run evaluate pujipuhui-2020 --county "$folder/sums.csv" --county "$folder/above.csv" --period 2023-2024 --unit 620000 --lang en
want_part "$folder/out" '  PS3  公办园在园幼儿占比  %            70     62.06         3  省里'
printf '所属地区,学段,指标,数值\n620700,小学,BB5.差异系数,0.5\n' >"$folder/books.csv"
run evaluate junheng-2012 --file samples/county.csv --county "$folder/books.csv" --period 2024-2025 --unit 620700 --json
want_part "$folder/out" '"published":[{"code":"","name":"BB5.差异系数","stage":"primary","unit":"","published":0.5,"computed":0.12'
# What cannot be added up is shown alone.
printf '所属地区,公办园生均公用经费\n620702,600\n620721,700\n' >"$folder/funds.csv"
printf '所属地区,指标,数值\n620700,PS10,650\n' >"$folder/funded.csv"
run evaluate pujipuhui-2020 --county "$folder/funds.csv" --county "$folder/funded.csv" --period 2023-2024 --json
want_part "$folder/out" '"published":650,"computed":null,"counties":0,"left_out":0,"document":""}]'
sed -n '1p;/^620700/p' "$folder/above.csv" >"$folder/alone.csv"
refuse 1 '没有一个县区的数，不能评' 'nothing is known of any county' \
    evaluate pujipuhui-2020 --county "$folder/alone.csv" --period 2023-2024

# What the standards say.
golden county_pack_show.txt pack show pujipuhui-2020
golden county_pack_show.json pack show pujipuhui-2020 --json
golden county_pack_show_en.txt pack show xinjiang-fucha --lang en
run pack show pujipuhui-batch
want_part "$folder/out" '批次: 一县未过，全市未过'
run pack test tests/overlays/youzhi-other-forms.yaml
want_status 0

# What is refused.
refuse 2 '--last-year 和 --what-if 要与 --file 同用' '--last-year and --what-if need --file' \
    evaluate pujipuhui-2020 --county samples/counties.csv --what-if samples/what-if.csv --period 2023-2024
refuse 1 '「PS3」是各县区自己的量，要指明一个县区' "'PS3' is of each county: name one" \
    explain PS3 --county samples/counties.csv --period 2023-2024 --unit 620700
printf '所属地区,指标,数值\n620702,PS99,1\n' >"$folder/wrong.csv"
refuse 1 '没有一个标准有「PS99」，是否想写「PS9」？' "no standard has 'PS99', did you mean 'PS9'?" \
    evaluate pujipuhui-2020 --county "$folder/wrong.csv" --period 2023-2024
finish 103
