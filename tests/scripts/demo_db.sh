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

# judged STANDARD ARGS…: the results as JSON.
judged() {
    run evaluate "$@" --json
    want_status 0
}

shown demo_db_zhangye.txt demo zhangye --db zhangye.db
shown demo_db_yining_en.txt demo yining --db yining.db --lang en
run demo zhangye --tables zhangye
run demo yining --tables yining

# Each year is a batch of its own, as the journal has it.
run audit list --db zhangye.db --json
want_status 0
want "$(grep -o '"kind":"document"' out | wc -l)" 5 'a batch for each year of zhangye'
run status --db yining.db --json
want "$(grep -o '"entries":[0-9]*' out)" '"entries":6' 'the divisions and five years of yining'

# Once more: nothing changes, and it is said.
cp zhangye.db before.db
run demo zhangye --db zhangye.db
want_status 0
want_part out '存进了库 zhangye.db（5 张表，其中 5 张原来就有）：'
want_same zhangye.db before.db
run demo zhangye --db zhangye.db --json
want_status 0
want_part out '"batches":5,"repeated":5,"verdicts":[{"standard":"junheng-2012","unit":"620702","name":"甘州区","verdict":"nodata"}'
want "$(grep -o '"standard":"youzhi-2017"' out | wc -l)" 6 'six counties by the second standard'

# The last year, by both standards, from the cache, from the journal, and from the table.
for standard in junheng-2012 youzhi-2017; do
    judged $standard --file zhangye/张掖市-2022-2023.csv --period 2022-2023
    cp out by_table
    judged $standard --db zhangye.db --period 2022-2023
    want_same out by_table
    rm zhangye.db.2022-2023.cache
    judged $standard --db zhangye.db --period 2022-2023
    want_same out by_table
    judged $standard --db yining.db --period 2020-2021
    cp out by_base
    judged $standard --file yining/伊宁市-2020-2021.csv --period 2020-2021
    want_same out by_base
done
# … and each county's verdict that demo prints is that of evaluate on the table.
run demo zhangye --db zhangye.db --json
grep -o '"standard":"youzhi-2017","unit":"[0-9]*","name":"[^"]*","verdict":"[a-z]*"' out |
    sed -E 's/.*"unit":"([0-9]*)".*"verdict":"([a-z]*)"/\1 \2/' >by_demo
while read -r unit _; do
    run evaluate youzhi-2017 --file zhangye/张掖市-2022-2023.csv --period 2022-2023 --unit "$unit" --json
    echo "$unit $(grep -o '"verdict":"[a-z]*"' out | head -n 1 | cut -d '"' -f 4)"
done <by_demo >by_evaluate
want_same by_demo by_evaluate

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
want_part out '存进了库 fresh.db（5 张表，其中 0 张原来就有）：'
printf 'text' >text.db
run demo yining --db text.db
want_status 3
run demo yinning --db other.db
want_status 1
want "$(ls other.db* 2>/dev/null)" '' 'nothing is made for a place that there is not'
cd "$here" || exit 1
finish 49
