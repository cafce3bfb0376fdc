#!/usr/bin/env bash
# `junheng demo PLACE --db DB`: the tables of a place taken into a database like anybody's. The verdicts and
# results must be those of the written tables, which the engine judges without any database.
. tests/lib.sh
here=$PWD
JUNHENG=$(readlink -f "$JUNHENG")
golden=$here/tests/golden/cli
ln -s "$here/packs" "$here/samples" "$folder"
cd "$folder" || exit 1
unset JUNHENG_DB

# shown NAME ARGS…: as golden, from here.
shown() {
    local name=$1
    shift
    run "$@"
    want_status 0
    want_text err ''
    [ "${GOLDEN:-}" = write ] && cp out "$golden/$name"
    want_same out "$golden/$name"
}

# judged STANDARD ARGS…: the results as JSON, without the kindergartens, which no standard judges one by one:
# in the database those come last that opened last.
judged() {
    run evaluate "$@" --json
    want_status 0
    sed -i -E 's/\{"code":"116[0-9]{7}"[^{}]*(\{[^{}]*\}[^{}]*)*\},?//g' out
}

shown demo_db_zhangye.txt demo zhangye --db zhangye.db
shown demo_db_yining_en.txt demo yining --db yining.db --lang en
run demo zhangye --tables zhangye
run demo yining --tables yining

# Each year is a batch of its own, as the journal has it.
run audit list --db zhangye.db --json
want_status 0
want "$(grep -o '"kind":"document"' out | wc -l)" 11 'two batches for each year of zhangye, and the published rates'
run status --db yining.db --json
want "$(grep -o '"entries":[0-9]*' out)" '"entries":11' 'the divisions and five years of yining, twice'

# Once more: nothing changes, and it is said.
cp zhangye.db before.db
run demo zhangye --db zhangye.db
want_status 0
want_part out '存进了库 zhangye.db（11 张表，其中 11 张原来就有）：'
want_same zhangye.db before.db
run demo zhangye --db zhangye.db --json
want_status 0
want_part out '"batches":11,"repeated":11,"verdicts":[{"standard":"junheng-2012","unit":"620702","name":"甘州区","verdict":"pass"}'
want "$(grep -o '"standard":"youzhi-2017","unit"' out | wc -l)" 6 'six counties by the second standard'

# The last year, by all standards, from the cache, from the journal, and from the tables.
by_tables() {
    judged "$@" --file zhangye/张掖市-2022-2023.csv --county zhangye/张掖市-县表-2022-2023.csv \
        --county zhangye/张掖市-公布数.csv --period 2022-2023
}
for standard in junheng-2012 'junheng-2012 --overlay yanshi-junheng' youzhi-2017 'pujipuhui-2020 --overlay yanshi-pujipuhui'; do
    by_tables $standard
    cp out by_table
    judged $standard --db zhangye.db --period 2022-2023
    want_same out by_table
    rm zhangye.db.2022-2023.cache
    judged $standard --db zhangye.db --period 2022-2023
    want_same out by_table
done
for standard in 'junheng-2012 --overlay xinjiang-fucha --overlay yanshi-junheng' youzhi-2017; do
    judged $standard --db yining.db --period 2020-2021
    cp out by_base
    judged $standard --file yining/伊宁市-2020-2021.csv --county yining/伊宁市-县表-2020-2021.csv --period 2020-2021
    want_same out by_base
done
# 伊宁's report: means of its sixteen coefficients below the limits, recognised on 2019-10-26, looked at every two years.
run evaluate junheng-2012 --overlay xinjiang-fucha --overlay yanshi-junheng --unit 伊宁市 --period 2020-2021 --db yining.db
want_part out '伊宁市  结论: 通过'
want_part out '下次复查: 2021-10-26'
want "$(sed -nE 's/^ +综合差异系数 +([0-9.]+) +([0-9.]+) .* (达到)$/\1 \2 \3/p' out | tr '\n' ' ')" '0.4754 0.65 达到 0.1091 0.55 达到 ' \
    'the composites of 伊宁'

# Each county's verdict that demo prints is that of evaluate on the tables, county by county.
run demo zhangye --db zhangye.db --json
grep -o '"standard":"[^"]*","unit":"[0-9]*","name":"[^"]*","verdict":"[a-z]*"' out |
    sed -E 's/.*"standard":"([^"]*)","unit":"([0-9]*)".*"verdict":"([a-z]*)"/\1 \2 \3/' >by_demo
while read -r standard unit _; do
    case $standard in
    junheng-2012) overlay='--overlay yanshi-junheng' ;;
    pujipuhui-2020) overlay='--overlay yanshi-pujipuhui' ;;
    *) overlay= ;;
    esac
    by_tables "$standard" $overlay --unit "$unit"
    echo "$standard $unit $(grep -o '"verdict":"[a-z]*"' out | head -n 1 | cut -d '"' -f 4)"
done <by_demo >by_evaluate
want_same by_demo by_evaluate
want "$(cut -d ' ' -f 3 by_demo | sort | uniq -c | awk '{ print $2, $1 }' | tr '\n' ' ')" 'fail 5 nodata 3 pass 10 ' 'each outcome'

# The prefecture's published rates beside those of its counties; and what is left to say of a county.
shown demo_db_prefecture.txt evaluate pujipuhui-2020 --overlay yanshi-pujipuhui --unit 张掖市 --period 2022-2023 --db zhangye.db
shown demo_db_ganzhou.txt evaluate pujipuhui-2020 --overlay yanshi-pujipuhui --unit 甘州区 --period 2022-2023 --db zhangye.db
shown demo_db_gap.txt gap pujipuhui-2020 --overlay yanshi-pujipuhui --unit 山丹县 --period 2022-2023 --db zhangye.db
run explain PS1 --unit 甘州区 --period 2022-2023 --db zhangye.db
want_part out '    PS1 = 100 × 在园幼儿数 ÷ 常住三至五岁人口 = 100 × 17555 ÷ 17569 = '
want_part out '    E5  常住三至五岁人口  17569  自评报告「学前三年毛入园率达99.68%」；怎样分到县区是编造的'

# Only where it is said, and never among the figures of others.
JUNHENG_DB=mine.db run demo yining
want_status 0
want "$(ls mine.db* 2>/dev/null)" '' 'JUNHENG_DB alone is never filled'
run init --db mine.db
run import samples/county.csv --period 2023-2024 --db mine.db --author x
want_status 0
cp mine.db before.db
refuse 1 '「mine.db」里有别的数据，不能放演示数据' "'mine.db' holds other data; a demonstration cannot be put there" \
    demo yining --db mine.db
want_same mine.db before.db
run init --db empty.db
run unit change 620702 --name 新名 --date 2024-01-01 --db empty.db --author x
want_status 0
run demo yining --db empty.db
want_status 1
run init --db fresh.db
run demo yining --db fresh.db
want_status 0
want_part out '存进了库 fresh.db（10 张表，其中 0 张原来就有）：'
printf 'text' >text.db
run demo yining --db text.db
want_status 3
run demo yinning --db other.db
want_status 1
want "$(ls other.db* 2>/dev/null)" '' 'nothing is made for a place that there is not'
cd "$here" || exit 1
finish 92
