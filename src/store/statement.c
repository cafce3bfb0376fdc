#include "store/driver.h"

typedef struct Statement {
    const char *name, *text;
} Statement;

static const Statement STATEMENTS[STATEMENT_COUNT] = {
#define STATEMENT(id, sql) [id] = {.name = #id, .text = sql},
#include "store/statements.def"
#undef STATEMENT
};

const char *statement_name(StatementId id)
{
    return STATEMENTS[id].name;
}

char *statement_text(Arena *arena, const DriverOps *ops, StatementId id)
{
    const struct {
        Str mark;
        const char *word;
    } WORDS[] = {{STR("{int}"), ops->type_int},
                 {STR("{text}"), ops->type_text},
                 {STR("{blob}"), ops->type_blob},
                 {STR("{table}"), ops->table_end}};
    StrBuf out;
    strbuf_init(&out, arena);
    for (Str rest = str_from(STATEMENTS[id].text); rest.len;) {
        Str mark = str_slice(rest, 0, 1);
        Str word = mark;
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
            if (str_starts_with(rest, WORDS[i].mark)) {
                mark = WORDS[i].mark;
                word = str_from(WORDS[i].word);
            }
        strbuf_add(&out, word);
        rest = str_slice(rest, mark.len, rest.len);
    }
    return str_cstr(arena, strbuf_str(&out));
}
