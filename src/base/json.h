/*
 * A streaming JSON writer onto a StrBuf: no tree is built. Commas and nesting
 * are kept by the writer; misuse (a value without a key in an object, two values at
 * the top, nesting beyond 64) is a BUG(). Malformed UTF-8 comes out as U+FFFD.
 * Numbers come out as the shortest text that reads back; a NaN comes out as null
 * only through json_number_or_null.
 */
#ifndef JH_BASE_JSON_H
#define JH_BASE_JSON_H

#include "base/str.h"

typedef struct JsonWriter {
    StrBuf *out;
    unsigned char stack[64]; /* '{' or '[' */
    int depth;
    bool needs_comma;
    bool has_key;
} JsonWriter;

void json_init(JsonWriter *json, StrBuf *out);
void json_begin_object(JsonWriter *json);
void json_end_object(JsonWriter *json);
void json_begin_array(JsonWriter *json);
void json_end_array(JsonWriter *json);
void json_key(JsonWriter *json, const char *key);
void json_key_str(JsonWriter *json, Str key);
void json_str(JsonWriter *json, Str value);
void json_number(JsonWriter *json, double value); /* finite */
void json_number_or_null(JsonWriter *json, double value);
void json_integer(JsonWriter *json, int64_t value);
void json_bool(JsonWriter *json, bool value);
void json_null(JsonWriter *json);
/* A key and its value. */
void json_member_str(JsonWriter *json, const char *key, Str value);
void json_member_count(JsonWriter *json, const char *key, uint64_t value);
/* Must be at depth 0 again, with one value written. */
void json_done(JsonWriter *json);

#endif
