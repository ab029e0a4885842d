/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"

#include <string.h>

#include "error.h"
#include "guid.h"
#include "ops.h"
#include "page.h"
#include "utf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define YEAR_9999_MS 253402300799999 /* the last that RFC 3339 can write */

/* The names of each enum, from 1. */
static const char *const sides[]      = {"portal", "agent"};
static const char *const stages[]     = {"before", "after"};
static const char *const ends[]       = {"answered", "repeated", "put_off", "given_up", "not_sent",
                                         "no_answer"};
static const char *const operations[] = {"change", "change_forced", "reset_self", "reset_admin",
                                         "unlock"};
static const char *const origins[]    = {"account_portal", "sign_in",        "reset_portal",
                                         "admin_portal",   "classic_portal", "graph_beta",
                                         "graph",          "aad_graph",      "powershell_v1",
                                         "powershell_v2",  "office_portal"};
static const char *const actors[]     = {"user", "admin"};
static const char *const user_types[] = {"hash_sync", "federated", "pass_through", "cloud_only"};
static const char *const outcomes[]   = {"set", "set_with_warnings", "not_set", "unknown"};
static const char *const changes[]    = {"keep", "set", "clear"}; /* from 0 */

static void
say_name(wb_page *p, const char *name)
{
    wb_page_say(p, "%s\"%s\":", p->len > 1 ? "," : "", name);
}

/* A word of ours: nothing in it needs escaping. */
static void
say_word(wb_page *p, const char *name, const char *word)
{
    say_name(p, name);
    wb_page_say(p, "\"%s\"", word);
}

static void
say_number(wb_page *p, const char *name, int64_t number)
{
    say_name(p, name);
    wb_page_say(p, "%lld", (long long)number);
}

/* 0 is nothing; a number without a name is "?". */
static void
say_enum(wb_page *p, const char *name, int32_t value, const char *const *names, size_t count)
{
    if (value != 0)
        say_word(p, name, value > 0 && (size_t)value <= count ? names[value - 1] : "?");
}

#define SAY_ENUM(p, name, value, names) say_enum(p, name, value, names, COUNT(names))

static void
say_bit(wb_page *p, const char *name, int is_there)
{
    say_name(p, name);
    wb_page_say(p, is_there ? "true" : "false");
}

static void
say_guid(wb_page *p, const char *name, const uint8_t guid[PWWB_ID_SIZE])
{
    char text[37];

    if (wb_guid_is_zero(guid))
        return;
    wb_guid_print(guid, text);
    say_word(p, name, text);
}

/* No GUID, though of its size: octets in their order. */
static void
say_id(wb_page *p, const char *name, const uint8_t id[PWWB_ID_SIZE])
{
    size_t i;

    if (wb_guid_is_zero(id))
        return;
    say_name(p, name);
    wb_page_say(p, "\"");
    for (i = 0; i < PWWB_ID_SIZE; i++)
        wb_page_say(p, "%02x", id[i]);
    wb_page_say(p, "\"");
}

static void
say_anchor(wb_page *p, const pwwb_anchor *anchor)
{
    char   text[PWWB_ANCHOR_TEXT_SIZE];
    size_t len;

    if (pwwb_anchor_print(anchor, text, sizeof(text), &len, NULL) == PWWB_OK)
        say_word(p, "anchor", text);
}

/* One character of a text from outside, which is at `at`. */
static void
say_char(wb_page *p, const char *text, size_t len, size_t *at)
{
    size_t  from = *at;
    int32_t code = wb_utf8_next((const uint8_t *)text, len, at);

    if (code < 0) {
        *at = from + 1;
        wb_page_say(p, "\xef\xbf\xbd");
    } else if (code < ' ' || code == '"' || code == '\\' || (code >= 0x7f && code < 0xa0)) {
        wb_page_say(p, "\\u%04x", (unsigned)code);
    } else {
        wb_page_say(p, "%.*s", (int)(*at - from), text + from);
    }
}

static void
say_text(wb_page *p, const char *name, const char *text, size_t size)
{
    size_t len = strnlen(text, size);
    size_t at  = 0;

    if (len == 0)
        return;
    say_name(p, name);
    wb_page_say(p, "\"");
    while (at < len)
        say_char(p, text, len, &at);
    wb_page_say(p, "\"");
}

static void
say_time(wb_page *p, int64_t ms)
{
    char text[WB_PAGE_TIME_SIZE];

    ms = ms < 0 ? 0 : ms > YEAR_9999_MS ? YEAR_9999_MS : ms;
    (void)wb_page_time(ms, text);
    say_name(p, "time");
    wb_page_say(p, "\"%.19s.%03dZ\"", text, (int)(ms % 1000));
}

/* What the claims say. */
static void
say_request(wb_page *p, const pwwb_audit_event *e)
{
    say_guid(p, "tenant", e->tenant);
    say_id(p, "request", e->cti);
    SAY_ENUM(p, "operation", e->operation, operations);
    SAY_ENUM(p, "origin", e->origin, origins);
    SAY_ENUM(p, "actor", e->actor, actors);
    say_guid(p, "actor_id", e->actor_id);
    SAY_ENUM(p, "user_type", e->user_type, user_types);
    say_anchor(p, &e->anchor);
    if (e->operation == 0)
        return;

    say_word(p, "must_change",
             e->must_change >= 0 && (size_t)e->must_change < COUNT(changes) ? changes[e->must_change]
                                                                            : "?");
    say_bit(p, "unlock", (e->flags & PWWB_FLAG_UNLOCK) != 0);
    say_bit(p, "own_account", (e->flags & PWWB_FLAG_OWN_ACCOUNT) != 0);
}

/* What was found out. */
static void
say_rest(wb_page *p, const pwwb_audit_event *e)
{
    say_text(p, "directory", e->directory, sizeof(e->directory));
    say_guid(p, "object", e->guid);
    say_text(p, "controller", e->controller, sizeof(e->controller));
    if (e->code != 0) {
        say_word(p, "code", pwwb_code_name(e->code));
        say_number(p, "code_number", e->code);
    }
    SAY_ENUM(p, "outcome", e->outcome, outcomes);
    if (e->stage == PWWB_AUDIT_AFTER)
        say_number(p, "findings", e->findings);
    if (e->duration_ms >= 0)
        say_number(p, "duration_ms", e->duration_ms);
}

static void
say_event(wb_page *p, const pwwb_audit_event *e)
{
    wb_page_say(p, "{");
    say_time(p, e->time_ms);
    SAY_ENUM(p, "side", e->side, sides);
    SAY_ENUM(p, "stage", e->stage, stages);
    SAY_ENUM(p, "end", e->end, ends);
    say_request(p, e);
    say_rest(p, e);
    wb_page_say(p, "}");
}

pwwb_status
pwwb_audit_print(const pwwb_audit_event *event, char *buf, size_t buf_size, size_t *ret_len,
                 pwwb_error *err)
{
    char             line[PWWB_AUDIT_LINE_SIZE];
    wb_page          page = {.buf = line, .size = sizeof(line)};
    pwwb_audit_event ours;
    pwwb_status      st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (event == NULL || ret_len == NULL || (buf == NULL && buf_size != 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "event, buf and ret_len must be given");
    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_audit_event, controller), event);
    if (st != PWWB_OK)
        return wb_fail(err, st, "an event of size %zu does not fit this library", event->size);
    if (ours.side == 0 || ours.stage == 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "an event has a side and a stage");

    say_event(&page, &ours);
    *ret_len = page.len;
    if (buf_size <= page.len)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the event needs %zu octets", page.len + 1);

    memcpy(buf, line, page.len + 1);
    return PWWB_OK;
}
