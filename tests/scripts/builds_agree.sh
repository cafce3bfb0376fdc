#!/usr/bin/env bash
# The builds of gcc, of clang and with sanitizers give the same bytes:
# every command on the samples, and two standards on tables made here.
. tests/lib.sh
: "${JUNHENG_CLANG:?names the program of the clang build}"
: "${JUNHENG_DEBUG:?names the program of the debug build}"

agree() {
    local build
    command="junheng $*"
    "$JUNHENG" "$@" >"$folder/want" 2>"$folder/want.err"
    local want=$?
    for build in "$JUNHENG_CLANG" "$JUNHENG_DEBUG"; do
        "$build" "$@" >"$folder/out" 2>"$folder/err"
        want $? $want "status of $build"
        want_same "$folder/out" "$folder/want"
        want_same "$folder/err" "$folder/want.err"
    done
}

# table SEED SCHOOLS: schools of three counties, sizes and equipment as a linear congruence gives them.
table() {
    awk -v seed="$1" -v schools="$2" '
        function below(n) { seed = (seed * 69069 + 12345) % 4294967296; return int(seed / 4294967296 * n) }
        function staff(p) { return p "," int(p / 14) + 1 "," int(p * (35 + below(30)) / 1000) "," int(p / 25) "," int(p * (7 + below(6)) / 1000) "," int(p * (7 + below(5)) / 1000) }
        function rooms(p) { return p * (4 + below(3)) + below(10) / 10 "," int(p / 2) "," p * (6 + below(6)) "," p * (15 + below(10)) / 100 "," int(p / 40) + below(2) "," int(p / 6) "," p * (15 + below(25)) }
        BEGIN {
            split("620702 620721 654002", county, " ")
            print "学校代码,学校名称,所属地区,办学类型,举办者,城乡分类,学段,在校生数,专任教师数,高于规定学历教师数,中级及以上职称教师数,县级以上骨干教师数,体育艺术专任教师数,教学及辅助用房面积,室内体育用房面积,室外运动场地面积,教学仪器设备值,网络多媒体教室数,计算机台数,图书册数"
            for (i = 1; i <= schools; i++) {
                place = county[1 + below(3)] ","
                p = 20 + below(900)
                if (below(4) == 0) {
                    school = sprintf("31%08d,校%d,%s九年一贯制学校,7,121,", i, i, place)
                    print school "小学," staff(p) ",,,,,,,"
                    print school "初中," staff(1 + below(500)) ",,,,,,,"
                    print school ",,,,,,," rooms(p)
                } else
                    print sprintf("21%08d,校%d,%s%s,%d,%d,,", i, i, place, below(2) ? "小学" : "初级中学", 7 + below(2), 111 + below(2)) staff(p) "," rooms(p)
            }
        }'
}

agree cv samples/five-schools.csv --weight 在校生数 --value 图书册数 --json
for lang in zh en; do
    agree evaluate youzhi-2017 --file samples/county.csv --period 2024-2025 --contributions --lang $lang
    agree gap youzhi-2017 --file samples/county.csv --period 2024-2025 --lang $lang
    agree pack test --lang $lang
done
agree evaluate youzhi-2017 --file samples/county.csv --period 2024-2025 --by 城乡分类 --what-if samples/what-if.csv --json
agree explain QR5 --file samples/county.csv --period 2024-2025 --json
agree explain QR7 --file samples/county.csv --period 2024-2025 --unit 3162900530 --json
agree pack show youzhi-2017 --json
for seed in 1 2 3; do
    table $seed 300 >"$folder/table.csv"
    agree evaluate youzhi-2017 --file "$folder/table.csv" --period 2024-2025 --json
    agree evaluate junheng-2012 --file "$folder/table.csv" --period 2014-2015 --json
    agree cv "$folder/table.csv" --weight 在校生数 --value 图书册数 --by 所属地区 --where '学校名称 ≠ ""' --json
done
table 4 5000 >"$folder/table.csv"
agree evaluate youzhi-2017 --file "$folder/table.csv" --period 2024-2025 --json
want "$(wc -c <"$folder/want" | awk '{ print ($1 > 1000000) }')" 1 "a table of 5000 schools makes a large result"
finish 100
