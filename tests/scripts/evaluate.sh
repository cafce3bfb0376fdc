#!/usr/bin/env bash
# `junheng evaluate` as people use it: the delivered county in full, tables of several counties, every
# option, every form of table, and what is refused.
. tests/lib.sh
county=(--file samples/county.csv --period 2024-2025)

golden evaluate_youzhi.txt evaluate youzhi-2017 "${county[@]}"
golden evaluate_youzhi_en.txt evaluate youzhi-2017 "${county[@]}" --lang en
golden evaluate_junheng.txt evaluate junheng-2012 --file samples/county.csv --period 2014-2015
golden evaluate_contributions.txt evaluate youzhi-2017 "${county[@]}" --contributions
golden evaluate_by.txt evaluate youzhi-2017 "${county[@]}" --by 举办者
golden evaluate_what_if.txt evaluate youzhi-2017 "${county[@]}" --what-if samples/what-if.csv

# Scenario 5 of the acceptance scenarios, and schools of other counties, prefectures, provinces.
head='学校代码,学校名称,所属地区,办学类型,学段,在校生数,高于规定学历教师数,县级以上骨干教师数,体育艺术专任教师数,教学及辅助用房面积,室内体育用房面积,室外运动场地面积,教学仪器设备值(万元),网络多媒体教室数'
five='2162900011,A,620702,小学,,800,34,8,7,3640,0,6000,160,18
2162900012,B,620702,小学,,420,20,5,4,2100,0,3360,90,11
2162900013,C,620702,小学,,150,8,2,2,900,0,1500,36,5
2162900014,D,620702,小学,,1260,49,12,11,5540,0,9300,240,28
3162900015,E,620702,九年一贯制学校,小学,360,16,4,3,,,,,
3162900015,E,620702,九年一贯制学校,初中,240,14,4,3,,,,,
3162900015,E,620702,九年一贯制学校,,,,,,3300,0,5600,150,16'
printf '%s\n' "$head" "$five" >"$folder/five.csv"
golden evaluate_five.json evaluate youzhi-2017 --file "$folder/five.csv" --period 2024-2025 --json

# The figures that the scenario prints, read from the JSON.
value_of() {
    sed 's/{"code":/\n&/g' "$folder/out" | sed -nE "s/^\{\"code\":\"$1\",\"name\":\"[^\"]*\",\"unit\".*\"cv\":([0-9.]+).*/\1/p" | head -n 1
}
i=0
for cv in 0.0927 0.1046 0.1151 0.0910 0.0915 0.0873 0.1132; do
    i=$((i + 1))
    want "$(printf '%.4f' "$(value_of QR$i)")" $cv "CV of QR$i as printed"
done
verdict_of() {
    sed 's/{"code":/\n&/g' "$folder/out" | sed -nE "s/^\{\"code\":\"$1\".*\"verdict\":\"([a-z]+)\",\"met\":([0-9]+),\"near\":([0-9]+).*/\1 \2 \3/p" | head -n 1
}
want "$(verdict_of 2162900011)" 'unmet 5 2' 'A'
want "$(verdict_of 2162900012)" 'met 7 0' 'B'
want "$(verdict_of 2162900013)" 'met 7 0' 'C'
want "$(verdict_of 2162900014)" 'unmet 0 7' 'D'
want "$(verdict_of 3162900015)" 'met 6 1' 'E'

# A relief in force is told beside the verdict; schools that do not say where they stand are a group.
relief='学校代码,学校名称,所属地区,办学类型,城乡分类,在校生数,体育艺术专任教师数,交流轮岗兼职走教体育艺术教师数
2162900021,村小,620702,小学,村庄,50,0,1
2162900022,城小,620702,小学,主城区,50,0,1
2162900023,不详,620702,小学,,200,2,'
printf '%s\n' "$relief" >"$folder/relief.csv"
golden evaluate_relief.txt evaluate youzhi-2017 --file "$folder/relief.csv" --period 2022-2023 --by 城乡分类
golden evaluate_relief.json evaluate youzhi-2017 --file "$folder/relief.csv" --period 2022-2023 --by 城乡分类 --json
printf '%s\n' "${relief//,小学,/,小学教学点,}" >"$folder/points.csv"
run evaluate junheng-2012 --file "$folder/points.csv" --period 2022-2023 --by 城乡分类 --json
want_part "$folder/out" '"by":[]'

# A name cannot send commands to the terminal.
esc=$(printf '\033')
printf '%s\n%s\n' "$head" "2162900011,${esc}[31m红,620702,小学,,800,1,1,1,3640,0,6000,160,18" >"$folder/esc.csv"
for command in evaluate gap; do
    run $command youzhi-2017 --file "$folder/esc.csv" --period 2024-2025
    want "$(grep -c "$esc" "$folder/out")" 0 'escape characters in the output'
done

# One room more and A passes, whether written in the table or supposed.
sed 's/160,18$/160,19/' "$folder/five.csv" >"$folder/room.csv"
run evaluate youzhi-2017 --file "$folder/room.csv" --period 2024-2025 --json
want "$(verdict_of 2162900011)" 'met 6 1' 'A with one room more'
printf '学校代码,学段,数据项,新值\n2162900011,,网络多媒体教室数,19\n' >"$folder/room_if.csv"
run evaluate youzhi-2017 --file "$folder/five.csv" --period 2024-2025 --json --what-if "$folder/room_if.csv"
want "$(verdict_of 2162900011)" 'met 6 1' 'A supposing one room more'
want_part "$folder/out" '"turned":[{"code":"2162900011","stage":"primary","before":"unmet","after":"met"}]'

# The same table in every form gives the same bytes.
run evaluate youzhi-2017 --file "$folder/five.csv" --period 2024-2025 --json
cp "$folder/out" "$folder/five.json"
same_as_five() {
    run evaluate youzhi-2017 --file "$1" --period 2024-2025 --json
    want_status 0
    want_same "$folder/out" "$folder/five.json"
}
iconv -f UTF-8 -t GB18030 "$folder/five.csv" >"$folder/gb.csv"
iconv -f UTF-8 -t UTF-16 "$folder/five.csv" >"$folder/utf16.csv"
tr ',' '\t' <"$folder/five.csv" >"$folder/tabs.csv"
sed 's/$/\r/' "$folder/five.csv" >"$folder/crlf.csv"
sed '1s/(万元)/（元）/; 2,$s/,\(160\|90\|36\|240\|150\),\([0-9]*\)$/,\10000,\2/' "$folder/five.csv" >"$folder/yuan.csv"
sed '1s/在校生数/students/; 1s/办学类型/学校类型/; s/,小学,,/,211,,/; s/,九年一贯制学校,/,312,/; s/,620702,/,甘肃省张掖市甘州区,/; s/$/,无/; 1s/,无$/,备注/' "$folder/five.csv" >"$folder/words.csv"
for table in gb utf16 tabs crlf yuan words; do
    same_as_five "$folder/$table.csv"
done
{
    echo '学校代码,学校名称,所属地区,办学类型,小学.在校生数,初中.在校生数,小学.高于规定学历教师数,初中.高于规定学历教师数,小学.县级以上骨干教师数,初中.县级以上骨干教师数,小学.体育艺术专任教师数,初中.体育艺术专任教师数,教学及辅助用房面积,室内体育用房面积,室外运动场地面积,教学仪器设备值,网络多媒体教室数'
    echo '2162900011,A,620702,小学,800,,34,,8,,7,,3640,0,6000,160,18'
    echo '2162900012,B,620702,小学,420,,20,,5,,4,,2100,0,3360,90,11'
    echo '2162900013,C,620702,小学,150,,8,,2,,2,,900,0,1500,36,5'
    echo '2162900014,D,620702,小学,1260,,49,,12,,11,,5540,0,9300,240,28'
    echo '3162900015,E,620702,九年一贯制学校,360,240,16,14,4,4,3,3,3300,0,5600,150,16'
} >"$folder/wide.csv"
same_as_five "$folder/wide.csv"
for locale in C de_DE.UTF-8 zh_CN.GB18030; do
    env LC_ALL=$locale TZ=Asia/Shanghai \
        "$JUNHENG" evaluate youzhi-2017 --file "$folder/five.csv" --period 2024-2025 --json >"$folder/out"
    want_same "$folder/out" "$folder/five.json"
done

# Several counties: the smallest region that holds them, and every region by name or code.
{
    printf '%s\n' "$head" "$five"
    echo '2162900021,F,620721,小学,,1000,42,10,9,5300,800,6700,200,23'
    echo '2165900022,G,654002,小学,,1000,1,1,1,5300,800,6700,200,23'
    echo '2165900023,H,654002,小学,,1000,42,10,9,5300,800,6700,200,23'
} >"$folder/several.csv"
several=(--file "$folder/several.csv" --period 2024-2025)
golden evaluate_several.txt evaluate youzhi-2017 "${several[@]}"
golden evaluate_several.json evaluate youzhi-2017 "${several[@]}" --json
golden evaluate_prefecture.txt evaluate youzhi-2017 "${several[@]}" --unit 张掖市
golden evaluate_prefecture.json evaluate youzhi-2017 "${several[@]}" --unit 620700 --json
for unit in 654002 新疆维吾尔自治区伊犁哈萨克自治州伊宁市; do
    golden evaluate_one_of_several.txt evaluate youzhi-2017 "${several[@]}" --unit $unit
done

# A standard of one's own, with last year's figures.
mkdir -p "$folder/packs/local"
cp -r packs/core "$folder/packs/"
cat >"$folder/packs/local/books.yaml" <<'YAML'
包: books
类: 标准
名称: 图书增长
版本: "1"
依据: {机关: 试, 文件: 试, 日期: 2024年, 可信: M}
有效: {自: 2020-09-01}
学段: [primary]
权数: 在校生数
指标:
  B1:
    名称: 新增图书
    公式: 图书册数 - 上年(图书册数)
    单位: 册
    限值: 10
    补齐: 图书册数
    依据: {条款: 一}
学校达标: {公式: 全部(各项.达标), 依据: {条款: 一}}
门:
  R: {名称: 资源, 逐段: 全部(学校达标), 学段门: 是, 依据: {条款: 一}}
YAML
printf '学校代码,学校名称,所属地区,办学类型,在校生数,图书册数\n2162900011,A,620702,小学,800,1000\n2162900012,B,620702,小学,420,500\n' >"$folder/now.csv"
printf '学校代码,学校名称,所属地区,办学类型,在校生数,图书册数\n2162900011,A,620702,小学,780,980\n2162900012,B,620702,小学,400,491\n' >"$folder/before.csv"
run evaluate books --packs "$folder/packs" --file "$folder/now.csv" --period 2024-2025 --last-year "$folder/before.csv" --json
cat "$folder/err" >&2
want_status 0
want_part "$folder/out" '"values":{"B1":20}'
want_part "$folder/out" '"values":{"B1":9}'
want_part "$folder/out" '"verdicts":{"B1":"unmet"}'
# It has no floor: what misses the limit is not called below one.
run evaluate books --packs "$folder/packs" --file "$folder/now.csv" --period 2024-2025 --last-year "$folder/before.csv"
want_part "$folder/out" '9.00未'
want_part "$folder/out" '    B: 未达限值 B1'
want_part "$folder/out" '  未: 未达限值（该项没有底线）'
run evaluate books --packs "$folder/packs" --file "$folder/now.csv" --period 2024-2025 --json
want_part "$folder/out" '"verdicts":{"B1":"nodata"}'

finish 88
