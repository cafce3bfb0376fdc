#!/usr/bin/env bash
# `junheng gap` and `junheng explain`: the delivered county in full, JSON, and what is refused.
. tests/lib.sh
county=(--file samples/county.csv --period 2024-2025)

# The text in Chinese is an example of doc/cli.md.
golden gap_youzhi_en.txt gap youzhi-2017 "${county[@]}" --lang en
golden gap_youzhi.json gap youzhi-2017 "${county[@]}" --json
golden gap_what_if.txt gap youzhi-2017 "${county[@]}" --what-if samples/what-if.csv

# explain: a value of every kind, of a school, of a split school, of the county and of the nation's table.
golden explain_school.txt explain QR1 "${county[@]}" --unit 2162900071
golden explain_school.json explain QR1 "${county[@]}" --unit 2162900071 --json
golden explain_split.json explain QR7 "${county[@]}" --unit 3162900530 --stage 小学 --json
golden explain_county_en.txt explain QR5 "${county[@]}" --stage 小学 --lang en
golden explain_county.json explain QR5 "${county[@]}" --stage 初中 --json
golden explain_verdict.txt explain 学校达标 "${county[@]}" --unit 2162900071
golden explain_missing.txt explain QR4 "${county[@]}" --unit 2162900173
golden explain_2012.txt explain 综合差异系数 --file samples/county.csv --period 2014-2015 --standard junheng-2012

refuse 1 '这个期间有效的标准里，没有一个有「QR9」' \
    "no standard in force in this period has 'QR9'" \
    explain QR9 "${county[@]}"
refuse 1 '表里没有地区或学校「2162999999」' \
    "the table has no region or school '2162999999'" \
    explain QR1 "${county[@]}" --unit 2162999999
refuse 1 '表里没有地区或学校「伊宁市」' \
    "the table has no region or school '伊宁市'" \
    explain QR1 "${county[@]}" --unit 伊宁市
refuse 1 '这里没有可解释的学段「高中」' \
    "there is no stage '高中' to explain here" \
    explain QR1 "${county[@]}" --stage 高中
refuse 1 '没有编号为「youzhi-2071」的包，是否想写「youzhi-2017」？' \
    "there is no pack 'youzhi-2071', did you mean 'youzhi-2017'?" \
    gap youzhi-2071 "${county[@]}"
refuse 1 '「youzhi-2017」的有效期是 自 2017-05-01，2010-09-01 不在其中' \
    "'youzhi-2017' is valid from 2017-05-01, which does not include 2010-09-01" \
    gap youzhi-2017 --file samples/county.csv --period 2010-2011
refuse 1 '看不懂期间「二〇二四」' "'二〇二四' is no period" \
    gap youzhi-2017 --file samples/county.csv --period 二〇二四
refuse 1 '「QR5.限值」是标准「youzhi-2017」里写定的，不用算' \
    "'QR5.限值' is laid down by 'youzhi-2017': there is nothing to compute" \
    explain QR5.限值 --standard youzhi-2017 "${county[@]}"

# What --what-if supposes is not taken for what the table says.
run explain QR1 "${county[@]}" --unit 2162900071 --what-if samples/what-if.csv
want_part "$folder/out" '假设改动 2 个单元格（表格本身没有改）'
want_part "$folder/out" '假设的，表里是 50'
run explain QR1 "${county[@]}" --unit 2162900071 --what-if samples/what-if.csv --json
want_part "$folder/out" '"table_value":50}'
run gap youzhi-2017 "${county[@]}" --what-if samples/what-if.csv
want_part "$folder/out" '假设改动 2 个单元格（表格本身没有改）'
finish 44
