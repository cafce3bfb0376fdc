#!/usr/bin/env bash
# --classes of evaluate, gap and explain: a list of classes or of pupils in place of columns of the table.
. tests/lib.sh
period=(--period 2024-2025)

# The county without 在校生数 and 班级数 (columns 8 and 9), and without the schools that have no pupil in a
# stage: no list can say that. With the classes it is judged as with the columns.
grep -v -e 北滩村 -e 特殊教育 samples/county.csv >"$folder/full.csv"
grep -v 特殊教育 samples/classes.csv >"$folder/classes.csv"
classes=$(tail -n +2 "$folder/classes.csv" | wc -l)
filled=$((3 * $(tail -n +2 "$folder/classes.csv" | cut -d, -f1,3 | sort -u | wc -l)))
cut -d, -f1-7,10- "$folder/full.csv" >"$folder/bare.csv"
# the largest class of each stage beside the columns of the table; a blank 学段 is the only one
awk -F, 'NR == FNR {
        if (FNR > 1) {
            if ($5 > largest[$1 $3]) largest[$1 $3] = $5
            if (!($1 in stage)) stage[$1] = $3
        }
        next
    }
    FNR == 1 { print $0 ",最大班额"; next }
    { key = $7 == "" ? ($4 ~ /九年一贯|完全中学|十二年/ ? "" : $1 stage[$1]) : $1 $7
      print $0 "," largest[key] }' "$folder/classes.csv" "$folder/full.csv" >"$folder/largest.csv"
mv "$folder/largest.csv" "$folder/full.csv"
run evaluate youzhi-2017 --file "$folder/full.csv" "${period[@]}" --contributions --json
want_status 0
cp "$folder/out" "$folder/full.json"
run evaluate youzhi-2017 --file "$folder/bare.csv" "${period[@]}" --contributions --json \
    --classes "$folder/classes.csv"
want_status 0
want "$(grep -o '"class_list": *{[^}]*}' "$folder/out" | tr -d ' \n')" \
    "\"class_list\":{\"classes\":$classes,\"filled\":$filled,\"left_out\":0}" "what the list filled"
tr -d ' \n' <"$folder/out" | sed 's/"class_list":{[^}]*},//' >"$folder/filled.json"
tr -d ' \n' <"$folder/full.json" >"$folder/want.json"
want_same "$folder/filled.json" "$folder/want.json"

# The same list with a row for each pupil, in GB18030, is the same facts.
{
    echo '班级,姓名,学校代码,学段'
    tail -n +2 "$folder/classes.csv" |
        awk -F, '{ for (i = 0; i < $5; i++) print $4 ",样例" i "," $1 "," $3 }'
} | iconv -f UTF-8 -t GB18030 >"$folder/pupils.csv"
run evaluate youzhi-2017 --file "$folder/bare.csv" "${period[@]}" --contributions --json \
    --classes "$folder/pupils.csv"
want_status 0
tr -d ' \n' <"$folder/out" | sed 's/"class_list":{[^}]*},//' >"$folder/filled.json"
want_same "$folder/filled.json" "$folder/want.json"

# What is shown of it.
golden classes_gap.txt gap youzhi-2017 --file samples/county.csv "${period[@]}" \
    --classes samples/classes.csv --unit 620702
for kind in txt json; do
    run explain QR1 --file "$folder/bare.csv" "${period[@]}" --classes "$folder/classes.csv" \
        --unit 2162900071 $([ "$kind" = json ] && echo --json)
    want_status 0
    sed -E "s,$folder/,,; s/[0-9a-f]{64}/DIGEST/g" "$folder/out" >"$folder/shown"
    want_golden "$folder/shown" "classes_explain.$kind"
done

# What contradicts the table, all at once.
sed 's/^2162900037,\(.*\),[0-9]*$/2162900037,\1,40/; s/^2162900054,/2162999999,/' \
    samples/classes.csv >"$folder/other.csv"
run gap youzhi-2017 --file samples/county.csv "${period[@]}" --classes "$folder/other.csv"
want_status 1
sed "s,$folder/,," "$folder/err" >"$folder/shown"
want_golden "$folder/shown" classes_differ.err
run gap youzhi-2017 --file samples/county.csv "${period[@]}" --classes "$folder/other.csv" --lang en
want_status 1
sed "s,$folder/,," "$folder/err" >"$folder/shown"
want_golden "$folder/shown" classes_differ_en.err
run gap youzhi-2017 --file samples/county.csv "${period[@]}" --classes "$folder/nowhere.csv"
want_status 3
finish 14
