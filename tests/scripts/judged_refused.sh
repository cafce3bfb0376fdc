#!/usr/bin/env bash
# What evaluate and gap refuse once the table is judged: status 1, and the reason in both languages.
. tests/lib.sh

table=(--file samples/county.csv --period 2024-2025)
refuse 1 '「2162900037」是一所学校，这里要一个地区' \
    "'2162900037' is a school; a region is needed here" \
    evaluate youzhi-2017 "${table[@]}" --unit 2162900037
refuse 1 '标准「junheng-2012」没有给学校定限值，算不出缺多少' \
    "'junheng-2012' sets no limits for schools, so nothing can be missing" \
    gap junheng-2012 "${table[@]}"
finish 10
