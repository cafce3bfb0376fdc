/*
 * Documents as bytes. What was written is the oracle of what is read; the bytes themselves are held
 * against ones that were laid down by hand from doc/format.md.
 */
#include "fact_fixture.h"
#include "fact/document.h"

#define WHOLE_MAX 9007199254740991.0 /* 2^53 - 1 */

static Str format(Arena *arena, const Document *document)
{
    StrBuf out;
    strbuf_init(&out, arena);
    document_format(&out, document);
    return strbuf_str(&out);
}

static void assert_same_column(Arena *arena, const Document *got, DocumentColumn *column,
                               const DocumentColumn *want)
{
    assert_true(str_equals(column->id, want->id));
    assert_true(str_equals(column->stage, want->stage));
    assert_true(str_equals(column->header, want->header));
    assert_int_equal(column->place, want->place);
    assert_int_equal(column->is_text, want->is_text);
    const double *number = document_numbers(arena, got, column);
    for (size_t row = 0; row < got->row_count; row++)
        if (want->is_text)
            assert_true(str_equals(column->text[row], want->text[row]));
        else if (!is_same_number(number[row], want->number[row]))
            fail_msg("row %zu: got %.17g, want %.17g", row, number[row], want->number[row]);
}

/* Written, read, and written again. */
static void assert_round_trip(Arena *arena, const Document *document)
{
    Document got;
    Str bytes = format(arena, document);
    assert_true(document_parse(arena, bytes, &got));
    assert_true(str_equals(got.form, document->form));
    assert_true(str_equals(got.file, document->file));
    assert_true(str_equals(got.sheet, document->sheet));
    assert_memory_equal(got.digest, document->digest, SM3_LEN);
    assert_int_equal(got.chunk, document->chunk);
    assert_int_equal(got.chunk_count, document->chunk_count);
    assert_int_equal(got.row_count, document->row_count);
    assert_int_equal(got.column_count, document->column_count);
    for (size_t i = 0; i < got.column_count; i++)
        assert_same_column(arena, &got, &got.column[i], &document->column[i]);
    assert_true(str_equals(format(arena, &got), bytes));
}

/* ---- random documents ---- */

enum { NUMBER_KINDS = 11 };

static double random_number(uint64_t *state, int kind)
{
    static const double ODD[] = {0.1 + 0.2, 1e300, 5e-324, WHOLE_MAX + 1, WHOLE_MAX + 3, -0.0};
    double whole = fact_random(state), large = whole * 2097152 + fact_random_below(state, 2097152);
    switch (kind) {
    case 0:
        return NAN;
    case 1:
        return fact_random_below(state, 255);
    case 2:
        return 250 + fact_random_below(state, 10); /* about the edge of one byte */
    case 3:
        return 65530 + fact_random_below(state, 10);
    case 4:
        return 4294967290.0 + fact_random_below(state, 10);
    case 5:
        return large; /* below 2^53 */
    case 6:
        return fact_random_below(state, 100000) / 100.0;
    case 7:
        return fact_random_below(state, 100000000) / 10000.0;
    case 8:
        return fact_random_below(state, 100000000) / 100000.0; /* a fifth digit */
    case 9:
        return -whole / 8;
    default:
        return ODD[fact_random_below(state, sizeof ODD / sizeof *ODD)];
    }
}

static double *random_numbers(Arena *arena, uint64_t *state, size_t count)
{
    double *number = ARENA_ARRAY(arena, double, count + 1);
    int kind = (int)fact_random_below(state, NUMBER_KINDS);
    uint32_t others = fact_random_below(state, 4), blanks = fact_random_below(state, 3);
    for (size_t i = 0; i < count; i++) {
        bool is_other = others == 0 && fact_random_below(state, 8) == 0;
        bool is_blank = blanks == 0 && fact_random_below(state, 4) == 0;
        int now = is_other ? (int)fact_random_below(state, NUMBER_KINDS) : kind;
        number[i] = is_blank ? NAN : random_number(state, now);
    }
    return number;
}

static Str *random_texts(Arena *arena, uint64_t *state, size_t count)
{
    Str *text = ARENA_ARRAY(arena, Str, count + 1);
    uint32_t distinct = fact_random_below(state, 2) ? 5 : 100000;
    for (size_t i = 0; i < count; i++) {
        uint32_t which = fact_random_below(state, distinct);
        text[i] = which ? str_format(arena, "第%u校", which) : STR("");
    }
    return text;
}

static Document random_document(Arena *arena, uint64_t *state)
{
    static const size_t ROWS[] = {0, 1, 2, 7, 300, 700};
    Document document = {.form = STR("school-year"),
                         .file = STR("表.xlsx"),
                         .sheet = fact_random_below(state, 2) ? STR("Sheet1") : STR(""),
                         .chunk = fact_random_below(state, 3),
                         .chunk_count = 3,
                         .row_count = ROWS[fact_random_below(state, 6)],
                         .column_count = fact_random_below(state, 6)};
    for (size_t i = 0; i < SM3_LEN; i++)
        document.digest[i] = (unsigned char)fact_random(state);
    document.column = ARENA_ARRAY(arena, DocumentColumn, document.column_count + 1);
    for (size_t i = 0; i < document.column_count; i++) {
        DocumentColumn *column = &document.column[i];
        column->id = str_format(arena, "item%zu", i);
        column->stage = fact_random_below(state, 2) ? STR("primary") : STR("");
        column->header = STR("小学.在校生数");
        column->place = fact_random_below(state, 3) ? (uint32_t)i * 100 : DOCUMENT_NO_PLACE;
        column->is_text = fact_random_below(state, 3) == 0;
        if (column->is_text)
            column->text = random_texts(arena, state, document.row_count);
        else
            column->number = random_numbers(arena, state, document.row_count);
    }
    return document;
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    uint64_t random = 20241126;
    for (int i = 0; i < 2000; i++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        Document document = random_document(&arena, &random);
        assert_round_trip(&arena, &document);
    }
}

static void equal_documents_have_equal_bytes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        uint64_t first = seed, second = seed;
        Document a = random_document(&arena, &first), b = random_document(&arena, &second);
        for (size_t i = 0; i < b.column_count; i++) /* blanks of other bits */
            for (size_t row = 0; !b.column[i].is_text && row < b.row_count; row++)
                if (isnan(b.column[i].number[row]))
                    b.column[i].number[row] = -NAN;
        assert_true(str_equals(format(&arena, &a), format(&arena, &b)));
    }
}

/* ---- one column ---- */

static Document one_column(DocumentColumn *column, size_t rows)
{
    return (Document){
        .form = STR("f"), .chunk_count = 1, .row_count = rows, .column_count = 1, .column = column};
}

/* How many bytes the values of a column take: those of the document less those of an empty one. */
static size_t size_of(Arena *arena, double *number, size_t rows)
{
    DocumentColumn column = {.id = STR("x"), .number = number};
    Document document = one_column(&column, rows), none = document;
    none.column_count = 0;
    size_t head = 1 + 2 + 1 + 1 + SM3_LEN + 4, names = 2 + 1 + 1 + 1;
    assert_int_equal(format(arena, &none).len, head);
    return format(arena, &document).len - head - names;
}

static void numbers_take_as_few_bytes_as_they_can(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    static double blank[] = {NAN, NAN}, byte[] = {0, 254}, two[] = {0, 255}, four[] = {1, 65535},
                  eight[] = {1, 4294967295.0}, cents[] = {2.53, NAN}, fine[] = {0.0001, 6.5534},
                  fifth[] = {0.00001, 1}, negative[] = {-1, 1}, huge[] = {WHOLE_MAX, 1},
                  larger[] = {WHOLE_MAX + 1, 1}, mixed[] = {WHOLE_MAX, 0.5};
    static const struct {
        double *number;
        size_t size;
    } CASES[] = {{blank, 1},      {byte, 3 + 2},  {two, 3 + 4},  {four, 3 + 8},
                 {eight, 3 + 16}, {cents, 3 + 2}, {fine, 3 + 4}, {fifth, 1 + 16},
                 {negative, 17},  {huge, 3 + 16}, {larger, 17},  {mixed, 17}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t size = size_of(&arena, CASES[i].number, 2);
        if (size != CASES[i].size)
            fail_msg("case %zu: %zu bytes, want %zu", i, size, CASES[i].size);
        DocumentColumn column = {.id = STR("x"), .number = CASES[i].number};
        Document document = one_column(&column, 2);
        assert_round_trip(&arena, &document);
    }
}

static void texts_with_up_to_255_words_are_written_by_their_numbers(void **state)
{
    (void)state;
    for (size_t words = 254; words <= 257; words++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        enum { ROWS = 1000 };
        Str *text = ARENA_ARRAY(&arena, Str, ROWS);
        for (size_t i = 0; i < ROWS; i++)
            text[i] = str_format(&arena, "%zu", i * 7 % words);
        DocumentColumn column = {.id = STR("x"), .is_text = true, .text = text};
        Document document = one_column(&column, ROWS);
        assert_round_trip(&arena, &document);
        size_t len = format(&arena, &document).len;
        assert_true(words <= 255 ? len < 2100 : len > 3500); /* a byte a row, or its text */
    }
}

/* ---- the bytes of doc/format.md, by hand ---- */

static void the_bytes_are_those_of_the_specification(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    double students[] = {300, NAN}, area[] = {1.5, 2}, minus[] = {-2, NAN}, blank[] = {NAN, NAN};
    Str stage[] = {STR("ab"), STR("")};
    DocumentColumn column[] = {
        {.id = STR("s"), .header = STR("均"), .place = 2, .number = students},
        {.id = STR("a"), .stage = STR("p"), .place = DOCUMENT_NO_PLACE, .number = area},
        {.id = STR("m"), .number = minus},
        {.id = STR("b"), .number = blank},
        {.id = STR("t"), .is_text = true, .text = stage}};
    Document document = {.form = STR("f"),
                         .file = STR("g"),
                         .sheet = STR(""),
                         .chunk = 1,
                         .chunk_count = 2,
                         .row_count = 2,
                         .column_count = 5,
                         .column = column};
    memset(document.digest, 0x5a, SM3_LEN);
    Str bytes = format(&arena, &document);
    Str want = STR("01"
                   "0166"
                   "0167"
                   "00"
                   "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
                   "01"
                   "02"
                   "02"
                   "05"
                   /* whole numbers of two bytes */
                   "0173"
                   "00"
                   "03e59d87"
                   "02"
                   "02"
                   "00"
                   "02"
                   "2c01"
                   "ffff"
                   /* tenths of one byte; no place is 2^32 - 1 */
                   "0161"
                   "0170"
                   "00"
                   "ffffffff0f"
                   "02"
                   "01"
                   "01"
                   "0f"
                   "14"
                   /* doubles */
                   "016d"
                   "00"
                   "00"
                   "00"
                   "01"
                   "00000000000000c0"
                   "000000000000f87f"
                   /* nothing */
                   "0162"
                   "00"
                   "00"
                   "00"
                   "00"
                   /* two words */
                   "0174"
                   "00"
                   "00"
                   "00"
                   "04"
                   "02"
                   "026162"
                   "00"
                   "00"
                   "01");
    assert_text(digest_hex(&arena, (const unsigned char *)bytes.ptr, bytes.len),
                str_cstr(&arena, want));
}

/* ---- what is no document ---- */

static void parse(Str body)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Document document;
    if (!document_parse(&arena, body, &document))
        return;
    for (size_t i = 0; i < document.column_count; i++) /* every value can be looked at */
        (void)document_numbers(&arena, &document, &document.column[i]);
    Document again;
    assert_true(document_parse(&arena, format(&arena, &document), &again));
}

static void damaged_bytes_are_refused_or_are_another_document(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        uint64_t random = seed;
        Document document = random_document(&arena, &random);
        if (document.row_count > 7)
            document.row_count = 7;
        fact_try_damaged(format(&arena, &document), parse);
    }
}

static void a_beginning_or_a_longer_text_is_no_document(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    double number[] = {1, 2};
    DocumentColumn column = {.id = STR("x"), .number = number};
    Document document = one_column(&column, 2), got;
    Str bytes = format(&arena, &document);
    for (size_t len = 0; len < bytes.len; len++)
        assert_false(document_parse(&arena, str_slice(bytes, 0, len), &got));
    Str more = str_format(&arena, "%.*s%c", STR_ARG(STR("")), 0);
    StrBuf longer;
    strbuf_init(&longer, &arena);
    strbuf_add(&longer, bytes);
    strbuf_add(&longer, more);
    assert_false(document_parse(&arena, strbuf_str(&longer), &got));
}

/* ---- digests ---- */

static Str digest_of(Arena *arena, const Document *document)
{
    unsigned char digest[SM3_LEN];
    document_digest(document, digest);
    return digest_hex(arena, digest, SM3_LEN);
}

static void a_digest_is_of_what_is_said_and_not_of_the_file(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    double number[] = {1, NAN};
    Str text[] = {STR("甲"), STR("乙")};
    DocumentColumn column[] = {{.id = STR("x"), .header = STR("在校生数"), .number = number},
                               {.id = STR("name"), .is_text = true, .text = text}};
    Document document = one_column(column, 2);
    document.column_count = 2;
    Str before = digest_of(&arena, &document);
    document.file = STR("other.xlsx");
    document.sheet = STR("二");
    document.chunk = 3;
    document.chunk_count = 9;
    memset(document.digest, 1, SM3_LEN);
    column[0].header = STR("students");
    column[0].place = 8;
    column[1].place = DOCUMENT_NO_PLACE;
    assert_true(str_equals(digest_of(&arena, &document), before));
    number[1] = 0;
    assert_false(str_equals(digest_of(&arena, &document), before));
    number[1] = NAN;
    text[1] = STR("甲");
    assert_false(str_equals(digest_of(&arena, &document), before));
    text[1] = STR("乙");
    column[0].stage = STR("primary");
    assert_false(str_equals(digest_of(&arena, &document), before));
    column[0].stage = STR("");
    document.form = STR("g");
    assert_false(str_equals(digest_of(&arena, &document), before));
    document.form = STR("f");
    document.row_count = 1;
    assert_false(str_equals(digest_of(&arena, &document), before));
}

static void a_column_is_found_by_its_id_and_stage(void **state)
{
    (void)state;
    double number[] = {1};
    DocumentColumn column[] = {{.id = STR("x"), .stage = STR("primary"), .number = number},
                               {.id = STR("x"), .number = number}};
    Document document = one_column(column, 1);
    document.column_count = 2;
    assert_ptr_equal(document_find(&document, STR("x"), STR("")), &column[1]);
    assert_ptr_equal(document_find(&document, STR("x"), STR("primary")), &column[0]);
    assert_null(document_find(&document, STR("x"), STR("junior")));
    assert_null(document_find(&document, STR("y"), STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(equal_documents_have_equal_bytes),
        cmocka_unit_test(numbers_take_as_few_bytes_as_they_can),
        cmocka_unit_test(texts_with_up_to_255_words_are_written_by_their_numbers),
        cmocka_unit_test(the_bytes_are_those_of_the_specification),
        cmocka_unit_test(damaged_bytes_are_refused_or_are_another_document),
        cmocka_unit_test(a_beginning_or_a_longer_text_is_no_document),
        cmocka_unit_test(a_digest_is_of_what_is_said_and_not_of_the_file),
        cmocka_unit_test(a_column_is_found_by_its_id_and_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
