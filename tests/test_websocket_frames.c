/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* Octets in frames: RFC 6455 5; "Hello" masked, a ping of it and its pong are those of 5.7. */
#include <stdlib.h>

#include "websockets.h"

#define HELLO  "\x82\x85" WS_MASK "\x7f\x9f\x4d\x51\x58"
#define PONG   "\x8a\x85" WS_MASK "\x7f\x9f\x4d\x51\x58"
#define HELLOW (const uint8_t *)"Hello"

static void
a_write_is_one_masked_binary_message(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "");

    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, HELLOW, 5, 100, NULL));
    CHECK_SENT(HELLO, &s);
    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, HELLOW, 5, 100, NULL));
    CHECK_SENT(HELLO HELLO, &s);
    pwwb_stream_free(stream);
    CHECK_SENT(HELLO HELLO WS_1000, &s);
}

/* Fragments, with an empty one and control frames between them (5.4, 5.5). */
static void
a_read_gives_octets_across_frames(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "\x02\x01H\x89\x05Hello\x00\x00\x00\x02" "el\x8a\x01x"
                                      "\x80\x02lo\x82\x00\x82\x7e\x00\x7e");
    char         text[130], more[126];

    memset(more, 'm', sizeof(more));
    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("H", text);
    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("el", text);
    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("lo", text);
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    shy_stream_hears(&s, more, sizeof(more));
    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_MEM(more, sizeof(more), text, strlen(text));
    CHECK_SENT(PONG, &s);
    pwwb_stream_free(stream);
}

/* Two frames have come with one read: no descriptor tells of the second. */
static void
a_frame_that_came_with_another_is_not_waited_for(void)
{
    shy_stream    s      = {.stays = 1};
    pwwb_stream  *stream = WS_OVER(&s, "\x82\x01" "a" "\x82\x01" "b");
    pwwb_interest i      = {.size = sizeof(i)};
    char          text[8];
    int64_t       ms;

    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_STR("a", text);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(stream, &i, &ms, NULL));
    CHECK_INT(0, ms);
    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_STR("b", text);
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(stream, &i, &ms, NULL));
    CHECK_INT(1234, ms); /* what is under it says */
    pwwb_stream_free(stream);
}

/* The same conversation in pieces of any size, each after a call that had to wait. */
static void
check_in_pieces(size_t most)
{
    shy_stream   s      = {.f.most = most, .is_shy = 1, .stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "\x02\x01H\x89\x05Hello\x00\x00\x00\x01" "e\x80\x03llo");
    char         text[8], all[8] = "";
    pwwb_status  st = PWWB_E_TIMEOUT;
    size_t       len;
    int          i;

    for (i = 0; i < 2000 && strlen(all) < 5; i++) {
        st = ws_read_text(stream, text, sizeof(text) - strlen(all), 0, NULL);
        CHECK(st == PWWB_OK || st == PWWB_E_TIMEOUT);
        strcat(all, text);
    }
    CHECK_STR("Hello", all);
    for (i = 0, st = PWWB_E_TIMEOUT; i < 2000 && st == PWWB_E_TIMEOUT; i++)
        st = pwwb_stream_write_some(stream, HELLOW, 5, &len, 0, NULL);
    CHECK_STATUS(PWWB_OK, st);
    CHECK_INT(5, len);
    for (i = 0; i < 2000; i++)
        CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_SENT(PONG HELLO, &s);
    pwwb_stream_free(stream);
}

static void
it_works_in_pieces_of_any_size(void)
{
    size_t most;

    for (most = 1; most <= 40; most++)
        check_in_pieces(most);
    check_in_pieces(sizeof(WS_OPEN) - 1);
    check_in_pieces(sizeof(WS_OPEN));
}

/* 16384 octets are 40 00 in the frame's head (5.2); the rest of them is the next message, 0e 20. */
static void
a_long_write_is_taken_in_messages_of_16_kib(void)
{
    static uint8_t data[16384 + 3616];
    shy_stream     s      = {.stays = 1};
    pwwb_stream   *stream = WS_OVER(&s, "");
    char           text[8];
    size_t         len;

    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    s.is_sink = 1;
    s.f.most  = 8;
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(stream, data, sizeof(data), &len, 0, NULL));
    CHECK_INT(16384, len);
    CHECK_INT((8 + 16384) / 8, s.f.calls - 2); /* the request, and its answer */
    CHECK_MEM(WS_MASK WS_MASK, 8, s.f.out, s.f.out_len);
    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, data, sizeof(data), 100, NULL));
    CHECK_INT(2 + (8 + 16384) / 8 * 2 + (8 + 3616) / 8, s.f.calls);

    s.is_full = 1;
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(stream, data, sizeof(data), &len, 0, NULL));
    s.is_full   = 0;
    s.is_sink   = 0;
    s.f.most    = 0;
    s.f.nth     = s.f.calls + 2;
    s.f.status  = PWWB_E_TIMEOUT;
    s.f.out_len = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_INT(sizeof(s.f.out), s.f.out_len);
    CHECK_MEM("\x82\xfe\x40\x00" WS_MASK WS_MASK, 12, s.f.out, 12);
    pwwb_stream_free(stream);
}

/* What was taken and did not go out waits, goes out first, and makes the next write wait. */
static void
what_the_other_side_does_not_take_waits_within_bounds(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "");
    char         text[8];
    size_t       len;

    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    s.is_full = 1;
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(stream, HELLOW, 5, &len, 0, NULL));
    CHECK_INT(5, len);
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write_some(stream, HELLOW, 5, &len, 0, NULL));
    CHECK_INT(0, len);
    CHECK_SENT("", &s);
    s.is_full = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_SENT(HELLO, &s);
    pwwb_stream_free(stream);
}

/* 5.5.3: only the newest needs an answer; the first was on its way. */
static void
a_flood_of_pings_that_cannot_be_answered_takes_no_memory(void)
{
    static char  flood[1000 * 5];
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "");
    char         text[8];
    int          i;

    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    for (i = 0; i < 1000; i++)
        memcpy(flood + 5 * i, i == 999 ? "\x89\x03!!!" : "\x89\x03???", 5);
    s.is_full = 1;
    shy_stream_hears(&s, flood, sizeof(flood));
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_INT(sizeof(flood), s.f.at);
    s.is_full = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_SENT("\x8a\x83" WS_MASK "\x08\xc5\x1e\x8a\x83" WS_MASK "\x16\xdb\x00", &s);
    pwwb_stream_free(stream);
}

static void
a_flood_without_end_does_not_hold_the_caller(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "");
    char         text[8];
    int64_t      start;

    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    shy_stream_hears(&s, "\x89\x00\x82\x00\x8a\x00", 6);
    s.stays        = 0;
    s.is_sink      = 1;
    s.f.is_endless = 1;
    start          = now_ms();
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK(now_ms() - start >= 100);
    CHECK(now_ms() - start < 350);
    pwwb_stream_free(stream);
}

int
main(void)
{
    ws_not_random();
    RUN(a_write_is_one_masked_binary_message);
    RUN(a_read_gives_octets_across_frames);
    RUN(a_frame_that_came_with_another_is_not_waited_for);
    RUN(it_works_in_pieces_of_any_size);
    RUN(a_long_write_is_taken_in_messages_of_16_kib);
    RUN(what_the_other_side_does_not_take_waits_within_bounds);
    RUN(a_flood_of_pings_that_cannot_be_answered_takes_no_memory);
    RUN(a_flood_without_end_does_not_hold_the_caller);
    return DONE;
}
