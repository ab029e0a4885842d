/* SPDX-License-Identifier: Apache-2.0 */
#include "http_head.h"

#include <string.h>
#include <strings.h>

#define VERSION "HTTP/1."

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* tchar of RFC 9110 5.6.2 */
static int
is_token(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* Of a value or a reason: no control character but the tab. */
static int
is_text(char c)
{
    return c == '\t' || ((unsigned char)c >= 0x20 && c != 0x7f);
}

static int
all(wb_amqp_text text, int (*is)(char c))
{
    size_t i;

    for (i = 0; i < text.len; i++)
        if (!is(text.p[i]))
            return 0;
    return 1;
}

static wb_amqp_text
text_of(const char *p, size_t len)
{
    wb_amqp_text text = {p, len};

    return text;
}

static wb_amqp_text
trim(wb_amqp_text text)
{
    for (; text.len > 0 && is_blank(*text.p); text.len--)
        text.p++;
    while (text.len > 0 && is_blank(text.p[text.len - 1]))
        text.len--;
    return text;
}

int
wb_amqp_text_is(wb_amqp_text text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.p, word, text.len) == 0;
}

/* What comes before `mark`, and `text` behind it; all of it where there is no mark. */
static wb_amqp_text
cut(wb_amqp_text *text, char mark)
{
    const char  *at    = memchr(text->p, mark, text->len);
    size_t       len   = at == NULL ? text->len : (size_t)(at - text->p);
    size_t       skip  = at == NULL ? len : len + 1;
    wb_amqp_text first = {text->p, len};

    text->p += skip;
    text->len -= skip;
    return first;
}

/* One line without its CRLF: 1, 0 when its end is not there, -1 for a CR or LF that is alone. */
static int
next_line(wb_amqp_text *text, wb_amqp_text *ret_line)
{
    size_t i;

    for (i = 0; i < text->len && text->p[i] != '\r' && text->p[i] != '\n'; i++)
        ;
    *ret_line = text_of(text->p, i);
    if (i == text->len || (i + 1 == text->len && text->p[i] == '\r'))
        return 0;
    if (text->p[i] != '\r' || text->p[i + 1] != '\n')
        return -1;

    text->p += i + 2;
    text->len -= i + 2;
    return 1;
}

/* "HTTP/1.1 101 Switching Protocols"; many leave the space before an empty reason out. */
static int
read_status(wb_amqp_text line, wb_amqp_head *head)
{
    const char *p = line.p + strlen(VERSION);

    if (line.len < strlen(VERSION "1 101") || (p[0] != '0' && p[0] != '1') || p[1] != ' ')
        return 0;
    if (p[2] < '1' || p[2] > '5' || !is_digit(p[3]) || !is_digit(p[4]))
        return 0;

    head->minor  = p[0] - '0';
    head->status = (p[2] - '0') * 100 + (p[3] - '0') * 10 + (p[4] - '0');
    line         = text_of(p + 5, line.len - strlen(VERSION "1 101"));
    return line.len == 0 || (*line.p == ' ' && all(line, is_text));
}

static int
is_field(wb_amqp_text line)
{
    wb_amqp_text rest = line;
    wb_amqp_text name = cut(&rest, ':');

    return name.len > 0 && name.len < line.len && all(name, is_token) && all(rest, is_text);
}

/* Whether what is there can be how a head begins. */
static int
begins_well(const uint8_t *data, size_t len)
{
    size_t most = strlen(VERSION);

    return memcmp(data, VERSION, len < most ? len : most) == 0;
}

static pwwb_status
read_lines(wb_amqp_text text, wb_amqp_head *head)
{
    const char  *start    = text.p;
    int          has_line = 0, rc;
    wb_amqp_text line;

    while ((rc = next_line(&text, &line)) == 1) {
        if (has_line && line.len == 0) {
            head->fields.len = (size_t)(line.p - head->fields.p);
            head->len        = (size_t)(text.p - start);
            return PWWB_OK;
        }
        if (has_line ? !is_field(line) : !read_status(line, head))
            return PWWB_E_MALFORMED;
        if (!has_line)
            head->fields.p = text.p;
        has_line = 1;
    }
    if (rc < 0 || !all(line, is_text))
        return PWWB_E_MALFORMED;

    return PWWB_OK;
}

pwwb_status
wb_amqp_head_parse(const uint8_t *data, size_t len, wb_amqp_head *ret_head)
{
    static const wb_amqp_head none;
    size_t                    most = len < WB_AMQP_HEAD_MAX ? len : WB_AMQP_HEAD_MAX;
    wb_amqp_head              head = none;
    pwwb_status               st;

    *ret_head = none;
    if (len == 0)
        return PWWB_OK;
    if (!begins_well(data, most))
        return PWWB_E_MALFORMED;

    st = read_lines(text_of((const char *)data, most), &head);
    if (st != PWWB_OK)
        return st;
    if (head.len == 0)
        return most == WB_AMQP_HEAD_MAX ? PWWB_E_TOO_LARGE : PWWB_OK;

    *ret_head = head;
    return PWWB_OK;
}

/* The next field of this name among those left. */
static int
next_field(wb_amqp_text *fields, const char *name, wb_amqp_text *ret_value)
{
    wb_amqp_text line;

    while (next_line(fields, &line) == 1)
        if (wb_amqp_text_is(cut(&line, ':'), name)) {
            *ret_value = trim(line);
            return 1;
        }
    return 0;
}

size_t
wb_amqp_head_find(const wb_amqp_head *head, const char *name, wb_amqp_text *ret_value)
{
    wb_amqp_text fields = head->fields, value;
    size_t       count  = 0;

    *ret_value = text_of("", 0);
    while (next_field(&fields, name, &value)) {
        if (count == 0)
            *ret_value = value;
        count++;
    }
    return count;
}

int
wb_amqp_head_lists(const wb_amqp_head *head, const char *name, const char *token)
{
    wb_amqp_text fields = head->fields, value;

    while (next_field(&fields, name, &value))
        while (value.len > 0)
            if (wb_amqp_text_is(trim(cut(&value, ',')), token))
                return 1;
    return 0;
}
