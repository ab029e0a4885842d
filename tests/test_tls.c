/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
#include <stdlib.h>

#include "fake_stream.h"
#include "faults.h"

/* Made with "openssl req -x509 -newkey ec": good for being read; nothing here is signed by it. */
static const char ca_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBlDCCATugAwIBAgIUZa4ZvYX+6/rsyq+OKxBSEDwcWSEwCgYIKoZIzj0EAwIw\n"
    "FzEVMBMGA1UEAwwMcHd3YiB0ZXN0IENBMCAXDTI2MTEyMjEwMzU0NVoYDzIwNTEw\n"
    "NzE0MTAzNTQ1WjAXMRUwEwYDVQQDDAxwd3diIHRlc3QgQ0EwWTATBgcqhkjOPQIB\n"
    "BggqhkjOPQMBBwNCAAQBMe2VX5qxERSXU6B05mgzagDVG0WnvMBGEGKYpVDdUYUw\n"
    "nuWA/NGpYdNyrxKxG7L+QvET5UpaTtWuRB8mGQX6o2MwYTAdBgNVHQ4EFgQUoEVU\n"
    "Q9qEf21j7F0utzbHc9exg5owHwYDVR0jBBgwFoAUoEVUQ9qEf21j7F0utzbHc9ex\n"
    "g5owDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwID\n"
    "RwAwRAIgNlpFX4aKMLt44NPthz+QdaIKYAi4ryQDZTfiB7dBY2ICIAO+vhohs56v\n"
    "LRgPMMkfkjAasYYDxZaUF66DvKLwiuKX\n"
    "-----END CERTIFICATE-----\n";

/* A handshake over the fake that is bound to fail: nobody in this file could finish one. */
static pwwb_status
tls_over(pwwb_stream *under, int64_t timeout_ms, pwwb_error *err)
{
    const pwwb_tls_options options = {.size   = sizeof(options),
                                      .ca     = (const uint8_t *)ca_pem,
                                      .ca_len = sizeof(ca_pem) - 1,
                                      .name   = "server.test"};
    pwwb_stream           *stream;
    pwwb_status            st;

    st = pwwb_stream_new_tls(under, &options, timeout_ms, &stream, err);
    CHECK(stream == NULL);
    return st;
}

/* Options that are refused before a single octet goes out. */
static void
check_options(const pwwb_tls_options *options, pwwb_status expected)
{
    fake_stream  f      = {0};
    pwwb_stream *under  = fake_stream_over(&f);
    pwwb_error  *err    = pwwb_error_new();
    pwwb_stream *stream = under;

    CHECK_STATUS(expected, pwwb_stream_new_tls(under, options, 0, &stream, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK(stream == NULL);
    CHECK_INT(0, f.calls);
    CHECK_INT(0, f.destroyed);
    pwwb_error_free(err);
    pwwb_stream_free(under);
}

static pwwb_tls_options
options_with(const char *ca, size_t ca_len)
{
    const pwwb_tls_options options = {
        .size = sizeof(options), .ca = (const uint8_t *)ca, .ca_len = ca_len, .name = "a.test"};

    return options;
}

static void
tls_needs_a_ca_and_a_name(void)
{
    pwwb_tls_options options = options_with(ca_pem, sizeof(ca_pem) - 1);
    fake_stream      f       = {0};
    pwwb_stream     *under   = fake_stream_over(&f);
    pwwb_stream     *stream;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new_tls(under, &options, 0, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_stream_new_tls(NULL, &options, 0, &stream, NULL));
    pwwb_stream_free(under);

    check_options(NULL, PWWB_E_INVALID_ARGUMENT);
    options.name = NULL;
    check_options(&options, PWWB_E_INVALID_ARGUMENT);
    options.name = "";
    check_options(&options, PWWB_E_INVALID_ARGUMENT);
    options = options_with(NULL, 5);
    check_options(&options, PWWB_E_INVALID_ARGUMENT);
    options = options_with(ca_pem, 0);
    check_options(&options, PWWB_E_INVALID_ARGUMENT);
    options      = options_with(ca_pem, sizeof(ca_pem) - 1);
    options.size = sizeof(options) - 1;
    check_options(&options, PWWB_E_ABI);
}

static void
a_name_longer_than_any_host_has_is_refused(void)
{
    pwwb_tls_options options = options_with(ca_pem, sizeof(ca_pem) - 1);
    char             name[300];

    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    options.name           = name;
    check_options(&options, PWWB_E_INVALID_ARGUMENT);
}

/* The octets end at a heap block's end, so that a sanitizer sees one read too many. */
static void
a_ca_that_is_cut_anywhere_cannot_be_read(void)
{
    size_t len;

    for (len = 1; len < sizeof(ca_pem) - 2; len++) {
        char            *cut     = malloc(len);
        pwwb_tls_options options = options_with(cut, len);

        memcpy(cut, ca_pem, len);
        check_options(&options, PWWB_E_MALFORMED);
        free(cut);
    }
}

static void
a_ca_that_is_none_cannot_be_read(void)
{
    pwwb_tls_options options = options_with("hello", 5);

    check_options(&options, PWWB_E_MALFORMED);
    options = options_with(ca_pem, SIZE_MAX); /* not one octet of it is touched */
    check_options(&options, PWWB_E_MALFORMED);
    options         = options_with(NULL, 0);
    options.ca_file = "/nonexistent/ca.pem";
    check_options(&options, PWWB_E_MALFORMED);
    options.ca_file = "/dev/null";
    check_options(&options, PWWB_E_MALFORMED);
}

static void
a_bundle_serves_though_one_of_it_cannot_be_read(void)
{
    static const char bad[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    char              bundle[sizeof(bad) + sizeof(ca_pem)];
    fake_stream       f     = {0};
    pwwb_stream      *under = fake_stream_over(&f);
    pwwb_stream      *stream;
    int               len     = snprintf(bundle, sizeof(bundle), "%s%s", bad, ca_pem);
    pwwb_tls_options  options = options_with(bundle, (size_t)len);

    CHECK_STATUS(PWWB_E_CLOSED, pwwb_stream_new_tls(under, &options, 1000, &stream, NULL));
    CHECK(f.out_len > 0); /* it came to the handshake */
    pwwb_stream_free(under);
}

static void
a_peer_that_does_not_speak_tls_fails_the_handshake(void)
{
    static const char text[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    fake_stream       f      = {.in = (const uint8_t *)text, .in_len = sizeof(text) - 1};
    pwwb_stream      *under  = fake_stream_over(&f);
    pwwb_error       *err    = pwwb_error_new();

    CHECK_STATUS(PWWB_E_TLS, tls_over(under, 1000, err));
    CHECK_INT(PWWB_LAYER_MBEDTLS, pwwb_error_layer(err));
    CHECK(pwwb_error_code(err) < 0);
    CHECK_INT(0, f.destroyed);
    pwwb_error_free(err);
    pwwb_stream_free(under);
    CHECK_INT(1, f.destroyed);
}

/* What is under TLS fails at its nth call. */
static void
check_under(long nth, pwwb_status answer, pwwb_status expected)
{
    static const uint8_t alert[] = {0x15, 3, 3, 0, 2, 1, 90}; /* user_canceled, RFC 5246 7.2 */
    fake_stream          f       = {.in         = alert,
                                    .in_len     = sizeof(alert),
                                    .is_endless = 1,
                                    .most       = 50,
                                    .nth        = nth,
                                    .status     = answer};
    pwwb_stream         *under   = fake_stream_over(&f);
    pwwb_error          *err     = pwwb_error_new();

    CHECK_STATUS(expected, tls_over(under, 1000, err));
    CHECK_STATUS(expected, pwwb_error_status(err));
    CHECK_INT(nth, f.calls);
    CHECK_INT(0, f.destroyed);
    pwwb_error_free(err);
    pwwb_stream_free(under);
}

static void
a_failure_under_tls_at_any_call_ends_the_handshake_with_its_status(void)
{
    long nth;

    for (nth = 1; nth < 20; nth++) {
        check_under(nth, PWWB_E_CLOSED, PWWB_E_CLOSED);
        check_under(nth, PWWB_E_TIMEOUT, PWWB_E_TIMEOUT);
        check_under(nth, PWWB_OK, PWWB_E_CALLBACK); /* without an octet */
        check_under(nth, 12345, PWWB_E_CALLBACK);
    }
}

/* Warning alerts are read over, so there is always one more. */
static void
a_flood_of_empty_records_does_not_outlast_the_deadline(void)
{
    static const uint8_t alert[] = {0x15, 3, 3, 0, 2, 1, 90};
    static const int     waits[] = {1, 100, 500};
    size_t               i;

    for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        fake_stream  f     = {.in = alert, .in_len = sizeof(alert), .is_endless = 1};
        pwwb_stream *under = fake_stream_over(&f);
        int64_t      start = now_ms();

        CHECK_STATUS(PWWB_E_TIMEOUT, tls_over(under, waits[i], NULL));
        CHECK(now_ms() - start >= waits[i]);
        CHECK(now_ms() - start < waits[i] + 250);
        pwwb_stream_free(under);
    }
}

/* In haste too; and what was left unread has no descriptor that tells. */
static void
after_a_flood_there_is_no_waiting(void)
{
    static const uint8_t   alert[] = {0x15, 3, 3, 0, 2, 1, 90};
    const pwwb_tls_options options = options_with(ca_pem, sizeof(ca_pem) - 1);
    fake_stream            f       = {.in         = alert,
                                      .in_len     = sizeof(alert),
                                      .is_endless = 1,
                                      .interest   = {.descriptor = 5},
                                      .wait_ms    = -1};
    int64_t                start   = now_ms();
    pwwb_interest          i       = {.size = sizeof(i)};
    pwwb_stream           *stream;
    uint8_t                buf[8];
    size_t                 len;
    int64_t                ms = -1;

    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tls(fake_stream_over(&f), &options, 0, &stream, NULL));
    CHECK_INT(0, f.calls);
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(stream, buf, sizeof(buf), &len, 0, NULL));
    CHECK(now_ms() - start < 250);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(stream, &i, &ms, NULL));
    CHECK_INT(5, i.descriptor);
    CHECK_INT(0, ms);
    pwwb_stream_free(stream);
    CHECK_INT(1, f.destroyed);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    fake_stream  f     = {0};
    pwwb_stream *under = fake_stream_over(&f);
    long         count;
    long         nth;

    faults_count();
    CHECK_STATUS(PWWB_E_CLOSED, tls_over(under, 1000, NULL));
    count = faults_stop();
    CHECK(count > 2);
    printf("# %ld allocations before the other side is read\n", count);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = tls_over(under, 1000, NULL);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
    }
    pwwb_stream_free(under);
}

int
main(void)
{
    RUN(tls_needs_a_ca_and_a_name);
    RUN(a_name_longer_than_any_host_has_is_refused);
    RUN(a_ca_that_is_cut_anywhere_cannot_be_read);
    RUN(a_ca_that_is_none_cannot_be_read);
    RUN(a_bundle_serves_though_one_of_it_cannot_be_read);
    RUN(a_peer_that_does_not_speak_tls_fails_the_handshake);
    RUN(a_failure_under_tls_at_any_call_ends_the_handshake_with_its_status);
    RUN(a_flood_of_empty_records_does_not_outlast_the_deadline);
    RUN(after_a_flood_there_is_no_waiting);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
