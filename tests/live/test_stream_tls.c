/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/* TLS against "openssl s_server": whom it trusts, and records that come late. */
#include "faults.h"
#include "talk.h"

/* Connect, but do not get through the handshake. */
static void
check_refused(const char *cert, const char *ca, const char *name, pwwb_status expected,
              const char *sentence)
{
    peer server = tls_start(certs, cert, NULL);
    talk t      = talk_to(server.port, 1, LONG_MS);

    t.ca   = ca;
    t.name = name;
    CHECK_STATUS(PWWB_OK, timed(&t, CONNECT));
    CHECK_STATUS(expected, timed(&t, HANDSHAKE));
    CHECK_STATUS(expected, pwwb_error_status(t.err));
    CHECK_INT(PWWB_LAYER_MBEDTLS, pwwb_error_layer(t.err));
    CHECK_INT(-0x2700, pwwb_error_code(t.err)); /* X509_CERT_VERIFY_FAILED */
    CHECK(strstr(pwwb_error_message(t.err), sentence) != NULL);
    talk_end(&t);
    peer_end(&server);
}

static void
each_fault_of_a_certificate_has_its_own_code(void)
{
    const char *name = "server.test";

    check_refused("good", "other-ca", name, PWWB_E_TLS_CA, "not signed");
    check_refused("good", "ca", "serve.test", PWWB_E_TLS_NAME, "another name");
    check_refused("good", "ca", "a.server.test", PWWB_E_TLS_NAME, "another name");
    check_refused("wrongname", "ca", name, PWWB_E_TLS_NAME, "another name");
    check_refused("expired", "ca", name, PWWB_E_TLS_EXPIRED, "is expired");
    check_refused("notyet", "ca", name, PWWB_E_TLS_EXPIRED, "not yet");
}

static void
of_several_faults_the_authority_comes_first_and_then_the_name(void)
{
    check_refused("wrongname", "other-ca", "server.test", PWWB_E_TLS_CA, "");
    check_refused("expired", "other-ca", "server.test", PWWB_E_TLS_CA, "");
    check_refused("notyet", "other-ca", "other.test", PWWB_E_TLS_CA, "");
    check_refused("expired", "ca", "other.test", PWWB_E_TLS_NAME, "");
    check_refused("notyet", "ca", "other.test", PWWB_E_TLS_NAME, "");
}

static void
tls_before_1_2_is_refused_and_1_2_is_spoken(void)
{
    static const char *const options[] = {"-tls1", "-tls1_1", "-tls1_2"};
    size_t                   i;

    for (i = 0; i < 3; i++) {
        peer server = tls_start(certs, "good", options[i]);
        talk t      = talk_to(server.port, 1, LONG_MS);

        CHECK_STATUS(i < 2 ? PWWB_E_TLS : PWWB_OK, steps(&t, CONNECT, STEPS));
        talk_end(&t);
        peer_end(&server);
    }
}

static void
a_ca_in_memory_serves_as_well_as_a_file(void)
{
    talk t = talk_to(tls_echo.port, 1, LONG_MS);

    t.is_ca_in_memory = 1;
    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
    talk_end(&t);

    t                 = talk_to(tls_echo.port, 1, LONG_MS);
    t.is_ca_in_memory = 1;
    t.ca              = "other-ca";
    CHECK_STATUS(PWWB_E_TLS_CA, steps(&t, CONNECT, STEPS));
    talk_end(&t);
}

/* The answer to the second line is the last record: some octets of it are missing. */
static void
check_resumed(size_t total, size_t missing)
{
    proxy between = before(tls_echo.port);
    talk  t       = talk_to(between.port, 1, LONG_MS);

    proxy_order(&between, "stall after %zu down", total - missing);
    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, READ_AGAIN));
    t.timeout_ms = WAIT_MS;
    CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, READ_AGAIN));
    t.timeout_ms = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, READ_AGAIN));
    proxy_order(&between, "pass");
    t.timeout_ms = LONG_MS;
    CHECK_STATUS(PWWB_OK, timed(&t, READ_AGAIN));
    CHECK_STATUS(PWWB_OK, steps(&t, WRITE, STEPS));
    talk_end(&t);
    proxy_end(&between);
}

static void
a_read_that_timed_out_within_a_record_goes_on_later(void)
{
    proxy  between = before(tls_echo.port);
    talk   t       = talk_to(between.port, 1, LONG_MS);
    size_t total;

    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
    total = proxy_order(&between, "count").down;
    talk_end(&t);
    proxy_end(&between);
    check_resumed(total, LINE_LEN + 12); /* near its header; a handshake varies by 3 octets */
    check_resumed(total, LINE_LEN - 9);
    check_resumed(total, 8);
}

/* A stream of the host's between TCP and TLS, which fails or spoils an octet once, on command. */
typedef struct meddler {
    pwwb_stream *under;
    pwwb_status  status;
    int          spoils;
} meddler;

static pwwb_status
meddler_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
             pwwb_error *err)
{
    meddler    *m  = ctx;
    pwwb_status st = m->status;

    m->status = PWWB_OK;
    if (st != PWWB_OK)
        return st;

    st = pwwb_stream_read(m->under, buf, buf_size, ret_len, timeout_ms, err);
    if (st == PWWB_OK && m->spoils && buf_size > 5) { /* past the header */
        buf[*ret_len / 2] ^= 1;
        m->spoils = 0;
    }
    return st;
}

static pwwb_status
meddler_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
              pwwb_error *err)
{
    const meddler *m  = ctx;
    pwwb_status    st = pwwb_stream_write(m->under, data, len, timeout_ms, err);

    *ret_len = st == PWWB_OK ? len : 0;
    return st;
}

static void
meddler_destroy(void *ctx)
{
    const meddler *m = ctx;

    pwwb_stream_free(m->under);
}

/* One read is meddled with: it fails, and the session is over though nothing is wrong any more. */
static void
check_meddled(pwwb_status status, int spoils, pwwb_status first, pwwb_status later)
{
    static const pwwb_stream_ops ops = {.size    = sizeof(ops),
                                        .read    = meddler_read,
                                        .write   = meddler_write,
                                        .destroy = meddler_destroy};
    talk                         t   = talk_to(tls_echo.port, 1, LONG_MS);
    meddler                      m   = {0};

    CHECK_STATUS(PWWB_OK, timed(&t, CONNECT));
    m.under = t.stream;
    CHECK_STATUS(PWWB_OK, pwwb_stream_new(&ops, &m, &t.stream, NULL));
    CHECK_STATUS(PWWB_OK, steps(&t, HANDSHAKE, READ_AGAIN));
    m.status = status;
    m.spoils = spoils;
    CHECK_STATUS(first, timed(&t, READ_AGAIN));
    CHECK_STATUS(later, timed(&t, READ_AGAIN));
    CHECK_STATUS(later, timed(&t, WRITE));
    CHECK_STATUS(later, timed(&t, READ));
    talk_end(&t);
}

static void
a_session_that_failed_stays_over(void)
{
    check_meddled(PWWB_OK, 1, PWWB_E_TLS, PWWB_E_TLS);
    check_meddled(PWWB_E_CALLBACK, 0, PWWB_E_CALLBACK, PWWB_E_CLOSED);
    check_meddled(PWWB_E_STOPPED, 0, PWWB_E_STOPPED, PWWB_E_CLOSED);
}

static void
octets_that_drip_in_do_not_move_the_deadline(void)
{
    int is_short;

    for (is_short = 0; is_short <= 1; is_short++) {
        proxy between = before(tls_echo.port);
        talk  t       = talk_to(between.port, 1, LONG_MS);

        proxy_order(&between, "drip");
        CHECK_STATUS(PWWB_OK, timed(&t, CONNECT));
        t.timeout_ms = is_short ? WAIT_MS : LONG_MS;
        CHECK_STATUS(is_short ? PWWB_E_TIMEOUT : PWWB_OK, steps(&t, HANDSHAKE, STEPS));
        talk_end(&t);
        proxy_end(&between);
    }
}

static void
a_stream_that_is_freed_takes_leave_of_the_other_side(void)
{
    proxy  between = before(tls_echo.port);
    talk   t       = talk_to(between.port, 1, LONG_MS);
    size_t said, after;
    int    tries = 0;

    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
    said = proxy_order(&between, "count").up;
    talk_end(&t);
    do
        after = proxy_order(&between, "count").up;
    while (after == said && tries++ < 10000);
    CHECK(after - said > 5 + 2); /* a record of an alert */
    proxy_end(&between);
}

/* Of the very many of a static mbedTLS some 300 fail; for some of them mbedTLS blames another. */
static void
running_out_of_memory_anywhere_is_survived(void)
{
    talk t = talk_to(tls_echo.port, 1, LONG_MS);
    long count, nth;

    faults_count();
    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
    count = faults_stop();
    talk_end(&t);
    printf("# %ld allocations\n", count);
    for (nth = 1; nth <= count; nth += 1 + count / 300) {
        pwwb_status st;

        t = talk_to(tls_echo.port, 1, LONG_MS);
        faults_fail(nth);
        st = steps(&t, CONNECT, STEPS);
        faults_stop();
        CHECK(st == PWWB_E_NO_MEMORY || (count > 300 && st != PWWB_OK));
        talk_end(&t);
    }
}

int
main(int argc, char **argv)
{
    talk_start(argc, argv);
    RUN(each_fault_of_a_certificate_has_its_own_code);
    RUN(of_several_faults_the_authority_comes_first_and_then_the_name);
    RUN(tls_before_1_2_is_refused_and_1_2_is_spoken);
    RUN(a_ca_in_memory_serves_as_well_as_a_file);
    RUN(a_read_that_timed_out_within_a_record_goes_on_later);
    RUN(a_session_that_failed_stays_over);
    RUN(octets_that_drip_in_do_not_move_the_deadline);
    RUN(a_stream_that_is_freed_takes_leave_of_the_other_side);
    RUN(running_out_of_memory_anywhere_is_survived);
    talk_stop();
    return DONE;
}
