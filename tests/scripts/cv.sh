#!/usr/bin/env bash
# `junheng cv` on the samples and on tables that must be refused.
. tests/lib.sh
five=samples/five-schools.csv

golden cv_five.txt cv $five --weight 在校生数 --value 图书册数
golden cv_five_limit.txt cv $five --weight 在校生数 --value 图书册数 --limit 0.5 --per 100
golden cv_five_en.txt cv $five --weight 在校生数 --value 图书册数 --limit 0.6 --lang en
golden cv_five.json cv $five --weight 在校生数 --value 图书册数 --json
golden cv_five_limit.json cv $five --weight 在校生数 --value 图书册数 --limit 0.5 --per 100 --json
golden cv_five_by.json cv $five --weight 在校生数 --value 图书册数 --by 学校 --where '在校生数 > 40' --json

# A table with everything that is left out.
cat >"$folder/all.csv" <<'CSV'
片区,学校,在校生数,计算机（台）,备注
东,一,100,20,
东,二,300,90,
,三,200,50,
西,四,0,5,停办
西,五,,7,
西,六,50,,
西,小 计,50,12,
东,七,100,20,
合计,,750,192,
CSV
in_folder() {
    (cd "$folder" && "$JUNHENG" "$@" >out 2>err)
    status=$?
    command="junheng $*"
}
for form in txt json; do
    json=
    [ $form = json ] && json=--json
    # shellcheck disable=SC2086
    in_folder cv all.csv --weight 在校生数 --value '计算机(台)' --by 片区 --per 100 --limit 0.2 $json
    want_status 0
    want_golden "$folder/out" cv_groups.$form
    # shellcheck disable=SC2086
    in_folder cv all.csv --weight 在校生数 --value '计算机(台)' --where '片区 = "西"' --limit 0.2 $json
    want_status 0
    want_golden "$folder/out" cv_nothing.$form
    # shellcheck disable=SC2086
    in_folder cv all.csv --lang en --weight 在校生数 --value '计算机(台)' --where '在校生数 >= 100' --by 片区 $json
    want_status 0
    want_golden "$folder/out" cv_where.$form
done

# Four decimals that would look like the limit: all of them.
printf 's,w,v\na,1,1\nb,1,3.0001\n' >"$folder/near.csv"
in_folder cv near.csv --weight w --value v --limit 0.5
want_part "$folder/out" '0.50001249968750'
in_folder cv near.csv --weight w --value v --limit 0.5001
want_part "$folder/out" '0.5000'

# The same bytes whatever the locale, the time zone, the encoding and the format of the table.
run cv $five --weight 在校生数 --value 图书册数 --json
cp "$folder/out" "$folder/want.json"
for locale in C POSIX en_US.UTF-8 de_DE.UTF-8 zh_CN.GB18030; do
    env LC_ALL=$locale TZ=America/New_York \
        "$JUNHENG" cv $five --weight 在校生数 --value 图书册数 --json >"$folder/out"
    want_same "$folder/out" "$folder/want.json"
done
for i in 1 2 3 4 5; do
    run cv "$folder/all.csv" --weight 在校生数 --value '计算机（台）' --by 片区
    [ $i = 1 ] && cp "$folder/out" "$folder/first"
    want_same "$folder/out" "$folder/first"
done
iconv -f UTF-8 -t GB18030 $five >"$folder/gb.csv"
iconv -f UTF-8 -t UTF-16 $five >"$folder/utf16.csv"
tr ',' '\t' <$five >"$folder/tabs.csv"
sed 's/$/\r/' $five >"$folder/crlf.csv"
for table in gb utf16 tabs crlf; do
    run cv "$folder/$table.csv" --weight 在校生数 --value 图书册数 --json
    want_same "$folder/out" "$folder/want.json"
done
{
    head -n 1 $five
    tail -n +2 $five | awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }'
} >"$folder/reversed.csv"
run cv "$folder/reversed.csv" --weight 在校生数 --value 图书册数
sed 1d "$folder/out" >"$folder/reversed.txt"
run cv $five --weight 在校生数 --value 图书册数
sed 1d "$folder/out" >"$folder/forward.txt"
want_same "$folder/reversed.txt" "$folder/forward.txt"

# refuse_whole STATUS GOLDEN ARGS…: all that is said, with the place and what to do.
refuse_whole() {
    local want_code=$1 golden=$2
    shift 2
    in_folder "$@"
    want_status "$want_code"
    want_text "$folder/out" ""
    want_golden "$folder/err" "$golden"
}
cat >"$folder/bad.csv" <<'CSV'
学校,在校生数,图书册数
甲,45,279
乙,—,"1,370"
丙,89,93.5%
丁,1234567890.1234567,160
CSV
refuse_whole 1 cv_bad_cells.err cv bad.csv --weight 在校生数 --value 图书册数
refuse_whole 1 cv_bad_cells_en.err cv bad.csv --weight 在校生数 --value 图书册数 --lang en
refuse_whole 1 cv_column.err cv all.csv --weight 在校生 --value '计算机 + 1' --by 片 --where '备注说明 = "x"'
refuse_whole 1 cv_formula.err cv all.csv --weight '在校生数 +' --value '100 * 「计算机（台）」 / 95%'
refuse_whole 1 cv_text.err cv all.csv --weight 在校生数 --value 1 --where '片区 属于 ("东", "東")'
refuse_whole 1 cv_where.err cv all.csv --weight 在校生数 --value 1 --where '在校生数 > 平均(在校生数)'
printf '学校,在校生数\n甲,1,2\n' >"$folder/fields.csv"
refuse_whole 1 cv_fields.err cv fields.csv --weight 在校生数 --value 1
: >"$folder/empty.csv"
refuse_whole 1 cv_empty.err cv empty.csv --weight w --value v
printf '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' >"$folder/old.xls"
refuse_whole 1 cv_xls.err cv old.xls --weight w --value v
refuse_whole 3 cv_missing.err cv missing.csv --weight w --value v
refuse_whole 3 cv_folder.err cv . --weight w --value v --lang en
finish 80
