/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 10 */
/* SASL as AMQP 1.0 part 5 has it, over TLS in real life. */
#include <sodium.h>

#include "amqp/sasl.h"
#include "harness.h"

static wb_amqp_sasl sasl;
static uint8_t      frame[WB_AMQP_SASL_FRAME_MAX];
static size_t       frame_len;
static const char  *why;

/* RabbitMQ 3.10.8 said this: its header, then ANONYMOUS and PLAIN as symbols with long lengths. */
static const char rabbit[] = "AMQP\x03\x01\x00\x00"
                             "\x00\x00\x00\x28\x02\x01\x00\x00\x00\x53\x40\xc0\x1b\x01\xe0\x18\x02\xb3"
                             "\x00\x00\x00\x09" "ANONYMOUS" "\x00\x00\x00\x05" "PLAIN";
static const char accepted[] = "\x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xc0\x03\x01\x50\x00";

#define HEADER 8

static void
begin(void)
{
    wb_amqp_writer out = {.buf = frame, .size = sizeof(frame)};

    CHECK_INT(0, wb_amqp_sasl_frame(&out, "me", (const uint8_t *)"pw", 2, "relay.example"));
    frame_len = out.len;
    wb_amqp_sasl_begin(&sasl, frame, frame_len);
    CHECK_MEM("AMQP\x03\x01\x00\x00", 8, sasl.out.p, sasl.out.len);
}

static pwwb_status
hear(const void *data, size_t len)
{
    size_t      taken;
    pwwb_status st;

    why = NULL;
    st  = wb_amqp_sasl_in(&sasl, data, len, &taken, &why);
    CHECK((st == PWWB_OK) == (taken == len) || st != PWWB_OK);
    return st;
}

/* By hand from 5.3.3.2: mechanism "PLAIN", response NUL me NUL pw, host. */
static void
the_frame_with_the_password_is_as_written_by_hand(void)
{
    static const char wanted[] = "\x00\x00\x00\x35\x02\x01\x00\x00\x00\x53\x41\xd0\x00\x00\x00\x25"
                                 "\x00\x00\x00\x03\xa3\x05PLAIN\xb0\x00\x00\x00\x06\0me\0pw\xa1\x0d"
                                 "relay.example";

    begin();
    CHECK_MEM(wanted, sizeof(wanted) - 1, frame, frame_len);
}

static void
the_password_follows_what_rabbitmq_says(void)
{
    begin();
    CHECK_STATUS(PWWB_OK, hear(rabbit, HEADER));
    CHECK(sasl.out.p != frame);
    CHECK_STATUS(PWWB_OK, hear(rabbit + HEADER, sizeof(rabbit) - 1 - HEADER));
    CHECK_MEM(frame, frame_len, sasl.out.p, sasl.out.len);
    CHECK(!sasl.is_done);
    CHECK_STATUS(PWWB_OK, hear(accepted, 16));
    CHECK(sasl.is_done);
}

static void
what_follows_is_left(void)
{
    char   both[24];
    size_t taken;

    begin();
    CHECK_STATUS(PWWB_OK, hear(rabbit, sizeof(rabbit) - 1));
    memcpy(both, accepted, 16);
    memcpy(both + 16, "AMQP\0\1\0\0", 8);
    CHECK_STATUS(PWWB_OK, wb_amqp_sasl_in(&sasl, (uint8_t *)both, 24, &taken, &why));
    CHECK_INT(16, (intmax_t)taken);
}

static void
a_refusal_is_told_apart_from_a_fault(void)
{
    char outcome[16];
    int  code;

    for (code = 1; code < 6; code++) {
        begin();
        CHECK_STATUS(PWWB_OK, hear(rabbit, sizeof(rabbit) - 1));
        memcpy(outcome, accepted, 16);
        outcome[15] = (char)code;
        CHECK_STATUS(code == 1 ? PWWB_E_AUTH : PWWB_E_CONNECT, hear(outcome, 16));
        CHECK(why != NULL && !sasl.is_done);
    }
}

/* A password is not shown to one that would not take it. */
static void
without_plain_the_password_stays(void)
{
    char other[sizeof(rabbit)];

    begin();
    memcpy(other, rabbit, sizeof(rabbit));
    memcpy(memmem(other, sizeof(other), "PLAIN", 5), "PLAIM", 5);
    CHECK_STATUS(PWWB_E_AUTH, hear(other, sizeof(rabbit) - 1));
    CHECK(sasl.out.p != frame);
}

static void
another_protocol_is_none(void)
{
    static const char *const others[] = {"AMQP\0\1\0\0", "AMQP\3\1\0\1", "HTTP/1.1", "SSH-2.0-"};
    size_t                   i;

    for (i = 0; i < 4; i++) {
        begin();
        CHECK_STATUS(PWWB_E_CONNECT, hear(others[i], 8));
    }
}

static void
every_changed_octet_of_a_frame_is_survived(void)
{
    char   changed[sizeof(rabbit)];
    size_t i;

    for (i = 0; i < sizeof(rabbit) - 1; i++) {
        pwwb_status st;
        size_t      taken;

        begin();
        memcpy(changed, rabbit, sizeof(rabbit));
        changed[i] = (char)(changed[i] ^ 0x40);
        st         = wb_amqp_sasl_in(&sasl, (uint8_t *)changed, sizeof(rabbit) - 1, &taken, &why);
        CHECK(st == PWWB_OK || st == PWWB_E_CONNECT || st == PWWB_E_AUTH);
        CHECK(i >= HEADER || st == PWWB_E_CONNECT);
    }
}

static void
every_beginning_waits_for_more(void)
{
    size_t i;

    for (i = 0; i < sizeof(rabbit) - 1; i++) {
        begin();
        CHECK_STATUS(PWWB_OK, hear(rabbit, i));
        CHECK(sasl.out.p != frame);
    }
}

static void
a_frame_may_not_be_longer_than_the_protocol_s_limit(void)
{
    static const char huge[] = "\x00\x00\x02\x01\x02\x01\x00\x00"; /* 513 */
    static const char tiny[] = "\x00\x00\x00\x07\x02\x01\x00\x00";

    begin();
    CHECK_STATUS(PWWB_OK, hear(rabbit, HEADER));
    CHECK_STATUS(PWWB_E_CONNECT, hear(huge, 8));
    begin();
    CHECK_STATUS(PWWB_OK, hear(rabbit, HEADER));
    CHECK_STATUS(PWWB_E_CONNECT, hear(tiny, 8));
}

static void
a_host_that_does_not_fit_is_left_out(void)
{
    char           user[128], secret[256], host[256];
    wb_amqp_writer out = {.buf = frame, .size = sizeof(frame)};

    memset(user, 'u', 127);
    user[127] = '\0';
    memset(secret, 's', 256);
    memset(host, 'h', 255);
    host[255] = '\0';
    CHECK_INT(0, wb_amqp_sasl_frame(&out, user, (uint8_t *)secret, 256, host));
    CHECK(memmem(frame, out.len, "hhh", 3) == NULL);
    CHECK(memmem(frame, out.len, secret, 256) != NULL);
    CHECK_INT((intmax_t)out.len, frame[2] << 8 | frame[3]);
}

int
main(void)
{
    RUN(the_frame_with_the_password_is_as_written_by_hand);
    RUN(the_password_follows_what_rabbitmq_says);
    RUN(what_follows_is_left);
    RUN(a_refusal_is_told_apart_from_a_fault);
    RUN(without_plain_the_password_stays);
    RUN(another_protocol_is_none);
    RUN(every_changed_octet_of_a_frame_is_survived);
    RUN(every_beginning_waits_for_more);
    RUN(a_frame_may_not_be_longer_than_the_protocol_s_limit);
    RUN(a_host_that_does_not_fit_is_left_out);
    return DONE;
}
