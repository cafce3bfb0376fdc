#!/usr/bin/env bash
# A class list taken into the database: it is judged as the file and its --classes are, what people see is in
# tests/golden/cli/class_import.txt, and no pupil's name is anywhere in the files of the database.
. tests/lib.sh
export JUNHENG_DB=$folder/bureau.db JUNHENG_USER=张三
period=(--period 2024-2025)
transcript=$folder/transcript

same() {
    sed -E "s/[0-9a-f]{64}/LINK/g; s/[0-9a-f]{32}/ID/g; s|$folder/||g
        s/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.0-9]*\+08:00)?/TIME/g"
}

# show ARGS…: the command and what it said, in the transcript.
show() {
    run "$@"
    { printf '$ junheng %s\n' "$*" && cat "$folder/out" "$folder/err" && printf '[%s]\n\n' "$status"; } |
        same >>"$transcript"
}

# The county without 在校生数 and 班级数 (columns 8 and 9), and without the schools that have no pupil in a
# stage, which no list can say.
grep -v -e 北滩村 -e 特殊教育 samples/county.csv | cut -d, -f1-7,10- >"$folder/bare.csv"
grep -v 特殊教育 samples/classes.csv >"$folder/classes.csv"
{
    echo '班级,姓名,学校代码,学段'
    tail -n +2 "$folder/classes.csv" |
        awk -F, '{ for (i = 0; i < $5; i++) print $4 ",欧阳测试" i "," $1 "," $3 }'
} >"$folder/pupils.csv"

show init
show import "$folder/classes.csv" "${period[@]}"
show import "$folder/bare.csv" "${period[@]}"
show import "$folder/pupils.csv" "${period[@]}" --dry-run
show import "$folder/pupils.csv" "${period[@]}" --lang en
show import "$folder/classes.csv" "${period[@]}"
show import "$folder/classes.csv" "${period[@]}" --form class-list --json
show import "$folder/bare.csv" "${period[@]}" --form class-list

# agree: the database and the files say the same of every region and school.
agree() {
    local of
    for of in 'evaluate youzhi-2017 --contributions' 'gap youzhi-2017'; do
        # shellcheck disable=SC2086
        run $of "${period[@]}" --json --file "$folder/bare.csv" --classes "$folder/classes.csv"
        want_status 0
        tr -d ' \n' <"$folder/out" |
            sed 's/"class_list":{[^}]*},//; s/"sum_rows":[0-9]*//' >"$folder/by_file"
        # shellcheck disable=SC2086
        run $of "${period[@]}" --json
        want_status 0
        tr -d ' \n' <"$folder/out" | sed 's/"sum_rows":[0-9]*//' >"$folder/by_database"
        want_same "$folder/by_file" "$folder/by_database"
    done
}
agree # from the journal, and the cache is written
agree # from the cache
want "$(cat "$folder"/bureau.db* | grep -c 欧阳测试)" 0 'names in the files of the database'
want "$(cat "$folder"/bureau.db* | grep -c '一年级')" 1 'and whether grep sees what stands there'

show explain QR1 "${period[@]}" --unit 2162900071
show evaluate youzhi-2017 "${period[@]}" --unit 2162900071
show audit list

# What contradicts what is there, all at once; nothing of it is taken.
sed 's/^2162900037,\(.*\),[0-9]*$/2162900037,\1,40/; s/^2162900054,/2162999999,/' \
    samples/classes.csv >"$folder/other.csv"
show import "$folder/other.csv" "${period[@]}"
show import samples/county.csv "${period[@]}" --dry-run
awk -F, -v OFS=, 'NR == 2 { $8 = 1 } NR == 3 { $9 = 2 } 1' samples/county.csv >"$folder/differs.csv"
show import "$folder/differs.csv" "${period[@]}"
show import "$folder/differs.csv" "${period[@]}" --lang en
show import samples/county.csv "${period[@]}"
sed '2s/,42$/,41/' "$folder/classes.csv" >"$folder/less.csv"
show import "$folder/less.csv" "${period[@]}"

# Taken back, the figures are blank again where only the lists had them.
show undo 3
show import "$folder/bare.csv" "${period[@]}"
show undo 2
show gap youzhi-2017 "${period[@]}" --unit 2162900071
show check
want_golden "$transcript" class_import.txt
finish 15
