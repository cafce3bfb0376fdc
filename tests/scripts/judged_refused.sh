#!/usr/bin/env bash
# What evaluate and gap refuse once the table is judged: status 1, and the reason in both languages.
. tests/lib.sh

# refuse ZH EN ARGS…: the first line of what is said.
refuse() {
    local zh=$1 en=$2
    shift 2
    run "$@"
    want_status 1
    want_text "$folder/out" ""
    want "$(head -n 1 "$folder/err")" "错误: $zh" "the message in Chinese"
    run --lang en "$@"
    want_status 1
    want "$(head -n 1 "$folder/err")" "error: $en" "the message in English"
}

table=(--file samples/county.csv --period 2024-2025)
refuse '「2162900037」是一所学校，这里要一个地区' \
    "'2162900037' is a school; a region is needed here" \
    evaluate youzhi-2017 "${table[@]}" --unit 2162900037
refuse '标准「junheng-2012」没有给学校定限值，算不出缺多少' \
    "'junheng-2012' sets no limits for schools, so nothing can be missing" \
    gap junheng-2012 "${table[@]}"
finish 10
