#!/usr/bin/env bash
# `junheng pack`: what there is, what it says, its tests, what an overlay changes; JSON; mistakes.
. tests/lib.sh

# The text in Chinese of list, test and diff is an example of doc/cli.md.
golden pack_list_en.txt pack list --lang en
golden pack_list.json pack list --json
golden pack_test_en.txt pack test --lang en
golden pack_test.json pack test --json
golden pack_diff_en.txt pack diff liaoning-youzhi --lang en
golden pack_diff.json pack diff liaoning-youzhi --json

for pack in youzhi-2017 junheng-2012 liaoning-youzhi; do
    golden pack_show_$pack.txt pack show $pack
done
golden pack_show_junheng-2012_en.txt pack show junheng-2012 --lang en
golden pack_show.json pack show youzhi-2017 --json

# The digest is the SM3 of all files of the standard: any change changes it, and it stays otherwise.
digest() {
    "$JUNHENG" pack show youzhi-2017 --packs "$1" --json | sed -E 's/.*"digest":"([0-9a-f]{64})".*/\1/'
}
cp -r packs "$folder/packs"
want "$(digest "$folder/packs")" "$(digest packs)" "digest of a copy"
sed -i 's/^包: youzhi-2017$/&  # 一个注释/' "$folder/packs/national/youzhi-2017.yaml"
[ "$(digest "$folder/packs")" = "$(digest packs)" ]
want $? 1 "digest of a changed file is another"

# A folder of one's own: a limit tightened, then every usual slip.
own="$folder/packs/local/own.yaml"
mkdir -p "$folder/packs/local"
cat >"$own" <<'YAML'
包: own
类: 覆盖
名称: 样例县优质均衡补充规定
覆盖: youzhi-2017
依据: {机关: 样例县教育局, 文件: 优质均衡补充规定, 日期: 2024年9月, 可信: L}
有效: {自: 2024-09-01}
修改:
  - {节点: 指标/QR7/限值/primary, 值: 2.5, 依据: {条款: 第二条}}
  - {节点: 指标/QR7/底线/primary, 值: 2.125, 依据: {条款: 第二条}}
测试:
  新限值:
    期间: 2024-2025
    来源: 每千人 25 间正好等于新限值，24 间不到
    表: |
      学校代码,学校名称,所属地区,办学类型,在校生数,网络多媒体教室数
      2162900021,正好,620702,小学,1000,25
      2162900022,不到,620702,小学,1000,24
    期望:
      - {对象: "2162900021", 量: QR7.达标, 值: 是}
      - {对象: "2162900022", 量: QR7.达标, 值: 否}
YAML
own_golden() {
    local name=$1 status=$2
    shift 2
    (cd "$folder" && "$JUNHENG" "$@" --packs packs >out 2>err)
    status=$?
    command="junheng $*"
    cat "$folder/out" "$folder/err" >"$folder/both"
    want_golden "$folder/both" "$name"
}
own_golden pack_own_test.txt 0 pack test own
want_status 0
own_golden pack_own_diff.txt 0 pack diff own
want_status 0

# slip NAME SED: one word changed; status 1, nothing on standard output, and both languages say what to do.
cp "$own" "$folder/own.good"
slip() {
    sed -E "$2" "$folder/own.good" >"$own"
    for lang in zh en; do
        (cd "$folder" && "$JUNHENG" pack test own --packs packs --lang $lang >out 2>err)
        status=$?
        command="junheng pack test own with $1"
        want_status 1
        want_text "$folder/out" ""
        want_golden "$folder/err" "pack_slip_$1_$lang.err"
    done
}
slip colon 's/^名称: /名称：/'
slip tab 's/^  - \{节点: (指标.QR7.限值)/\t- {节点: \1/'
slip node 's/QR7\/限值/QR7\/限制/'
slip stage 's/限值\/primary/限值\/小学/'
slip base 's/^覆盖: youzhi-2017/覆盖: youzhi-2071/'
slip source 's/, 可信: L//'
slip test 's/值: 否/值: 是/'
slip number 's/值: 2\.5,/值: 二,/'
slip key 's/^版本|^有效: /生效: /'
cp "$folder/own.good" "$own"

run pack diff youzhi-2017
want_status 0
want_text "$folder/out" 'youzhi-2017 是标准本身，没有改别的包'

refuse 1 '没有编号为「youzhi-2071」的包，是否想写「youzhi-2017」？' \
    "there is no pack 'youzhi-2071', did you mean 'youzhi-2017'?" \
    pack show youzhi-2071
refuse 1 '「youzhi-2017」的有效期是 自 2017-05-01，2012-09-01 不在其中' \
    "'youzhi-2017' is valid from 2017-05-01, which does not include 2012-09-01" \
    pack show youzhi-2017 --period 2012-2013
refuse 3 '打不开文件「/nowhere」：没有这个文件' \
    "cannot open file '/nowhere': No such file or directory" \
    pack list --packs /nowhere
refuse 2 '没有命令「pack shwo」，是否想写「pack show」？' \
    "unknown command 'pack shwo', did you mean 'pack show'?" \
    pack shwo youzhi-2017
refuse 2 '「pack」后面还要写做什么' \
    "'pack' needs another word" \
    pack
finish 60
