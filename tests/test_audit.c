/* SPDX-License-Identifier: Apache-2.0 */
/* An event as a line: names as docs/audit.md has them, octets as RFC 8259 wants them. */
/* rows: 16 */
#include "audit.h"
#include "flow_world.h"

/* tests/cases/anchor-scenarios.json */
static const struct conversion {
    const char *guid;
    const char *octets;
    const char *source_anchor;
} conversions[] = {
#include "anchor_conversions.h"
};

static char   line[PWWB_AUDIT_LINE_SIZE];
static size_t len;

static const char *
print(const pwwb_audit_event *event)
{
    memset(line, 'x', sizeof(line));
    CHECK_STATUS(PWWB_OK, pwwb_audit_print(event, line, sizeof(line), &len, NULL));
    CHECK_INT(strnlen(line, sizeof(line)), len);
    return line;
}

static pwwb_audit_event
event_of(int32_t side, int32_t stage)
{
    return (pwwb_audit_event){.size = sizeof(pwwb_audit_event), .time_ms = NOW_MS, .side = side,
                              .stage = stage, .duration_ms = -1};
}

/* Seconds since 1970 of a time: `date -u -d 2017-07-14T02:40:00 +%s` says 1500000000. */
static void
everything_that_is_known_stands_there(void)
{
    pwwb_audit_event e = event_of(PWWB_AUDIT_AGENT, PWWB_AUDIT_AFTER);
    size_t           i;

    e.end         = PWWB_AUDIT_ANSWERED;
    e.operation   = PWWB_OPERATION_RESET_ADMIN;
    e.origin      = PWWB_FROM_GRAPH_BETA;
    e.actor       = PWWB_ACTOR_ADMIN;
    e.user_type   = PWWB_USER_HASH_SYNC;
    e.must_change = PWWB_MUST_CHANGE_SET;
    e.flags       = PWWB_FLAG_UNLOCK;
    e.anchor.kind = PWWB_ANCHOR_SOURCE;
    memcpy(e.tenant, conversions[1].octets, PWWB_ID_SIZE);
    memcpy(e.actor_id, conversions[2].octets, PWWB_ID_SIZE);
    memcpy(e.guid, conversions[2].octets, PWWB_ID_SIZE);
    memcpy(e.anchor.guid, conversions[2].octets, PWWB_ID_SIZE);
    for (i = 0; i < PWWB_ID_SIZE; i++)
        e.cti[i] = (uint8_t)(0x11 * i);
    e.code        = PWWB_CODE_OK_UNLOCK_FAILED;
    e.outcome     = PWWB_OUTCOME_SET_WITH_WARNINGS;
    e.findings    = 2;
    e.duration_ms = 41;
    memcpy(e.directory, "west", 5);
    memcpy(e.controller, "dc1.example.test", 17);
    CHECK_STR("{\"time\":\"2017-07-14T02:40:00.500Z\",\"side\":\"agent\",\"stage\":\"after\","
              "\"end\":\"answered\",\"tenant\":\"3f2504e0-4f89-11d3-9a0c-0305e82c3301\","
              "\"request\":\"00112233445566778899aabbccddeeff\",\"operation\":\"reset_admin\","
              "\"origin\":\"graph_beta\",\"actor\":\"admin\","
              "\"actor_id\":\"6b88ded7-401c-4710-b1fb-1b39f4b0ae2a\",\"user_type\":\"hash_sync\","
              "\"anchor\":\"196IaxxAEEex+xs59LCuKg==\",\"must_change\":\"set\",\"unlock\":true,"
              "\"own_account\":false,\"directory\":\"west\","
              "\"object\":\"6b88ded7-401c-4710-b1fb-1b39f4b0ae2a\","
              "\"controller\":\"dc1.example.test\",\"code\":\"OK_UNLOCK_FAILED\",\"code_number\":4,"
              "\"outcome\":\"set_with_warnings\",\"findings\":2,\"duration_ms\":41}",
              print(&e));
}

static void
what_is_not_known_is_left_out(void)
{
    pwwb_audit_event e = event_of(PWWB_AUDIT_PORTAL, PWWB_AUDIT_BEFORE);

    CHECK_STR("{\"time\":\"2017-07-14T02:40:00.500Z\",\"side\":\"portal\",\"stage\":\"before\"}",
              print(&e));
}

static void
a_number_without_a_name_is_a_question_mark(void)
{
    static const int32_t numbers[] = {-1, 99, INT32_MAX, INT32_MIN};
    size_t               i;

    for (i = 0; i < COUNT(numbers); i++) {
        pwwb_audit_event e = event_of(numbers[i], numbers[i]);

        e.end = e.operation = e.origin = e.actor = e.user_type = e.must_change = numbers[i];
        e.outcome = numbers[i];
        CHECK_STR("{\"time\":\"2017-07-14T02:40:00.500Z\",\"side\":\"?\",\"stage\":\"?\","
                  "\"end\":\"?\",\"operation\":\"?\",\"origin\":\"?\",\"actor\":\"?\","
                  "\"user_type\":\"?\",\"must_change\":\"?\",\"unlock\":false,"
                  "\"own_account\":false,\"outcome\":\"?\"}",
                  print(&e));
    }
}

/* RFC 8259, 7: quotation mark, reverse solidus and controls are escaped; 8.1: it is UTF-8. */
static void
texts_from_outside_stay_one_string(void)
{
    static const struct {
        const char *text;
        const char *written;
    } rows[] = {
        {"a\"b\\c", "a\\u0022b\\u005cc"},
        {"a\nb\x7f\x01", "a\\u000ab\\u007f\\u0001"},
        {"d\xc3\xa4", "d\xc3\xa4"},                         /* a letter of two octets */
        {"\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91"},           /* of four */
        {"\xc2\x9b", "\\u009b"},                            /* a control of two */
        {"a\xff" "b", "a\xef\xbf\xbd" "b"},                 /* none at all */
        {"\xc3", "\xef\xbf\xbd"},                           /* cut */
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
    };
    char   wanted[256];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        pwwb_audit_event e = event_of(PWWB_AUDIT_PORTAL, PWWB_AUDIT_BEFORE);

        (void)snprintf(e.controller, sizeof(e.controller), "%s", rows[i].text);
        (void)snprintf(wanted, sizeof(wanted),
                       "{\"time\":\"2017-07-14T02:40:00.500Z\",\"side\":\"portal\","
                       "\"stage\":\"before\",\"controller\":\"%s\"}",
                       rows[i].written);
        CHECK_STR(wanted, print(&e));
    }
}

/* RFC 3339 has four digits of a year. */
static void
any_time_is_a_time(void)
{
    static const struct {
        int64_t     ms;
        const char *text;
    } rows[] = {{0, "1970-01-01T00:00:00.000Z"},
                {-1, "1970-01-01T00:00:00.000Z"},
                {951782400007, "2000-02-29T00:00:00.007Z"},
                {253402300799999, "9999-12-31T23:59:59.999Z"},
                {INT64_MAX, "9999-12-31T23:59:59.999Z"}};
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        pwwb_audit_event e = event_of(PWWB_AUDIT_AGENT, PWWB_AUDIT_BEFORE);

        e.time_ms = rows[i].ms;
        CHECK_MEM(rows[i].text, 24, print(&e) + 9, 24);
    }
}

/* Every octet set, no text ended: the longest that there is. */
static void
the_longest_line_fits_and_a_smaller_room_learns_the_need(void)
{
    pwwb_audit_event e;
    char             small[PWWB_AUDIT_LINE_SIZE];
    size_t           need;

    memset(&e, 1, sizeof(e)); /* each character a control: six octets */
    e.size        = sizeof(e);
    e.anchor.kind = PWWB_ANCHOR_CLOUD;
    e.duration_ms = INT64_MAX;
    e.findings = e.code = INT32_MIN;
    (void)print(&e);
    CHECK(len > 6 * (sizeof(e.controller) + sizeof(e.directory)));
    CHECK(len < PWWB_AUDIT_LINE_SIZE - 512);

    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, pwwb_audit_print(&e, NULL, 0, &need, NULL));
    CHECK_INT(len, need);
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, pwwb_audit_print(&e, small, need, &need, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_audit_print(&e, small, need + 1, &need, NULL));
    CHECK_STR(line, small);
}

/* A struct of a later version, as its host would hand it over. */
static void
an_event_that_is_newer_is_read_while_its_news_are_none(void)
{
    struct {
        pwwb_audit_event e;
        uint8_t          more[8];
    } later = {.e = event_of(PWWB_AUDIT_AGENT, PWWB_AUDIT_BEFORE)};

    later.e.size = sizeof(later);
    CHECK_STATUS(PWWB_OK, pwwb_audit_print(&later.e, line, sizeof(line), &len, NULL));
    later.more[7] = 1;
    CHECK_STATUS(PWWB_E_ABI, pwwb_audit_print(&later.e, line, sizeof(line), &len, NULL));
    later.e.size = 16;
    CHECK_STATUS(PWWB_E_ABI, pwwb_audit_print(&later.e, line, sizeof(line), &len, NULL));
}

static void
what_is_no_event_is_refused(void)
{
    pwwb_audit_event e       = event_of(PWWB_AUDIT_AGENT, PWWB_AUDIT_AFTER);
    pwwb_audit_event no_side = event_of(0, PWWB_AUDIT_AFTER);
    pwwb_audit_event no_when = event_of(PWWB_AUDIT_AGENT, 0);

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_audit_print(NULL, line, sizeof(line), &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_audit_print(&e, NULL, 1, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_audit_print(&e, line, sizeof(line), NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_audit_print(&no_side, line, sizeof(line), &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_audit_print(&no_when, line, sizeof(line), &len, NULL));
}

int
main(void)
{
    RUN(everything_that_is_known_stands_there);
    RUN(what_is_not_known_is_left_out);
    RUN(a_number_without_a_name_is_a_question_mark);
    RUN(texts_from_outside_stay_one_string);
    RUN(any_time_is_a_time);
    RUN(the_longest_line_fits_and_a_smaller_room_learns_the_need);
    RUN(an_event_that_is_newer_is_read_while_its_news_are_none);
    RUN(what_is_no_event_is_refused);
    return DONE;
}
