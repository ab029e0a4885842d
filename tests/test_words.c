/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 16 */
#include <stdlib.h>

#include "clock.h"
#include "error.h"
#include "fakes.h"
#include "faults.h"
#include "harness.h"
#include "log.h"
#include "ops.h"
#include "secret.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The header's own list: no default, so that the compiler misses a status that is not here. */
static const char *
name_in_header(pwwb_status status)
{
#define NAME(name) \
    case name:     \
        return #name
    switch ((enum pwwb_status_code)status) {
        NAME(PWWB_OK);
        NAME(PWWB_E_INVALID_ARGUMENT);
        NAME(PWWB_E_ABI);
        NAME(PWWB_E_BUFFER_TOO_SMALL);
        NAME(PWWB_E_STATE);
        NAME(PWWB_E_NOT_SUPPORTED);
        NAME(PWWB_E_NO_MEMORY);
        NAME(PWWB_E_SYSTEM);
        NAME(PWWB_E_PERMISSION);
        NAME(PWWB_E_NO_SPACE);
        NAME(PWWB_E_READ_ONLY);
        NAME(PWWB_E_CHANGED);
        NAME(PWWB_E_MALFORMED);
        NAME(PWWB_E_TOO_LARGE);
        NAME(PWWB_E_NOT_AUTHENTIC);
        NAME(PWWB_E_KEY_UNKNOWN);
        NAME(PWWB_E_KEY_HALF);
        NAME(PWWB_E_CRYPTO);
        NAME(PWWB_E_KEY_INACTIVE);
        NAME(PWWB_E_KEY_UNAVAILABLE);
        NAME(PWWB_E_EXPIRED);
        NAME(PWWB_E_NOT_YET);
        NAME(PWWB_E_WRONG_TENANT);
        NAME(PWWB_E_REPLAYED);
        NAME(PWWB_E_NOT_FOUND);
        NAME(PWWB_E_TIMEOUT);
        NAME(PWWB_E_CONNECT);
        NAME(PWWB_E_CLOSED);
        NAME(PWWB_E_TLS);
        NAME(PWWB_E_TLS_CA);
        NAME(PWWB_E_TLS_NAME);
        NAME(PWWB_E_TLS_EXPIRED);
        NAME(PWWB_E_FULL);
        NAME(PWWB_E_NO_AGENT);
        NAME(PWWB_E_STOPPED);
        NAME(PWWB_E_DIRECTORY);
        NAME(PWWB_E_AUTH);
        NAME(PWWB_E_CALLBACK);
    }
#undef NAME
    return NULL;
}

static void
every_status_has_its_name_and_its_hundred_as_class(void)
{
    pwwb_status status;

    for (status = -1000; status <= 1000; status++) {
        const char *name = name_in_header(status);

        CHECK_STR(name != NULL ? name : "PWWB_E_?", pwwb_status_name(status));
        CHECK_INT(name != NULL, wb_status_is_known(status));
        CHECK_INT(name != NULL ? -status / 100 : PWWB_CLASS_CALLBACK, pwwb_status_class(status));
    }
    CHECK_STR("PWWB_E_?", pwwb_status_name(INT32_MIN));
    CHECK_INT(PWWB_CLASS_CALLBACK, pwwb_status_class(INT32_MIN));
}

static void
an_error_keeps_the_last_failure_until_the_next_call(void)
{
    pwwb_error *err = pwwb_error_new();

    CHECK_STATUS(PWWB_OK, pwwb_error_status(err));
    CHECK_STR("", pwwb_error_message(err));

    CHECK_STATUS(PWWB_E_MALFORMED, wb_fail(err, PWWB_E_MALFORMED, "tag %d is unknown", 7));
    CHECK_STATUS(PWWB_E_MALFORMED, pwwb_error_status(err));
    CHECK_STR("tag 7 is unknown", pwwb_error_message(err));
    CHECK_INT(PWWB_LAYER_PWWB, pwwb_error_layer(err));
    CHECK_INT(0, pwwb_error_code(err));

    CHECK_STATUS(PWWB_E_SYSTEM,
                 wb_fail_from(err, PWWB_E_SYSTEM, PWWB_LAYER_ERRNO, 28, "disk full"));
    CHECK_INT(PWWB_LAYER_ERRNO, pwwb_error_layer(err));
    CHECK_INT(28, pwwb_error_code(err));

    wb_ok(err);
    CHECK_STATUS(PWWB_OK, pwwb_error_status(err));
    CHECK_STR("", pwwb_error_message(err));
    CHECK_INT(PWWB_LAYER_PWWB, pwwb_error_layer(err));
    CHECK_INT(0, pwwb_error_code(err));
    pwwb_error_free(err);
}

static void
no_error_object_means_no_details_wanted(void)
{
    wb_ok(NULL);
    CHECK_STATUS(PWWB_E_FULL, wb_fail(NULL, PWWB_E_FULL, "full"));
    CHECK_STATUS(PWWB_E_FULL, wb_fail_from(NULL, PWWB_E_FULL, PWWB_LAYER_LDAP, 51, "busy"));
    CHECK_STATUS(PWWB_E_FULL, pwwb_error_set(NULL, PWWB_E_FULL, "full"));
    CHECK_STATUS(PWWB_E_FULL, wb_answer(NULL, PWWB_E_FULL, "the journal"));
    CHECK_STATUS(PWWB_E_CALLBACK, wb_answer(NULL, 7, "the journal"));
    CHECK_STATUS(PWWB_OK, pwwb_error_status(NULL));
    CHECK_STR("", pwwb_error_message(NULL));
    CHECK_INT(0, pwwb_error_layer(NULL));
    CHECK_INT(0, pwwb_error_code(NULL));
    pwwb_error_free(NULL);

    faults_fail(1);
    CHECK(pwwb_error_new() == NULL);
    faults_stop();
}

static void
a_callbacks_failure_can_be_set_with_a_message_of_any_length(void)
{
    pwwb_error *err = pwwb_error_new();
    char        text[400];

    memset(text, 'x', sizeof(text));
    text[399] = '\0';
    CHECK_STATUS(PWWB_E_DIRECTORY, pwwb_error_set(err, PWWB_E_DIRECTORY, text));
    CHECK_INT(255, strlen(pwwb_error_message(err)));
    CHECK_INT(PWWB_LAYER_CALLER, pwwb_error_layer(err));
    CHECK_INT(PWWB_E_DIRECTORY, pwwb_error_code(err));

    CHECK_STATUS(PWWB_E_FULL, pwwb_error_set(err, PWWB_E_FULL, NULL));
    CHECK_STR("", pwwb_error_message(err));
    CHECK_STATUS(PWWB_E_FULL, pwwb_error_set(err, PWWB_E_FULL, "100% %s %n"));
    CHECK_STR("100% %s %n", pwwb_error_message(err));
    CHECK_STATUS(PWWB_E_AUTH, pwwb_error_set(err, PWWB_E_AUTH, pwwb_error_message(err)));
    CHECK_STR("100% %s %n", pwwb_error_message(err));
    pwwb_error_free(err);
}

/* 255 octets are kept: a character that does not fit whole is dropped, and no other. */
static void
a_message_is_not_cut_within_a_character(void)
{
    static const struct {
        const char *character;
        size_t      before, kept;
    } rows[] = {
        {"\xc3\xbc", 253, 255},         {"\xc3\xbc", 254, 254},
        {"\xe6\xb0\xb4", 252, 255},     {"\xe6\xb0\xb4", 253, 253},
        {"\xe6\xb0\xb4", 254, 254},     {"\xf0\x9f\x98\x80", 251, 255},
        {"\xf0\x9f\x98\x80", 252, 252}, {"\xf0\x9f\x98\x80", 253, 253},
        {"\xf0\x9f\x98\x80", 254, 254}, {"x", 254, 255},
    };
    pwwb_error *err = pwwb_error_new();
    size_t      i;

    for (i = 0; i < COUNT(rows); i++) {
        char text[400];

        memset(text, 'x', sizeof(text));
        memcpy(text + rows[i].before, rows[i].character, strlen(rows[i].character));
        text[399] = '\0';
        (void)pwwb_error_set(err, PWWB_E_FULL, text);
        CHECK_INT(rows[i].kept, strlen(pwwb_error_message(err)));
        CHECK_MEM(text, rows[i].kept, pwwb_error_message(err), rows[i].kept);
    }
    pwwb_error_free(err);
}

static void
a_callbacks_answer_is_passed_on_when_it_is_one_of_ours(void)
{
    pwwb_error *err = pwwb_error_new();

    CHECK_STATUS(PWWB_OK, wb_answer(err, PWWB_OK, "the journal"));
    CHECK_STATUS(PWWB_E_FULL, wb_answer(err, PWWB_E_FULL, "the journal"));
    CHECK_STR("the journal answered PWWB_E_FULL", pwwb_error_message(err));

    (void)pwwb_error_set(err, PWWB_E_FULL, "its own words");
    CHECK_STATUS(PWWB_E_FULL, wb_answer(err, PWWB_E_FULL, "the journal"));
    CHECK_STR("its own words", pwwb_error_message(err));

    CHECK_STATUS(PWWB_E_CALLBACK, wb_answer(err, 1, "the journal"));
    CHECK_INT(PWWB_LAYER_CALLER, pwwb_error_layer(err));
    CHECK_INT(1, pwwb_error_code(err));
    CHECK_STATUS(PWWB_E_CALLBACK, wb_answer(err, -1, "the journal"));
    CHECK_STATUS(PWWB_E_CALLBACK, wb_answer(err, INT32_MIN, "the journal"));
    CHECK_INT(INT32_MIN, pwwb_error_code(err));
    pwwb_error_free(err);
}

/* A struct as it was in 0.1, as it is here, and as it will be. */
typedef struct oldest {
    size_t  size;
    int64_t a;
} oldest;

typedef struct ours {
    size_t  size;
    int64_t a;
    int64_t b;
} ours;

typedef struct newer {
    size_t  size;
    int64_t a;
    int64_t b;
    int64_t c;
} newer;

#define LEAST WB_SIZE_UP_TO(ours, a)

static pwwb_status
import(ours *mine, const void *theirs)
{
    memset(mine, 'x', sizeof(*mine));
    return wb_ops_import(mine, sizeof(*mine), LEAST, theirs);
}

static void
a_struct_of_any_age_is_imported(void)
{
    oldest o    = {sizeof(o), 1};
    ours   same = {sizeof(same), 1, 2};
    newer  n    = {sizeof(n), 1, 2, 0};
    ours   mine;

    CHECK_STATUS(PWWB_OK, import(&mine, &o));
    CHECK(mine.size == sizeof(o) && mine.a == 1 && mine.b == 0);
    CHECK_STATUS(PWWB_OK, import(&mine, &same));
    CHECK(mine.a == 1 && mine.b == 2);
    CHECK_STATUS(PWWB_OK, import(&mine, &n));
    CHECK(mine.a == 1 && mine.b == 2);
}

static void
a_longer_struct_is_refused_once_the_unknown_part_is_set(void)
{
    newer n = {sizeof(n), 1, 2, 0};
    ours  mine;

    n.c = (int64_t)1 << 56;
    CHECK_STATUS(PWWB_E_ABI, import(&mine, &n));
    n.c = 1;
    CHECK_STATUS(PWWB_E_ABI, import(&mine, &n));
}

static void
a_size_that_is_none_is_refused_before_anything_is_read(void)
{
    static const size_t sizes[] = {0, 1, sizeof(size_t), LEAST - 1, 8193, SIZE_MAX, SIZE_MAX / 2};
    ours                mine;
    size_t              i;

    for (i = 0; i < COUNT(sizes); i++) {
        uint8_t *theirs = wb_secret_new(sizeof(size_t)); /* nothing may be read beyond it */

        memcpy(theirs, &sizes[i], sizeof(size_t));
        CHECK_STATUS(PWWB_E_ABI, import(&mine, theirs));
        CHECK_STATUS(PWWB_E_ABI, wb_ops_export(theirs, LEAST, &mine, sizeof(mine)));
        CHECK_MEM(&sizes[i], sizeof(size_t), theirs, sizeof(size_t));
        wb_secret_free(theirs);
    }
}

static void
a_struct_of_any_age_is_exported_as_far_as_it_reaches(void)
{
    ours   mine = {sizeof(mine), 1, 2};
    oldest o[2] = {{sizeof(oldest), 9}, {7, 7}};
    newer  n    = {sizeof(n), 9, 9, 9};

    CHECK_STATUS(PWWB_OK, wb_ops_export(&o[0], LEAST, &mine, sizeof(mine)));
    CHECK(o[0].size == sizeof(oldest) && o[0].a == 1 && o[1].size == 7);
    CHECK_STATUS(PWWB_OK, wb_ops_export(&n, LEAST, &mine, sizeof(mine)));
    CHECK(n.size == sizeof(n) && n.a == 1 && n.b == 2 && n.c == 0);
}

static void
a_clock_is_taken_with_both_its_methods_or_not_at_all(void)
{
    pwwb_clock_ops ops   = fake_clock_ops;
    fake_clock     state = {1000, 2000};
    wb_clock       clock;

    CHECK_STATUS(PWWB_OK, wb_clock_make(&clock, &ops, &state, NULL));
    CHECK_INT(1000, wb_clock_wall_ms(&clock));
    CHECK_INT(2000, wb_clock_monotonic_ms(&clock));

    ops.wall_ms = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_clock_make(&clock, &ops, &state, NULL));
    ops              = fake_clock_ops;
    ops.monotonic_ms = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_clock_make(&clock, &ops, &state, NULL));
    ops      = fake_clock_ops;
    ops.size = sizeof(size_t);
    CHECK_STATUS(PWWB_E_ABI, wb_clock_make(&clock, &ops, &state, NULL));
}

static void
the_systems_clocks_tell_the_time(void)
{
    wb_clock clock;

    CHECK_STATUS(PWWB_OK, wb_clock_make(&clock, NULL, NULL, NULL));
    CHECK(wb_clock_wall_ms(&clock) > 1700000000000);
    CHECK(wb_clock_monotonic_ms(&clock) > 0);
}

static void
a_deadline_has_what_is_left_of_it(void)
{
    fake_clock state = {0, 5000};
    wb_clock   clock;
    int64_t    deadline;

    CHECK_STATUS(PWWB_OK, wb_clock_make(&clock, &fake_clock_ops, &state, NULL));
    deadline = wb_deadline_in(&clock, 300);
    CHECK_INT(300, wb_deadline_left(&clock, deadline));
    state.monotonic_ms = 5299;
    CHECK_INT(1, wb_deadline_left(&clock, deadline));
    state.monotonic_ms = 5300;
    CHECK_INT(0, wb_deadline_left(&clock, deadline));
    state.monotonic_ms = INT64_MAX;
    CHECK_INT(0, wb_deadline_left(&clock, deadline));

    state.monotonic_ms = 5000;
    CHECK_INT(0, wb_deadline_left(&clock, wb_deadline_in(&clock, 0)));
}

static void
no_limit_and_a_deadline_beyond_all_time_are_no_deadline(void)
{
    fake_clock state = {0, 5000};
    wb_clock   clock;

    CHECK_STATUS(PWWB_OK, wb_clock_make(&clock, &fake_clock_ops, &state, NULL));
    CHECK_INT(WB_NO_DEADLINE, wb_deadline_in(&clock, -1));
    CHECK_INT(WB_NO_DEADLINE, wb_deadline_in(&clock, INT64_MIN));
    CHECK_INT(WB_NO_DEADLINE, wb_deadline_in(&clock, INT64_MAX));
    CHECK_INT(INT64_MAX, wb_deadline_in(&clock, INT64_MAX - 5000));
    CHECK_INT(-1, wb_deadline_left(&clock, WB_NO_DEADLINE));
    state.monotonic_ms = INT64_MAX;
    CHECK_INT(INT64_MAX, wb_deadline_in(&clock, 0));
    CHECK_INT(WB_NO_DEADLINE, wb_deadline_in(&clock, 1));
    state.monotonic_ms = 0;
    CHECK_INT(INT64_MAX, wb_deadline_left(&clock, INT64_MAX));
}

/* The last line said. */
typedef struct heard {
    int         count;
    int32_t     level;
    const char *room;
    char        message[600];
} heard;

static void
hear(void *ctx, int32_t level, const char *room, const char *message)
{
    heard *h = ctx;

    h->count++;
    h->level = level;
    h->room  = room;
    (void)snprintf(h->message, sizeof(h->message), "%s", message);
}

static void
a_log_line_is_finished_and_only_for_who_listens(void)
{
    heard  h      = {0};
    wb_log log    = {hear, &h};
    wb_log silent = {NULL, &h};
    char   long_[600];

    wb_log_say(&log, PWWB_LOG_WARN, "ldap", "%d of %s", 3, "four");
    CHECK_INT(1, h.count);
    CHECK_INT(PWWB_LOG_WARN, h.level);
    CHECK_STR("ldap", h.room);
    CHECK_STR("3 of four", h.message);

    wb_log_say(&silent, PWWB_LOG_WARN, "ldap", "nothing");
    CHECK_INT(1, h.count);

    memset(long_, 'x', sizeof(long_));
    long_[599] = '\0';
    wb_log_say(&log, PWWB_LOG_INFO, "ldap", "%s", long_);
    CHECK_INT(511, strlen(h.message));
}

static void
secrets_are_made_zeroed_compared_and_wiped(void)
{
    uint8_t *a = wb_secret_new(32);
    uint8_t *b = wb_secret_new(32);

    CHECK(wb_equal(a, b, 32));
    CHECK_INT(0, a[31]);
    a[31] = 1;
    CHECK(!wb_equal(a, b, 32));
    wb_wipe(a, 32);
    CHECK(wb_equal(a, b, 32));
    wb_secret_free(a);
    wb_secret_free(b);
    wb_secret_free(NULL);

    faults_fail(1);
    CHECK(wb_secret_new(32) == NULL);
    faults_fail(1);
    CHECK_INT(0, wb_secret_can_lock());
    faults_stop();
}

int
main(void)
{
    RUN(every_status_has_its_name_and_its_hundred_as_class);
    RUN(an_error_keeps_the_last_failure_until_the_next_call);
    RUN(no_error_object_means_no_details_wanted);
    RUN(a_callbacks_failure_can_be_set_with_a_message_of_any_length);
    RUN(a_message_is_not_cut_within_a_character);
    RUN(a_callbacks_answer_is_passed_on_when_it_is_one_of_ours);
    RUN(a_struct_of_any_age_is_imported);
    RUN(a_longer_struct_is_refused_once_the_unknown_part_is_set);
    RUN(a_size_that_is_none_is_refused_before_anything_is_read);
    RUN(a_struct_of_any_age_is_exported_as_far_as_it_reaches);
    RUN(a_clock_is_taken_with_both_its_methods_or_not_at_all);
    RUN(the_systems_clocks_tell_the_time);
    RUN(a_deadline_has_what_is_left_of_it);
    RUN(no_limit_and_a_deadline_beyond_all_time_are_no_deadline);
    RUN(a_log_line_is_finished_and_only_for_who_listens);
    RUN(secrets_are_made_zeroed_compared_and_wiped);
    return DONE;
}
