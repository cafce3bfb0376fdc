#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sheet/table.h"
#include "assert_text.h"

static void a_sum_word_may_have_blanks_in_it(void **state)
{
    (void)state;
    static const char *const words[] = {"合计",     "小计",         "总计",    " 合 计 ",
                                        "合　　计", "总\xc2\xa0计", "\t小\n计"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!table_is_sum_word(str_from(words[i])))
            fail_msg("'%s' is a sum word", words[i]);
}

static void nothing_else_is_a_sum_word(void **state)
{
    (void)state;
    static const char *const words[] = {"",       " ",        "合",       "计",       "计合",
                                        "合计数", "合计合计", "共计",     "合计小学", "合 计 中学",
                                        "小小计", "total",    "\xff合计", "合\x80计", "0"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (table_is_sum_word(str_from(words[i])))
            fail_msg("'%s' is no sum word", words[i]);
    assert_false(table_is_sum_word(str_slice(STR("合计"), 0, 5))); /* cut within a character */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_word_may_have_blanks_in_it),
        cmocka_unit_test(nothing_else_is_a_sum_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
