#!/usr/bin/env bash
# `junheng doctor`, `rebuild` and the half of `check` that looks at caches: what is said in every state
# of a database, in both languages and as JSON, and the exit status. Which caches are used, and that
# none ever says anything wrong: tests/unit/test_app_cache*.c.
. tests/lib.sh
here=$PWD
JUNHENG=$(readlink -f "$JUNHENG")
ln -s "$here/packs" "$here/samples" "$folder"
cd "$folder" || exit 1
JUNHENG_DB=bureau.db
export JUNHENG_DB
cache=bureau.db.2024-2025.cache

# The free room on the disk is not the same twice.
findings() {
    sed -E 's/[0-9]+ MB/N MB/; s/ +$//' out
}
# state STATUS ZH EN: what doctor finds, without the first four that are good, which stand on their own below.
state() {
    run doctor
    want_status "$1"
    want "$(findings | sed '1,4d')" "$2" 'doctor in Chinese'
    run doctor --lang en
    want_status "$1"
    want "$(findings | sed '1,4d')" "$3" 'doctor in English'
}

# No database, no packs, no key that only we can read: what could not be looked at is a finding, too.
run doctor
want_status 1
want "$(findings)" '好    政策包
不好  打开数据库  「bureau.db」里还没有建库 → 请先运行 junheng init
有 1 处不好。' 'no database'
JUNHENG_DB='' run doctor --packs nowhere --lang en
want_status 1
want "$(findings)" "bad  packs    'nowhere' holds no packs (it has no folder core) → name the packs folder by --packs or JUNHENG_PACKS
bad  opening  no database was named → give --db FILE, or set JUNHENG_DB
wrong: 2." 'neither packs nor a database'
run init
chmod 644 bureau.db.key
run doctor --lang en
want_status 1
want "$(findings)" "good  packs
bad   opening  others may read the key file 'bureau.db.key' → run chmod 600, and consider whether somebody has seen it
wrong: 1." 'others may read the key'
chmod 600 bureau.db.key
run doctor --packs nowhere
want_status 1
want "$(findings)" '不好  政策包      「nowhere」里没有政策包（没有 core 文件夹） → 用 --packs 或环境变量 JUNHENG_PACKS 指明 packs 文件夹
好    打开数据库  bureau.db，1 条记录
好    钥匙文件    bureau.db.key
好    磁盘空间    还有 N MB
好    流水账的链
有 1 处不好。' 'without packs the chain is looked at'

# The figure of the disk is that of df.
run doctor --json
want_status 0
free=$(sed -nE 's/.*还有 ([0-9]+) MB.*/\1/p' out)
known=$(df -BM --output=avail . | tail -n 1 | tr -dc 0-9)
want "$((free > known - 1000 && free < known + 1000))" 1 "free room: $free MB, by df $known MB"
want "$(findings)" '{"bad":0,"findings":[{"of":"packs","health":"good","detail":"","advice":""},{"of":"opening","health":"good","detail":"bureau.db，1 条记录","advice":""},{"of":"key file","health":"good","detail":"bureau.db.key","advice":""},{"of":"disk space","health":"good","detail":"还有 N MB","advice":""},{"of":"chain of the journal","health":"good","detail":"","advice":""},{"of":"content of the entries","health":"good","detail":"还没有学校数据","advice":""},{"of":"caches equal the journal","health":"good","detail":"","advice":""}]}' 'doctor --json'
run rebuild --lang en
want_status 0
want_text out 'caches made again: 0.'

# A cache through its life.
run import samples/county.csv --period 2024-2025 --author x
want_status 0
state 0 '好    流水账的链
好    记录的内容        有学校数据的学年：2024-2025
留意  缓存              2024-2025 还没有，下次评的时候生成
好    缓存与流水账一致
没有不好的地方。' 'good  chain of the journal
good  content of the entries    figures of schools for 2024-2025
note  cache                     2024-2025 not there; the next judging makes it
good  caches equal the journal
nothing is wrong.'
want "$(ls "$cache" 2>&1 | grep -c cannot)" 1 'doctor makes nothing'
run evaluate youzhi-2017 --period 2024-2025
want_status 0
cp out by_replay
want "$(stat -c %a $cache)" 600 'only its owner may read it'
cp $cache good
run evaluate youzhi-2017 --period 2024-2025
want_same out by_replay
for format in '' --json; do
    run evaluate youzhi-2017 --period 2024-2025 $format
    cp out by_cache
    rm $cache
    run evaluate youzhi-2017 --period 2024-2025 $format
    want_same out by_cache
done
want_same $cache good
state 0 '好  流水账的链
好  记录的内容        有学校数据的学年：2024-2025
好  缓存              2024-2025
好  缓存与流水账一致
没有不好的地方。' 'good  chain of the journal
good  content of the entries    figures of schools for 2024-2025
good  cache                     2024-2025
good  caches equal the journal
nothing is wrong.'
run unit open --name 示例小学 --code 2162900999 --parent 620702 --type 小学 --runner 县级教育部门 --date 2023-09-01 --author x
want_status 0
state 0 '好    流水账的链
好    记录的内容        有学校数据的学年：2024-2025
留意  缓存              2024-2025 比流水账旧，下次评的时候更新
好    缓存与流水账一致
没有不好的地方。' 'good  chain of the journal
good  content of the entries    figures of schools for 2024-2025
note  cache                     2024-2025 older than the journal; the next judging renews it
good  caches equal the journal
nothing is wrong.'
run rebuild
want_status 0
want_text out "2024-2025  40 所学校  $cache
重新生成了 1 个缓存。"
run rebuild --json
want_text out '{"caches":[{"period":"2024-2025","file":"'$cache'","schools":40}]}'
cp $cache good
head -c 5000 good >$cache
run doctor
want_status 0
want "$(grep '^留意' out)" '留意  缓存              2024-2025 坏了，不会用它 → 要马上换掉就运行 junheng rebuild' 'cut'
printf 'another' | dd of=$cache conv=notrunc status=none
run doctor --lang en
want_status 0
want "$(grep '^note' out)" 'note  cache                     2024-2025 of another database or version; not used → run junheng rebuild to replace it now' 'of another program'

# A figure in it that was changed: only check and doctor look, and both name the file.
run rebuild
want_same $cache good
figure=$(LC_ALL=C grep -obUaP -m 1 '\x00\x00\x00\x00\x00\x18\x9d\x40' $cache | head -n 1 | cut -d : -f 1)
printf '\x19' | dd of=$cache bs=1 seek=$((figure + 5)) conv=notrunc status=none # 1862 pupils
refuse 1 "缓存「$cache」与流水账不一致" "the cache '$cache' differs from the journal" check
state 1 "好    流水账的链
好    记录的内容        有学校数据的学年：2024-2025
好    缓存              2024-2025
不好  缓存与流水账一致  缓存「$cache」与流水账不一致 → 请运行 junheng rebuild；流水账没有问题，数没有丢
有 1 处不好。" "good  chain of the journal
good  content of the entries    figures of schools for 2024-2025
good  cache                     2024-2025
bad   caches equal the journal  the cache '$cache' differs from the journal → run junheng rebuild; the journal is good and no figure is lost
wrong: 1."
run rebuild
want_same $cache good
run check
want_status 0
rm $cache
run check
want_status 0

# Caches where the side files are.
mkdir side
JUNHENG_DB=''
run init --db other.db --cache side
run import samples/county.csv --period 2023-2024 --db other.db --cache side --author x
run rebuild --db other.db --cache side --lang en
want_status 0
want_text out '2023-2024  39 schools  side/other.db.2023-2024.cache
caches made again: 1.'
run rebuild --db none.db
want_status 1
run rebuild
want_status 2
cd "$here" || exit 1
finish 59
