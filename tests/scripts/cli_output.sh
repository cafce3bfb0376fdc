#!/usr/bin/env bash
# Where the result goes: in one piece, only after success, and a failure to write it is told.
. tests/lib.sh
set -- cv samples/five-schools.csv --weight 在校生数 --value 图书册数

# A full disk.
for lang in zh en; do
    "$JUNHENG" "$@" --lang $lang >/dev/full 2>"$folder/err"
    want $? 3 "status with a full disk"
    cp "$folder/err" "$folder/err.$lang"
done
want_text "$folder/err.zh" '错误: 结果没有写出去：标准输出磁盘满了
提示: 请检查磁盘空间，或换一个地方再写一次'
want_text "$folder/err.en" 'error: the result could not be written to standard output: No space left on device
hint: check free disk space, or write it elsewhere'

# Standard output closed: not even the table that was opened meanwhile may be taken for it.
"$JUNHENG" "$@" >&- 2>"$folder/err"
want $? 3 "status with standard output closed"
want "$(head -n 1 "$folder/err")" '错误: 结果没有写出去：标准输出没有打开' "closed output"
want_same samples/five-schools.csv <(printf '%s\n' 学校,在校生数,图书册数 甲校,45,279 乙校,37,137 丙校,89,935 丁校,76,160 戊校,55,402)

# A reader that has gone: silent, status 3.
{
    sleep 0.2
    "$JUNHENG" "$@" 2>"$folder/err"
    echo $? >"$folder/status"
} | true
want "$(cat "$folder/status")" 3 "status when nobody reads"
want_text "$folder/err" ""

# Standard error closed or full: the status stays.
"$JUNHENG" cv 2>&-
want $? 2 "status with standard error closed"
"$JUNHENG" cv 2>/dev/full
want $? 2 "status with standard error full"
"$JUNHENG" "$@" >"$folder/out" 2>&-
want $? 0 "status of a success with standard error closed"

# A refused table says nothing on standard output, also as JSON.
printf '学校,在校生数,图书册数\n甲,1,2\n乙,1,x\n' >"$folder/bad.csv"
for json in '' --json; do
    # shellcheck disable=SC2086
    run cv "$folder/bad.csv" --weight 在校生数 --value 图书册数 $json
    want_status 1
    want_text "$folder/out" ""
done
finish 16
