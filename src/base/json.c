#include "base/json.h"

#include "base/decimal.h"
#include "base/utf8.h"

#include <math.h>

void json_init(JsonWriter *json, StrBuf *out)
{
    *json = (JsonWriter){.out = out};
}

static void before_value(JsonWriter *json)
{
    bool is_object = json->depth && json->stack[json->depth - 1] == '{';
    CHECK(!is_object || json->has_key);
    CHECK(json->depth || !json->needs_comma); /* one value at the top */
    if (json->needs_comma && !json->has_key)
        strbuf_add_char(json->out, ',');
    json->has_key = false;
    json->needs_comma = true;
}

static void begin(JsonWriter *json, char open)
{
    before_value(json);
    CHECK(json->depth < (int)sizeof json->stack);
    json->stack[json->depth++] = (unsigned char)open;
    json->needs_comma = false;
    strbuf_add_char(json->out, open);
}

static void end(JsonWriter *json, char open, char close)
{
    CHECK(json->depth > 0 && json->stack[json->depth - 1] == (unsigned char)open && !json->has_key);
    json->depth--;
    json->needs_comma = true;
    strbuf_add_char(json->out, close);
}

void json_begin_object(JsonWriter *json)
{
    begin(json, '{');
}
void json_end_object(JsonWriter *json)
{
    end(json, '{', '}');
}
void json_begin_array(JsonWriter *json)
{
    begin(json, '[');
}
void json_end_array(JsonWriter *json)
{
    end(json, '[', ']');
}

static void add_escape(StrBuf *out, uint32_t code)
{
    if (code == '"' || code == '\\')
        strbuf_addf(out, "\\%c", (char)code);
    else if (code == '\n')
        strbuf_add(out, STR("\\n"));
    else if (code == '\r')
        strbuf_add(out, STR("\\r"));
    else if (code == '\t')
        strbuf_add(out, STR("\\t"));
    else if (code < 0x80)
        strbuf_addf(out, "\\u%04x", (unsigned)code);
    else
        utf8_add(out, code); /* U+FFFD for a malformed byte */
}

static void add_text(StrBuf *out, Str value)
{
    strbuf_add_char(out, '"');
    size_t done = 0;
    for (size_t at = 0; at < value.len;) {
        size_t start = at;
        uint32_t code = utf8_next(value, &at);
        bool is_control = code < 0x20 || code == 0x7f;
        if (!is_control && code != '"' && code != '\\' && code != 0xfffd)
            continue;
        strbuf_add(out, str_slice(value, done, start - done));
        add_escape(out, code);
        done = at;
    }
    strbuf_add(out, str_slice(value, done, value.len));
    strbuf_add_char(out, '"');
}

void json_key_str(JsonWriter *json, Str key)
{
    CHECK(json->depth && json->stack[json->depth - 1] == '{' && !json->has_key);
    if (json->needs_comma)
        strbuf_add_char(json->out, ',');
    add_text(json->out, key);
    strbuf_add_char(json->out, ':');
    json->has_key = true;
    json->needs_comma = false;
}

void json_key(JsonWriter *json, const char *key)
{
    json_key_str(json, str_from(key));
}

void json_str(JsonWriter *json, Str value)
{
    before_value(json);
    add_text(json->out, value);
}

void json_number(JsonWriter *json, double value)
{
    CHECK(isfinite(value));
    before_value(json);
    decimal_add_shortest(json->out, value);
}

void json_number_or_null(JsonWriter *json, double value)
{
    if (isfinite(value))
        json_number(json, value);
    else
        json_null(json);
}

void json_integer(JsonWriter *json, int64_t value)
{
    before_value(json);
    strbuf_addf(json->out, "%lld", (long long)value);
}

void json_bool(JsonWriter *json, bool value)
{
    before_value(json);
    strbuf_add(json->out, value ? STR("true") : STR("false"));
}

void json_null(JsonWriter *json)
{
    before_value(json);
    strbuf_add(json->out, STR("null"));
}

void json_member_str(JsonWriter *json, const char *key, Str value)
{
    json_key(json, key);
    json_str(json, value);
}

void json_member_count(JsonWriter *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_integer(json, (int64_t)value);
}

void json_done(JsonWriter *json)
{
    CHECK(json->depth == 0 && json->needs_comma);
}
