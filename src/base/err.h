/*
 * Errors as data. A function that can fail returns bool and takes an Err: false
 * means failed, the Err has one more diagnostic, and outputs are untouched.
 *
 *     return err_fail(err, ERR_COLUMN_UNKNOWN, ARG_STR("column", name), ARG_STR("near", best));
 *
 * The row of errors.def fixes the stable code, the HTTP and exit status, and the
 * Chinese and English templates of message and hint. In a template {name} is
 * replaced by the argument; a part in [[ ]] is left out when an argument in it
 * was not given or is empty text. In Chinese {name} takes the argument name_zh where
 * there is one, in English name_en; otherwise name.
 * Messages are one line, lower case in English, without a full stop; control characters
 * of an argument are shown as blanks, malformed bytes as U+FFFD, and a long text is cut.
 *
 * Code that can go on after a mistake (a pack, a table) simply goes on: an Err
 * collects up to LIMIT_DIAGS diagnostics and counts the rest; of the rest it keeps
 * one that raises the exit status.
 *
 * Memory: an Err owns an arena; all arguments are copied. err_init / err_done.
 */
#ifndef JH_BASE_ERR_H
#define JH_BASE_ERR_H

#include "base/arena.h"
#include "base/str.h"

typedef enum ErrCode {
    ERR_NONE,
#define ERROR(code, http, exit_status, zh, en, hint_zh, hint_en) code,
#include "base/errors.def"
#undef ERROR
    ERR_CODE_COUNT
} ErrCode;

typedef enum Lang { LANG_ZH, LANG_EN } Lang;

typedef struct ErrArg {
    const char *name; /* NULL ends the list */
    Str text;
    double number;
    enum { ERR_ARG_STR, ERR_ARG_INT, ERR_ARG_NUM } kind;
} ErrArg;

#define ARG_STR(arg_name, value) \
    ((ErrArg){.name = (arg_name), .text = (value), .kind = ERR_ARG_STR})
#define ARG_LIT(arg_name, value) \
    ((ErrArg){.name = (arg_name), .text = STR(value), .kind = ERR_ARG_STR})
#define ARG_INT(arg_name, value) \
    ((ErrArg){.name = (arg_name), .number = (double)(value), .kind = ERR_ARG_INT})
#define ARG_NUM(arg_name, value) \
    ((ErrArg){.name = (arg_name), .number = (value), .kind = ERR_ARG_NUM})

/* Where it happened. Everything optional (0 or empty). Lines and columns count from 1. */
typedef struct ErrPlace {
    Str file;
    Str sheet;     /* spreadsheet sheet name */
    Str node;      /* pack node such as 指标/QR1/公式 */
    size_t line;   /* line of a text file, row of a sheet */
    size_t column; /* character in the line; for tables the column number */
    Str cell;      /* of a table: its header name, or "C12" */
    Str text;      /* the source line, for the caret display */
    size_t len;    /* characters underlined; 0: no caret */
    /* set where it is kept: of a long line only what stands around the column */
    size_t text_skip; /* characters left out at its start */
    bool is_text_cut; /* at its end */
} ErrPlace;

typedef struct Diag {
    ErrCode code;
    ErrArg *arg; /* ends with name == NULL */
    ErrPlace place;
    struct Diag *next;
} Diag;

typedef struct Err {
    Arena arena;
    Diag *first;
    Diag *last;
    size_t count; /* all, also those beyond LIMIT_DIAGS that were not kept */
} Err;

void err_init(Err *err);
void err_done(Err *err);

/* Appends a diagnostic; copies args, place (may be NULL) and its texts. */
void err_add(Err *err, const ErrPlace *place, ErrCode code, const ErrArg *args);

/* The same, and always returns false: inline so that a reader of the code, be it a program, sees it. */
static inline bool err_fail_place(Err *err, const ErrPlace *place, ErrCode code, const ErrArg *args)
{
    err_add(err, place, code, args);
    return false;
}

/* Appends a diagnostic without a place; always returns false. */
#define err_fail(err, ...) ERR_FAIL_(err, __VA_ARGS__, (ErrArg){0})
#define ERR_FAIL_(err, code, ...) \
    err_fail_place((err), NULL, (code), (const ErrArg[]){__VA_ARGS__, {0}})

/* The same with a place. */
#define err_fail_at(err, place, ...) ERR_FAIL_AT_(err, place, __VA_ARGS__, (ErrArg){0})
#define ERR_FAIL_AT_(err, place, code, ...) \
    err_fail_place((err), (place), (code), (const ErrArg[]){__VA_ARGS__, {0}})

/* Moves all diagnostics of `from` behind those of `err`; returns false if there was any. */
bool err_take(Err *err, Err *from);

static inline bool err_is_set(const Err *err)
{
    return err->count > 0;
}

/* The stable name of a code ("ERR_COLUMN_UNKNOWN") and its HTTP status. */
const char *err_code_name(ErrCode code);
int err_http_status(ErrCode code);
/* The exit status of an Err: the largest (1, 2 or 3) of its diagnostics; 0 without any. */
int err_exit_status(const Err *err);

/* One message, without place and hint; one hint (empty if the row has none). In the arena. */
Str err_message(Arena *arena, const Diag *diag, Lang lang);
Str err_hint(Arena *arena, const Diag *diag, Lang lang);

/*
 * For people: every diagnostic as
 *     错误: …
 *       位置 FILE, 第 3 行第 7 列 (指标/QR1/公式)
 *         source line
 *              ^^^^^
 *     提示: …
 * carets placed by display width, tabs shown as one space; for a table (sheet or cell
 * given) the place is 第 5 行 H 列「在校生数」. A hint shared by neighbours is printed once,
 * below the last. "and n more" where not all were kept.
 */
void err_format(StrBuf *out, const Err *err, Lang lang);

#endif
