#!/usr/bin/env bash
# `junheng init status check backup restore` on a SQLite file: what people see, what is refused, and
# that a refused command changes nothing. The journal itself, on both databases: tests/unit/test_store_*.
. tests/lib.sh
here=$PWD
JUNHENG=$(readlink -f "$JUNHENG")
cd "$folder" || exit 1
JUNHENG_DB=
export JUNHENG_DB

# What is drawn at random or depends on the clock, made the same.
same() {
    sed -E 's/[0-9a-f]{64}/LINK/; s/[0-9a-f]{32}/ID/; s/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9:.+]+/TIME/g' out
}

run init
want_status 2
want_text out ''
want_text err '错误: 没有说是哪个数据库
提示: 请写 --db 文件名，或设环境变量 JUNHENG_DB'
run status --db no.db --lang en
want_status 1
want_text err "error: there is no database in 'no.db' yet
hint: run junheng init first"
want "$(ls)" $'err\nout\nwant' 'nothing was made'

run init --db bureau.db --json
want_status 0
want "$(same)" '{"database":"bureau.db","kind":"sqlite","schema":1,"id":"ID","key_file":"bureau.db.key","head_file":"bureau.db.head","entries":1,"last_time":"TIME","last_link":"LINK"}' 'init --json'
want "$(stat -c '%a' bureau.db bureau.db.key bureau.db.head | tr '\n' ' ')" '600 600 600 ' 'only their owner may read them'
run init --db bureau.db
want_status 1
want_text err '错误: 「bureau.db」里已经有库
提示: 要另建一个，请换一个文件名'
JUNHENG_DB=bureau.db
run status --lang en
want_status 0
want "$(same)" 'database  bureau.db
kind      SQLite, schema 1
id        ID
key file  bureau.db.key
head file bureau.db.head
entries   1
last at   TIME
last link LINK' 'status'
run check --json
want "$(same)" '{"database":"bureau.db","kind":"sqlite","schema":1,"id":"ID","key_file":"bureau.db.key","head_file":"bureau.db.head","entries":1,"last_time":"TIME","last_link":"LINK","first_time":"TIME","wrote_head_file":false}' 'check --json'
rm bureau.db.head
run check
want "$(same)" '没有问题：1 条记录，一条不缺，一处没改。
第一条  TIME
末条    TIME
链      LINK
末条备忘不在，已经重新写了：bureau.db.head' 'check'

# The side files may stand elsewhere.
mkdir side
run init --db other.db --cache side
want_status 0
want "$(ls side)" $'other.db.head\nother.db.key' 'side files in a folder of their own'
run status --db other.db
want_status 3
want_text err '错误: 没有钥匙文件「other.db.key」
提示: 钥匙文件在建库时生成；请从保管处拿回原来的那一个，不要新建'
run status --db postgresql://localhost/none
want_status 2
want_text err '错误: 服务器数据库要用 --cache 给出放钥匙和缓存的文件夹
提示: 如 --cache /var/lib/junheng'

run backup one.jhb --json
want_status 0
want "$(same)" '{"id":"ID","entries":1,"digest":"LINK"}' 'backup --json'
cp out first
run backup one.jhb
want_status 1
want_text err '错误: 已有文件「one.jhb」
提示: 备份从不覆盖旧的；请换一个文件名'
run restore one.jhb --db again.db
want_status 3
cp bureau.db.key again.db.key
run restore one.jhb --db again.db --json
want_same out first
run backup two.jhb --db again.db
want_same one.jhb two.jhb
run restore one.jhb --db again.db
want_status 1
head -c 60 one.jhb >cut.jhb
run restore cut.jhb --db third.db --lang en
cp bureau.db.key third.db.key
run restore cut.jhb --db third.db --lang en
want_status 1
want_text err "error: the backup 'cut.jhb' is not complete: only the first 0 entries are there
hint: copying broke off; copy it again, or use another"
want "$(ls third.db* | tr '\n' ' ')" 'third.db.key ' 'nothing is left of it'

# Files that are no database, or were one.
head -c 5000 bureau.db >torn.db
cp bureau.db.key torn.db.key
run check --db torn.db
want_status 3
want_part err '错误: 数据库「torn.db」坏了'
printf 'text' >text.db
run status --db text.db
want_status 3
chmod 644 bureau.db.key
run status
want_status 1
want_text err '错误: 钥匙文件「bureau.db.key」别人也能读
提示: 请运行 chmod 600，并考虑它是否已被人看过'
cd "$here" || exit 1
finish 37
