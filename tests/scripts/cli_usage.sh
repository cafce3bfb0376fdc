#!/usr/bin/env bash
# A wrong command line: status 2, nothing on standard output, what to do in the user's language.
. tests/lib.sh

five=samples/five-schools.csv
refuse 2 '没有写要做什么' 'no command is given'
refuse 2 '没有命令「cvs」，是否想写「cv」？' "unknown command 'cvs', did you mean 'cv'?" cvs
refuse 2 '没有命令「help」，是否想写「--help」？' "unknown command 'help', did you mean '--help'?" help
refuse 2 '缺少 FILE' 'FILE is missing' cv
refuse 2 '缺少选项「--value」' "option '--value' is missing" cv $five --weight 在校生数
refuse 2 '命令 cv 没有选项「--wieght」，是否想写「--weight」？' \
    "command cv has no option '--wieght', did you mean '--weight'?" cv $five --wieght 在校生数
refuse 2 '命令 cv 没有选项「-h」，是否想写「--help」？' \
    "command cv has no option '-h', did you mean '--help'?" cv -h
refuse 2 '选项「--weight」写了两次' "option '--weight' is given twice" \
    cv $five --weight 在校生数 --weight 在校生数 --value 图书册数
refuse 2 '选项「--value」后面要写它的值 V' "option '--value' needs its value V behind it" \
    cv $five --weight 在校生数 --value
refuse 2 '选项「--value」后面要写它的值 V' "option '--value' needs its value V behind it" \
    cv $five --value --weight 在校生数
refuse 2 '选项「--json」不带值，这里却写了「yes」' "option '--json' takes no value, but 'yes' is given" \
    cv $five --weight 在校生数 --value 图书册数 --json=yes
refuse 2 '「--by」的值是空的' "the value of '--by' is empty" \
    cv $five --weight 在校生数 --value 图书册数 --by ''
refuse 2 '「--limit」要写一个数，这里是「50%」' "'--limit' needs a number, but this is '50%'" \
    cv $five --weight 在校生数 --value 图书册数 --limit 50%
refuse 2 '「--limit」的数「0.12345678901234567」超过 15 位有效数字，或太大、太小' \
    "the number '0.12345678901234567' of '--limit' has more than 15 significant digits or is out of range" \
    cv $five --weight 在校生数 --value 图书册数 --limit 0.12345678901234567
refuse 2 '「--per」要大于 0，这里是「0」' "'--per' must be above 0, but this is '0'" \
    cv $five --weight 在校生数 --value 图书册数 --per 0
refuse 2 '多出「图书册数」' "'图书册数' is one too many" \
    cv $five 图书册数 --weight 在校生数 --value 图书册数
refuse 2 '「--by」的值不是 UTF-8：「��」' "the value of '--by' is not UTF-8: '��'" \
    cv $five --weight 在校生数 --value 图书册数 --by $'\xd1\xd1'

# All mistakes at once, the shared advice once.
run cv --limit x
want_text "$folder/err" '错误: 「--limit」要写一个数，这里是「x」
提示: 写成 0.5 这样，不写百分号和千位逗号
错误: 缺少 FILE
错误: 缺少选项「--weight」
错误: 缺少选项「--value」
提示: 用法：junheng cv FILE --weight W --value V [选项]'

# The language of a message: --lang, wherever it stands, before LANG; a wrong word leaves LANG's.
for lang in en en_US.UTF-8 en_GB; do
    LANG=$lang run cv
    want "$(head -n 1 "$folder/err")" 'error: FILE is missing' "LANG=$lang"
done
for lang in '' C C.UTF-8 zh_CN.UTF-8 zh_CN.GB18030 fr_FR; do
    LANG=$lang run cv
    want "$(head -n 1 "$folder/err")" '错误: 缺少 FILE' "LANG=$lang"
done
LANG=en run cv --lang=zh
want "$(head -n 1 "$folder/err")" '错误: 缺少 FILE' "--lang=zh over LANG=en"
LANG=en run cv $five --weight w --value v --lang fr
want "$(head -n 1 "$folder/err")" "error: '--lang' cannot be 'fr'" "a wrong --lang"

# Options may stand anywhere; -- ends them; = or a blank before the value.
run cv $five --weight 在校生数 --value 图书册数 --json
cp "$folder/out" "$folder/first"
run --json --value=图书册数 cv --weight=在校生数 -- $five
want_same "$folder/out" "$folder/first"
cp $five "$folder/--help"
(cd "$folder" && "$JUNHENG" cv --json --weight 在校生数 --value 图书册数 -- --help >out)
want_same "$folder/out" "$folder/first"

run --version
want_status 0
want "$(sed -E 's/^junheng [0-9]+\.[0-9]+\.[0-9]+$/a version/' "$folder/out")" 'a version' "--version"
finish 118
