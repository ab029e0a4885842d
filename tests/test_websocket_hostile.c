/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* What another side must not send, and what it gets: RFC 6455 5.1 to 5.5, 7.4. */
#include "websockets.h"

/* Frames that end it: what is said, now and later, and what the other side hears. */
static void
check_frames(const char *frames, size_t len, pwwb_status expected, const char *why,
             const char *sent, size_t sent_len)
{
    static uint8_t in[sizeof(WS_OPEN) + 4096], out[sizeof(WS_ASKED) + 64];
    shy_stream     s   = {.stays = 1};
    pwwb_error    *err = pwwb_error_new();
    pwwb_stream   *stream;
    char           text[8];

    memcpy(in, WS_OPEN, sizeof(WS_OPEN) - 1);
    memcpy(in + sizeof(WS_OPEN) - 1, frames, len);
    memcpy(out, WS_ASKED, sizeof(WS_ASKED) - 1);
    memcpy(out + sizeof(WS_ASKED) - 1, sent, sent_len);
    stream = ws_over(&s, in, sizeof(WS_OPEN) - 1 + len);
    CHECK_STATUS(expected, ws_read_text(stream, text, sizeof(text), 100, err));
    CHECK_STR(why, pwwb_error_message(err));
    CHECK_STATUS(expected, pwwb_stream_write(stream, (const uint8_t *)"a", 1, 100, err));
    CHECK_STR(why, pwwb_error_message(err));
    pwwb_stream_free(stream);
    CHECK_MEM(out, sizeof(WS_ASKED) - 1 + sent_len, s.f.out, s.f.out_len);
    pwwb_error_free(err);
}

#define ENDS(frames, expected, why, sent) \
    check_frames(frames, sizeof(frames) - 1, expected, why, sent, sizeof(sent) - 1)
#define REFUSED(frames, why, sent) ENDS(frames, PWWB_E_MALFORMED, why, sent)

static void
a_masked_frame_of_a_server_is_refused(void)
{
    static const char why[] = "a WebSocket's frame is not one of a server";

    REFUSED("\x82\x85" WS_MASK "\x7f\x9f\x4d\x51\x58", why, WS_1002);
    REFUSED("\x89\x80" WS_MASK, why, WS_1002);
    REFUSED("\x88\x82" WS_MASK "\x34\x12", why, WS_1002);
}

static void
an_extension_that_nobody_asked_for_is_refused(void)
{
    static const char why[] = "a WebSocket's frame is not one of a server";

    REFUSED("\xc2\x01x", why, WS_1002);
    REFUSED("\xa2\x01x", why, WS_1002);
    REFUSED("\x92\x01x", why, WS_1002);
    REFUSED("\xc9\x00", why, WS_1002);
}

static void
text_is_refused(void)
{
    REFUSED("\x81\x05Hello", "a WebSocket's message is text", WS_1003);
    REFUSED("\x01\x01H", "a WebSocket's message is text", WS_1003);
}

static void
kinds_that_are_not_known_are_refused(void)
{
    static const char why[] = "a WebSocket's frame is of no known kind";

    REFUSED("\x83\x00", why, WS_1002);
    REFUSED("\x87\x01x", why, WS_1002);
    REFUSED("\x8b\x00", why, WS_1002);
    REFUSED("\x8f\x00", why, WS_1002);
}

static void
fragments_that_do_not_fit_are_refused(void)
{
    REFUSED("\x80\x01x", "a WebSocket's message has no beginning", WS_1002);
    REFUSED("\x00\x01x", "a WebSocket's message has no beginning", WS_1002);
    REFUSED("\x02\x00\x82\x01x", "a WebSocket's message has no end", WS_1002);
    REFUSED("\x02\x00\x80\x00\x80\x00", "a WebSocket's message has no beginning", WS_1002);
}

static void
a_control_frame_is_short_and_whole(void)
{
    static const char why[] = "a WebSocket's frame is malformed";

    REFUSED("\x09\x00", why, WS_1002);
    REFUSED("\x08\x00", why, WS_1002);
    REFUSED("\x89\x7e\x00\x7e", why, WS_1002);
    REFUSED("\x8a\x7f\x00\x00\x00\x00\x00\x01\x00\x00", why, WS_1002);
}

static void
a_length_is_in_its_shortest_form_and_below_1_mib(void)
{
    static const char why[] = "a WebSocket's frame is malformed";

    REFUSED("\x82\x7e\x00\x7dx", why, WS_1002);
    REFUSED("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xffx", why, WS_1002);
    REFUSED("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00x", why, WS_1002);
    REFUSED("\x82\x7f\x00\x00\x00\x00\x00\x10\x00\x01x", "a WebSocket's frame is over 1 MiB",
            WS_1009);
    REFUSED("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffx", "a WebSocket's frame is over 1 MiB",
            WS_1009);
}

static void
a_close_is_answered_with_its_code(void)
{
    ENDS("\x88\x00", PWWB_E_CLOSED, "the other side closed the WebSocket", "\x88\x80" WS_MASK);
    ENDS("\x88\x02\x03\xe8", PWWB_E_CLOSED, "the other side closed the WebSocket (1000)", WS_1000);
    ENDS("\x88\x08\x03\xe9 later", PWWB_E_CLOSED, "the other side closed the WebSocket (1001)",
         WS_1001);
    ENDS("\x89\x01x\x88\x02\x03\xe9\x82\x01x", PWWB_E_CLOSED,
         "the other side closed the WebSocket (1001)", "\x8a\x81" WS_MASK "\x4f" WS_1001);
    ENDS("\x02\x00\x88\x02\x03\xe9", PWWB_E_CLOSED, "the other side closed the WebSocket (1001)",
         WS_1001);
}

static void
a_close_with_a_code_that_none_may_send_is_refused(void)
{
    static const char why[] = "a WebSocket's close has no valid code";

    REFUSED("\x88\x01\x03", why, WS_1002);
    REFUSED("\x88\x02\x00\x00", why, WS_1002);
    REFUSED("\x88\x02\x03\xe7", why, WS_1002); /* 999 */
    REFUSED("\x88\x02\x03\xec", why, WS_1002); /* 1004 */
    REFUSED("\x88\x02\x03\xed", why, WS_1002); /* 1005 */
    REFUSED("\x88\x02\x03\xee", why, WS_1002); /* 1006 */
    REFUSED("\x88\x02\x03\xf7", why, WS_1002); /* 1015 */
    REFUSED("\x88\x02\x0b\xb7", why, WS_1002); /* 2999 */
    REFUSED("\x88\x02\x13\x88", why, WS_1002); /* 5000 */
}

/* What came before the close is still read. */
static void
a_close_in_the_middle_loses_nothing_before_it(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "\x02\x03one\x88\x02\x03\xe9");
    char         text[8];

    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, 3, 100, NULL));
    CHECK_STR("on", text);
    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, 3, 100, NULL));
    CHECK_STR("e", text);
    CHECK_STATUS(PWWB_E_CLOSED, ws_read_text(stream, text, 3, 100, NULL));
    pwwb_stream_free(stream);
    CHECK_SENT(WS_1001, &s);
}

static void
a_connection_that_ends_without_a_close_is_closed(void)
{
    shy_stream   s      = {0};
    pwwb_stream *stream = WS_OVER(&s, "\x82\x05Hel");
    char         text[8];

    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("Hel", text);
    CHECK_STATUS(PWWB_E_CLOSED, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STATUS(PWWB_E_CLOSED, ws_read_text(stream, text, sizeof(text), 100, NULL));
    pwwb_stream_free(stream);
    CHECK_SENT("", &s);
}

/* At any call below, for good; nothing is said after it, and no call waits for ever. */
static void
a_failure_below_ends_it_wherever_it_is(void)
{
    long nth;

    for (nth = 1; nth <= 6; nth++) {
        shy_stream   s = {.f.nth = nth, .f.persists = 1, .f.status = PWWB_E_TLS, .f.most = 100};
        pwwb_stream *stream = WS_OVER(&s, "\x82\x01H\x89\x00");
        pwwb_status  st     = PWWB_OK;
        char         text[8];
        int          i;

        for (i = 0; i < 10 && st == PWWB_OK; i++)
            st = ws_read_text(stream, text, sizeof(text), 100, NULL);
        CHECK_STATUS(PWWB_E_TLS, st);
        CHECK_STATUS(PWWB_E_TLS, pwwb_stream_write(stream, (const uint8_t *)"a", 1, 0, NULL));
        CHECK_INT(nth, s.f.calls);
        pwwb_stream_free(stream);
        CHECK_INT(nth, s.f.calls);
    }
}

int
main(void)
{
    ws_not_random();
    RUN(a_masked_frame_of_a_server_is_refused);
    RUN(an_extension_that_nobody_asked_for_is_refused);
    RUN(text_is_refused);
    RUN(kinds_that_are_not_known_are_refused);
    RUN(fragments_that_do_not_fit_are_refused);
    RUN(a_control_frame_is_short_and_whole);
    RUN(a_length_is_in_its_shortest_form_and_below_1_mib);
    RUN(a_close_is_answered_with_its_code);
    RUN(a_close_with_a_code_that_none_may_send_is_refused);
    RUN(a_close_in_the_middle_loses_nothing_before_it);
    RUN(a_connection_that_ends_without_a_close_is_closed);
    RUN(a_failure_below_ends_it_wherever_it_is);
    return DONE;
}
