/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdlib.h>

#include "fake_stream.h"
#include "faults.h"

static void
a_stream_must_read_and_write(void)
{
    pwwb_stream_ops ops    = fake_stream_ops;
    fake_stream     f      = {0};
    pwwb_stream    *stream = NULL;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new(NULL, &f, &stream, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new(&ops, &f, NULL, NULL));
    ops.read = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new(&ops, &f, &stream, NULL));
    ops       = fake_stream_ops;
    ops.write = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new(&ops, &f, &stream, NULL));
    CHECK(stream == NULL);
    CHECK_INT(0, f.destroyed);
}

static void
destroy_is_called_once_and_may_be_missing(void)
{
    pwwb_stream_ops ops = fake_stream_ops;
    fake_stream     f   = {0};
    pwwb_stream    *stream;

    pwwb_stream_free(fake_stream_over(&f));
    CHECK_INT(1, f.destroyed);

    ops.destroy = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_stream_new(&ops, &f, &stream, NULL));
    pwwb_stream_free(stream);
    pwwb_stream_free(NULL);
    CHECK_INT(1, f.destroyed);
}

static void
a_longer_table_is_refused_once_the_unknown_part_is_set(void)
{
    struct newer_ops {
        pwwb_stream_ops ops;
        void           *newer;
    };
    struct newer_ops table = {fake_stream_ops, NULL};
    fake_stream      f     = {0};
    pwwb_stream     *stream;

    table.ops.size = sizeof(table);
    CHECK_STATUS(PWWB_OK, pwwb_stream_new(&table.ops, &f, &stream, NULL));
    pwwb_stream_free(stream);

    table.newer = &f;
    CHECK_STATUS(PWWB_E_ABI, pwwb_stream_new(&table.ops, &f, &stream, NULL));
    table.ops.size = offsetof(pwwb_stream_ops, interest) - 1;
    CHECK_STATUS(PWWB_E_ABI, pwwb_stream_new(&table.ops, &f, &stream, NULL));
    table.ops.size = 0;
    CHECK_STATUS(PWWB_E_ABI, pwwb_stream_new(&table.ops, &f, &stream, NULL));
    CHECK(stream == NULL);
}

static void
a_call_without_its_arguments_is_refused_before_the_table_hears_of_it(void)
{
    fake_stream  f      = {0};
    pwwb_stream *stream = fake_stream_over(&f);
    uint8_t      buf[4] = {0};
    size_t       len    = 9;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_read(NULL, buf, 4, &len, 0, NULL));
    CHECK_INT(0, len);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_read(stream, NULL, 4, &len, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_read(stream, buf, 0, &len, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_read(stream, buf, 4, NULL, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_write(NULL, buf, 4, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_write(stream, NULL, 4, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_write(stream, buf, 0, 0, NULL));
    CHECK_INT(0, f.calls);
    pwwb_stream_free(stream);
}

static void
a_read_gives_what_is_there(void)
{
    fake_stream  f      = {.in = (const uint8_t *)"password", .in_len = 8, .most = 5};
    pwwb_stream *stream = fake_stream_over(&f);
    uint8_t      buf[8];
    size_t       len;

    CHECK_STATUS(PWWB_OK, pwwb_stream_read(stream, buf, sizeof(buf), &len, 70, NULL));
    CHECK_MEM("passw", 5, buf, len);
    CHECK_INT(70, f.timeout_ms);
    CHECK_STATUS(PWWB_OK, pwwb_stream_read(stream, buf, 2, &len, -5, NULL));
    CHECK_MEM("or", 2, buf, len);
    CHECK_INT(-1, f.timeout_ms);
    CHECK_STATUS(PWWB_OK, pwwb_stream_read(stream, buf, sizeof(buf), &len, 0, NULL));
    CHECK_MEM("d", 1, buf, len);
    CHECK_STATUS(PWWB_E_CLOSED, pwwb_stream_read(stream, buf, sizeof(buf), &len, 0, NULL));
    CHECK_INT(0, len);
    pwwb_stream_free(stream);
}

/* A host's answer to a read and to a write, and what becomes of it. */
static void
check_answer(pwwb_status answer, size_t len, pwwb_status expected)
{
    fake_stream f = {.nth = 1, .persists = 1, .status = answer, .len = len};

    pwwb_stream *stream = fake_stream_over(&f);
    pwwb_error  *err    = pwwb_error_new();
    uint8_t      buf[4] = {0};
    size_t       ret_len;

    CHECK_STATUS(expected, pwwb_stream_read(stream, buf, sizeof(buf), &ret_len, 0, err));
    CHECK_INT(0, ret_len);
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK(*pwwb_error_message(err) != '\0');
    CHECK_STATUS(expected, pwwb_stream_write(stream, buf, sizeof(buf), 0, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK(*pwwb_error_message(err) != '\0');
    CHECK_INT(2, f.calls);
    pwwb_error_free(err);
    pwwb_stream_free(stream);
}

static void
nonsense_from_a_host_is_a_failed_callback(void)
{
    check_answer(PWWB_OK, 0, PWWB_E_CALLBACK);
    check_answer(PWWB_OK, 5, PWWB_E_CALLBACK);
    check_answer(PWWB_OK, SIZE_MAX, PWWB_E_CALLBACK);
    check_answer(1, 4, PWWB_E_CALLBACK);
    check_answer(-1, 4, PWWB_E_CALLBACK);
    check_answer(INT32_MIN, 0, PWWB_E_CALLBACK);
}

static void
a_status_of_ours_is_passed_on_without_octets(void)
{
    check_answer(PWWB_E_CLOSED, 4, PWWB_E_CLOSED);
    check_answer(PWWB_E_TIMEOUT, 4, PWWB_E_TIMEOUT);
    check_answer(PWWB_E_TLS, SIZE_MAX, PWWB_E_TLS);
    check_answer(PWWB_E_CALLBACK, 0, PWWB_E_CALLBACK);
}

static void
what_a_host_says_is_kept_on_failure_and_dropped_on_success(void)
{
    fake_stream  f      = {.nth = 1, .status = PWWB_E_CLOSED, .says = 1};
    pwwb_stream *stream = fake_stream_over(&f);
    pwwb_error  *err    = pwwb_error_new();

    CHECK_STATUS(PWWB_E_CLOSED, pwwb_stream_write(stream, (const uint8_t *)"ab", 2, 0, err));
    CHECK_STR("the fake fails", pwwb_error_message(err));

    f.nth    = 2;
    f.status = PWWB_OK;
    f.len    = 2;
    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, (const uint8_t *)"ab", 2, 0, err));
    CHECK_STR("", pwwb_error_message(err));
    pwwb_error_free(err);
    pwwb_stream_free(stream);
}

static void
a_part_of_the_octets_may_be_written(void)
{
    fake_stream  f      = {.most = 3};
    pwwb_stream *stream = fake_stream_over(&f);
    size_t       len    = 9;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_stream_write_some(NULL, (const uint8_t *)"a", 1, &len, 0, NULL));
    CHECK_INT(0, len);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_write_some(stream, NULL, 1, &len, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_stream_write_some(stream, (const uint8_t *)"a", 0, &len, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_stream_write_some(stream, (const uint8_t *)"a", 1, NULL, 0, NULL));
    CHECK_INT(0, f.calls);

    CHECK_STATUS(PWWB_OK,
                 pwwb_stream_write_some(stream, (const uint8_t *)"password", 8, &len, -7, NULL));
    CHECK_MEM("pas", 3, f.out, len);
    CHECK_INT(-1, f.timeout_ms);
    pwwb_stream_free(stream);
}

/* What a table tells, and what becomes of it. */
static void
check_told(pwwb_interest told, int64_t wait_ms, pwwb_status expected)
{
    fake_stream   f      = {.interest = told, .wait_ms = wait_ms};
    pwwb_stream  *stream = fake_stream_over(&f);
    pwwb_interest i      = {.size = sizeof(i), .descriptor = 7, .directions = 7};
    pwwb_error   *err    = pwwb_error_new();
    int64_t       ms     = 7;

    CHECK_STATUS(expected, pwwb_stream_interest(stream, &i, &ms, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_INT(expected == PWWB_OK ? told.descriptor : -1, i.descriptor);
    CHECK_INT(expected == PWWB_OK ? told.directions : 0, i.directions);
    CHECK_INT(expected == PWWB_OK ? wait_ms : -1, ms);
    CHECK_INT(sizeof(i), i.size);
    pwwb_error_free(err);
    pwwb_stream_free(stream);
}

static void
what_a_table_waits_for_is_told_unless_it_is_nonsense(void)
{
    const int32_t both = PWWB_READABLE | PWWB_WRITABLE;

    check_told((pwwb_interest){.descriptor = 5, .directions = both}, -1, PWWB_OK);
    check_told((pwwb_interest){.descriptor = 0, .directions = PWWB_READABLE}, 70, PWWB_OK);
    check_told((pwwb_interest){.descriptor = -1}, 0, PWWB_OK);
    check_told((pwwb_interest){.descriptor = -1, .directions = both}, -1, PWWB_E_CALLBACK);
    check_told((pwwb_interest){.descriptor = -2}, -1, PWWB_E_CALLBACK);
    check_told((pwwb_interest){.descriptor = 5, .directions = 4}, -1, PWWB_E_CALLBACK);
    check_told((pwwb_interest){.descriptor = 5, .directions = -1}, -1, PWWB_E_CALLBACK);
    check_told((pwwb_interest){.descriptor = 5}, -2, PWWB_E_CALLBACK);
}

static void
a_table_that_does_not_tell_is_not_supported(void)
{
    pwwb_stream_ops ops = fake_stream_ops;
    fake_stream     f   = {.nth = 1, .status = PWWB_E_CLOSED};
    pwwb_interest   i   = {.size = sizeof(i)};
    pwwb_stream    *stream;
    int64_t         ms = 7;

    ops.size = offsetof(pwwb_stream_ops, interest);
    CHECK_STATUS(PWWB_OK, pwwb_stream_new(&ops, &f, &stream, NULL));
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, pwwb_stream_interest(stream, &i, &ms, NULL));
    CHECK_INT(-1, ms);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_interest(NULL, &i, &ms, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_interest(stream, NULL, &ms, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_interest(stream, &i, NULL, NULL));
    i.size = sizeof(i) - 1;
    CHECK_STATUS(PWWB_E_ABI, pwwb_stream_interest(stream, &i, &ms, NULL));
    pwwb_stream_free(stream);
    CHECK_INT(0, f.calls);

    i.size = sizeof(i);
    stream = fake_stream_over(&f);
    CHECK_STATUS(PWWB_E_CLOSED, pwwb_stream_interest(stream, &i, &ms, NULL));
    CHECK_INT(-1, i.descriptor);
    pwwb_stream_free(stream);
}

static void
a_write_goes_on_until_all_octets_are_taken(void)
{
    static const char text[] = "all of these octets, in this order";
    fake_stream       f      = {.most = 3};
    pwwb_stream      *stream = fake_stream_over(&f);

    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, (const uint8_t *)text, sizeof(text), -1, NULL));
    CHECK_MEM(text, sizeof(text), f.out, f.out_len);
    CHECK_INT((sizeof(text) + 2) / 3, f.calls);
    pwwb_stream_free(stream);
}

/* Ten octets in ten calls; each may fail, once or for good. */
static void
a_write_ends_at_the_first_failure_wherever_it_is(void)
{
    long nth;

    for (nth = 1; nth <= 20; nth++) {
        fake_stream f = {
            .most = 1, .nth = (nth + 1) / 2, .persists = nth % 2 == 0, .status = PWWB_E_CLOSED};
        pwwb_stream *stream = fake_stream_over(&f);

        CHECK_STATUS(PWWB_E_CLOSED,
                     pwwb_stream_write(stream, (const uint8_t *)"0123456789", 10, -1, NULL));
        CHECK_INT(f.nth, f.calls);
        CHECK_MEM("0123456789", (size_t)f.nth - 1, f.out, f.out_len);
        pwwb_stream_free(stream);
    }
}

static void
one_deadline_holds_over_all_parts_of_a_write(void)
{
    static const uint8_t data[1000];
    fake_stream          f      = {.most = 1, .sleep_ms = 20};
    pwwb_stream         *stream = fake_stream_over(&f);
    int64_t              start  = now_ms();

    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write(stream, data, sizeof(data), 100, NULL));
    CHECK(now_ms() - start >= 100);
    CHECK(now_ms() - start < 350);
    CHECK(f.timeout_ms < 100);
    pwwb_stream_free(stream);
}

static void
an_address_that_cannot_be_one_is_refused(void)
{
    pwwb_stream *stream = NULL;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new_tcp(NULL, 1, 0, &stream, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new_tcp("", 1, 0, &stream, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new_tcp("127.0.0.1", 0, 0, &stream, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new_tcp("127.0.0.1", -1, 0, &stream, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_stream_new_tcp("127.0.0.1", 65536, 0, &stream, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new_tcp("127.0.0.1", 1, 0, NULL, NULL));
    CHECK(stream == NULL);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    fake_stream  f = {0};
    pwwb_stream *stream;

    faults_fail(1);
    CHECK_STATUS(PWWB_E_NO_MEMORY, pwwb_stream_new(&fake_stream_ops, &f, &stream, NULL));
    faults_fail(1);
    CHECK_STATUS(PWWB_E_NO_MEMORY, pwwb_stream_new_tcp("127.0.0.1", 1, 0, &stream, NULL));
    faults_stop();
    CHECK(stream == NULL);
}

int
main(void)
{
    RUN(a_stream_must_read_and_write);
    RUN(destroy_is_called_once_and_may_be_missing);
    RUN(a_longer_table_is_refused_once_the_unknown_part_is_set);
    RUN(a_call_without_its_arguments_is_refused_before_the_table_hears_of_it);
    RUN(a_read_gives_what_is_there);
    RUN(nonsense_from_a_host_is_a_failed_callback);
    RUN(a_status_of_ours_is_passed_on_without_octets);
    RUN(what_a_host_says_is_kept_on_failure_and_dropped_on_success);
    RUN(a_part_of_the_octets_may_be_written);
    RUN(what_a_table_waits_for_is_told_unless_it_is_nonsense);
    RUN(a_table_that_does_not_tell_is_not_supported);
    RUN(a_write_goes_on_until_all_octets_are_taken);
    RUN(a_write_ends_at_the_first_failure_wherever_it_is);
    RUN(one_deadline_holds_over_all_parts_of_a_write);
    RUN(an_address_that_cannot_be_one_is_refused);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
