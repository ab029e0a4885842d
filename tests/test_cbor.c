/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
#include "cbor.h"

#include "harness.h"
#include "octets.h"

/* RFC 8949 appendix A, transcribed: the integers that an int64_t holds, and the strings. */
static const struct integer {
    int64_t value;
    octets  encoded;
} integers[] = {
    {0, OCTETS("\x00")},
    {1, OCTETS("\x01")},
    {10, OCTETS("\x0a")},
    {23, OCTETS("\x17")},
    {24, OCTETS("\x18\x18")},
    {25, OCTETS("\x18\x19")},
    {100, OCTETS("\x18\x64")},
    {1000, OCTETS("\x19\x03\xe8")},
    {1000000, OCTETS("\x1a\x00\x0f\x42\x40")},
    {1000000000000, OCTETS("\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00")},
    {-1, OCTETS("\x20")},
    {-10, OCTETS("\x29")},
    {-100, OCTETS("\x38\x63")},
    {-1000, OCTETS("\x39\x03\xe7")},
    /* Not in the appendix: the ends of each width, by RFC 8949 3. */
    {255, OCTETS("\x18\xff")},
    {256, OCTETS("\x19\x01\x00")},
    {65535, OCTETS("\x19\xff\xff")},
    {65536, OCTETS("\x1a\x00\x01\x00\x00")},
    {4294967295, OCTETS("\x1a\xff\xff\xff\xff")},
    {4294967296, OCTETS("\x1b\x00\x00\x00\x01\x00\x00\x00\x00")},
    {INT64_MAX, OCTETS("\x1b\x7f\xff\xff\xff\xff\xff\xff\xff")},
    {-24, OCTETS("\x37")},
    {-25, OCTETS("\x38\x18")},
    {-65536, OCTETS("\x39\xff\xff")},
    {-65537, OCTETS("\x3a\x00\x01\x00\x00")},
    {INT64_MIN, OCTETS("\x3b\x7f\xff\xff\xff\xff\xff\xff\xff")},
};

static const struct string {
    int    is_text;
    octets value;
    octets encoded;
} strings[] = {
    {0, OCTETS(""), OCTETS("\x40")},
    {0, OCTETS("\x01\x02\x03\x04"), OCTETS("\x44\x01\x02\x03\x04")},
    {1, OCTETS(""), OCTETS("\x60")},
    {1, OCTETS("a"), OCTETS("\x61\x61")},
    {1, OCTETS("IETF"), OCTETS("\x64\x49\x45\x54\x46")},
    {1, OCTETS("\"\\"), OCTETS("\x62\x22\x5c")},
    {1, OCTETS("\xc3\xbc"), OCTETS("\x62\xc3\xbc")},
    {1, OCTETS("\xe6\xb0\xb4"), OCTETS("\x63\xe6\xb0\xb4")},
    {1, OCTETS("\xf0\x90\x85\x91"), OCTETS("\x64\xf0\x90\x85\x91")},
};

/* Items of RFC 8949 that are well-formed or not, and in neither case of the profile. */
static const struct refused {
    const char *why;
    octets      item;
} refused[] = {
    {"nothing", OCTETS("")},
    {"0 in two octets", OCTETS("\x18\x00")},
    {"23 in two octets", OCTETS("\x18\x17")},
    {"255 in three octets", OCTETS("\x19\x00\xff")},
    {"65535 in five octets", OCTETS("\x1a\x00\x00\xff\xff")},
    {"2^32 - 1 in nine octets", OCTETS("\x1b\x00\x00\x00\x00\xff\xff\xff\xff")},
    {"-24 in two octets", OCTETS("\x38\x17")},
    {"2^63, over an int64_t", OCTETS("\x1b\x80\x00\x00\x00\x00\x00\x00\x00")},
    {"-2^63 - 1, under an int64_t", OCTETS("\x3b\x80\x00\x00\x00\x00\x00\x00\x00")},
    {"2^64 - 1", OCTETS("\x1b\xff\xff\xff\xff\xff\xff\xff\xff")},
    {"a length of 4 in two octets", OCTETS("\x58\x04\x01\x02\x03\x04")},
    {"a text's length of 1 in three octets", OCTETS("\x79\x00\x01\x61")},
    {"a count of 1 in two octets", OCTETS("\x98\x01\x00")},
    {"a map's count of 1 in two octets", OCTETS("\xb8\x01\x00\x00")},
    {"reserved 28", OCTETS("\x1c")},
    {"reserved 28 with 16 octets", OCTETS("\x1csixteen octets..")},
    {"reserved 29", OCTETS("\x3d")},
    {"reserved 30", OCTETS("\x5e")},
    {"31 of an integer", OCTETS("\x1f")},
    {"an indefinite byte string", OCTETS("\x5f\x42\x01\x02\xff")},
    {"an indefinite text string", OCTETS("\x7f\x61\x61\xff")},
    {"an indefinite array", OCTETS("\x9f\x01\xff")},
    {"an indefinite map", OCTETS("\xbf\x01\x02\xff")},
    {"a break", OCTETS("\xff")},
    {"false", OCTETS("\xf4")},
    {"true", OCTETS("\xf5")},
    {"null", OCTETS("\xf6")},
    {"undefined", OCTETS("\xf7")},
    {"simple(16)", OCTETS("\xf0")},
    {"simple(255)", OCTETS("\xf8\xff")},
    {"half a float", OCTETS("\xf9\x3c\x00")},
    {"a float", OCTETS("\xfa\x47\xc3\x50\x00")},
    {"a double", OCTETS("\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a")},
    {"a tag", OCTETS("\xc1\x1a\x51\x4b\x67\xb0")},
    {"a bignum", OCTETS("\xc2\x49\x01\x00\x00\x00\x00\x00\x00\x00\x00")},
    {"self-described CBOR", OCTETS("\xd9\xd9\xf7\x00")},
    {"a byte string cut", OCTETS("\x44\x01\x02\x03")},
    {"a byte string of 2^64 - 1", OCTETS("\x5b\xff\xff\xff\xff\xff\xff\xff\xff")},
    {"a text cut", OCTETS("\x62\x61")},
    {"a text that is not UTF-8", OCTETS("\x61\xff")},
    {"a text with an overlong NUL", OCTETS("\x62\xc0\x80")},
    {"a text with half a character", OCTETS("\x62\xe6\xb0")},
    {"a text with a surrogate", OCTETS("\x63\xed\xa0\x80")},
    {"an array of 1 without it", OCTETS("\x81")},
    {"an array of 2 with 1", OCTETS("\x82\x00")},
    {"an array of 2^27", OCTETS("\x9a\x08\x00\x00\x00")},
    {"an array of 2^32", OCTETS("\x9b\x00\x00\x00\x01\x00\x00\x00\x00")},
    {"an array of 2^64 - 1", OCTETS("\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x00")},
    {"a map of 1 with half a pair", OCTETS("\xa1\x00")},
    {"a map of 2^64 - 1", OCTETS("\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x00")},
    {"a float within an array", OCTETS("\x82\x00\xf9\x3c\x00")},
    {"a tag within a map", OCTETS("\xa1\x00\xc1\x00")},
};

static void
integers_of_the_standard_are_read_and_written(void)
{
    size_t i;

    for (i = 0; i < COUNT(integers); i++) {
        const struct integer *c  = &integers[i];
        wb_cbor               in = wb_cbor_read(octets_span(c->encoded));
        uint8_t               buf[9];
        wb_cbor_out           out = wb_cbor_write(buf, sizeof(buf));

        CHECK_INT(c->value, wb_cbor_int(&in));
        wb_cbor_end(&in);
        CHECK_STATUS(PWWB_OK, in.status);

        wb_cbor_put_int(&out, c->value);
        CHECK_MEM(c->encoded.p, c->encoded.len, buf, out.need);
    }
}

static void
strings_of_the_standard_are_read_and_written(void)
{
    size_t i;

    for (i = 0; i < COUNT(strings); i++) {
        const struct string *c   = &strings[i];
        wb_cbor              in  = wb_cbor_read(octets_span(c->encoded));
        wb_span              got = c->is_text ? wb_cbor_text(&in) : wb_cbor_octets(&in);
        uint8_t              buf[16];
        wb_cbor_out          out = wb_cbor_write(buf, sizeof(buf));

        CHECK_STATUS(PWWB_OK, in.status);
        CHECK_MEM(c->value.p, c->value.len, got.p, got.len);

        if (c->is_text)
            wb_cbor_put_text(&out, c->value.p, c->value.len);
        else
            wb_cbor_put_octets(&out, octets_span(c->value));
        CHECK_MEM(c->encoded.p, c->encoded.len, buf, out.need);
    }
}

/* Every reader meets every item: none may take it, none may read past its end. */
static void
check_no_reader_takes(const struct refused *r)
{
    uint8_t *item  = octets_guarded(r->item.p, r->item.len);
    wb_span  whole = wb_span_of(item, r->item.len);
    wb_cbor  in[6];
    size_t   i;
    int      is_taken = 0;

    for (i = 0; i < COUNT(in); i++)
        in[i] = wb_cbor_read(whole);
    CHECK(wb_cbor_skip(&in[0]).p == NULL);
    CHECK_INT(0, wb_cbor_int(&in[1]));
    CHECK_INT(0, wb_cbor_int32(&in[2]));
    CHECK(wb_cbor_octets(&in[3]).p == NULL);
    CHECK(wb_cbor_text(&in[4]).p == NULL);
    wb_cbor_tag(&in[5], 16);
    for (i = 0; i < COUNT(in); i++)
        is_taken |= in[i].status == PWWB_OK;
    if (is_taken)
        harness_failed(r->why, 0, "a reader", "PWWB_E_MALFORMED", "PWWB_OK");
    sodium_free(item);
}

static void
what_the_profile_leaves_out_is_refused(void)
{
    size_t i;

    for (i = 0; i < COUNT(refused); i++)
        check_no_reader_takes(&refused[i]);
}

static void
counts_beyond_the_octets_left_are_refused_at_once(void)
{
    static const octets arrays[] = {OCTETS("\x81"), OCTETS("\x83\x00\x00"),
                                    OCTETS("\x9a\x08\x00\x00\x00\x00")};
    wb_cbor             in;
    size_t              i;

    for (i = 0; i < COUNT(arrays); i++) {
        in = wb_cbor_read(octets_span(arrays[i]));
        CHECK_INT(0, wb_cbor_array(&in));
        CHECK_STATUS(PWWB_E_MALFORMED, in.status);
    }
}

static void
a_map_has_24_pairs_at_most(void)
{
    uint8_t map[52] = {0xb8, 24};
    wb_cbor in      = wb_cbor_read(wb_span_of(map, 50));

    CHECK_INT(24, wb_cbor_map(&in));
    in = wb_cbor_read(wb_span_of(map, 50));
    CHECK_INT(50, wb_cbor_skip(&in).len);

    map[1] = 25;
    in     = wb_cbor_read(wb_span_of(map, sizeof(map)));
    CHECK_INT(0, wb_cbor_map(&in));
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);
    in = wb_cbor_read(wb_span_of(map, sizeof(map)));
    CHECK(wb_cbor_skip(&in).p == NULL);
}

static void
skipping_takes_one_whole_item_and_no_more(void)
{
    /* RFC 8949 appendix A: [1, [2, 3], [4, 5]], {"a": 1, "b": [2, 3]}, and both in a list. */
    static const octets items[] = {
        OCTETS("\x83\x01\x82\x02\x03\x82\x04\x05"),
        OCTETS("\xa2\x61\x61\x01\x61\x62\x82\x02\x03"),
        OCTETS("\x80"),
        OCTETS("\xa0"),
        OCTETS("\x82\xa0\x44\x01\x02\x03\x04"),
    };
    size_t i;

    for (i = 0; i < COUNT(items); i++) {
        uint8_t buf[32];
        wb_cbor in;
        wb_span item;

        memcpy(buf, items[i].p, items[i].len);
        buf[items[i].len] = 0x07;
        in                = wb_cbor_read(wb_span_of(buf, items[i].len + 1));
        item              = wb_cbor_skip(&in);
        CHECK_MEM(items[i].p, items[i].len, item.p, item.len);
        CHECK_INT(7, wb_cbor_int(&in));
    }
}

static void
an_item_cut_anywhere_is_refused_without_reading_on(void)
{
    static const octets whole =
        OCTETS("\x83\x18\x18\xa2\x61\x61\x39\x03\xe7\x20\x44\x01\x02\x03\x04"
               "\x64\xf0\x90\x85\x91");
    size_t len;

    for (len = 0; len < whole.len; len++) {
        uint8_t *cut = octets_guarded(whole.p, len);
        wb_cbor  in  = wb_cbor_read(wb_span_of(cut, len));

        CHECK(wb_cbor_skip(&in).p == NULL);
        CHECK_STATUS(PWWB_E_MALFORMED, in.status);
        sodium_free(cut);
    }
}

static void
arrays_nested_four_thousand_deep_end_without_recursion(void)
{
    uint8_t deep[4096];
    wb_cbor in;

    memset(deep, 0x81, sizeof(deep));
    in = wb_cbor_read(wb_span_of(deep, sizeof(deep)));
    CHECK(wb_cbor_skip(&in).p == NULL);

    deep[sizeof(deep) - 1] = 0x80;
    in                     = wb_cbor_read(wb_span_of(deep, sizeof(deep)));
    CHECK_INT(sizeof(deep), wb_cbor_skip(&in).len);
}

static void
the_first_failure_sticks(void)
{
    static const octets two = OCTETS("\xf6\x05");
    wb_cbor             in  = wb_cbor_read(octets_span(two));
    uint8_t             id[4];

    CHECK_INT(0, wb_cbor_uint(&in));
    in.rest = wb_span_of(two.p + 1, 1);
    CHECK_INT(0, wb_cbor_uint(&in));
    CHECK_INT(0, wb_cbor_int(&in));
    CHECK_INT(0, wb_cbor_map(&in));
    CHECK_INT(0, wb_cbor_array(&in));
    CHECK_INT(0, wb_cbor_next_is(&in, WB_CBOR_UINT));
    CHECK_INT(0, wb_cbor_octets(&in).len);
    memset(id, 'x', sizeof(id));
    wb_cbor_fixed(&in, id, sizeof(id));
    CHECK_MEM("\0\0\0", 4, id, sizeof(id));
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);
}

static void
a_byte_string_of_another_length_is_not_the_fixed_one(void)
{
    static const octets four = OCTETS("\x44\x01\x02\x03\x04");
    uint8_t             out[5];
    wb_cbor             in = wb_cbor_read(octets_span(four));

    wb_cbor_fixed(&in, out, 4);
    CHECK_STATUS(PWWB_OK, in.status);
    CHECK_MEM("\1\2\3\4", 4, out, 4);

    in = wb_cbor_read(octets_span(four));
    wb_cbor_fixed(&in, out, 3);
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);

    in = wb_cbor_read(octets_span(four));
    wb_cbor_fixed(&in, out, 5);
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);
    CHECK_MEM("\0\0\0\0", 5, out, 5);
}

static void
padding_is_zero_to_the_last_octet(void)
{
    uint8_t padding[64] = {0};
    wb_cbor in          = wb_cbor_read(wb_span_of(padding, sizeof(padding)));

    wb_cbor_zeros(&in);
    wb_cbor_end(&in);
    CHECK_STATUS(PWWB_OK, in.status);

    padding[63] = 1;
    in          = wb_cbor_read(wb_span_of(padding, sizeof(padding)));
    wb_cbor_zeros(&in);
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);
}

static void
octets_left_over_are_refused(void)
{
    static const octets two = OCTETS("\x01\x02");
    wb_cbor             in  = wb_cbor_read(octets_span(two));

    wb_cbor_expect(&in, 1);
    wb_cbor_end(&in);
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);
}

static void
another_value_or_tag_than_the_expected_is_refused(void)
{
    static const octets one   = OCTETS("\x01");
    static const octets tag16 = OCTETS("\xd0\x80");
    static const octets tag96 = OCTETS("\xd8\x60\x80");
    wb_cbor             in    = wb_cbor_read(octets_span(one));

    wb_cbor_expect(&in, 2);
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);

    in = wb_cbor_read(octets_span(tag16));
    wb_cbor_tag(&in, 16);
    CHECK_STATUS(PWWB_OK, in.status);
    in = wb_cbor_read(octets_span(tag96));
    wb_cbor_tag(&in, 96);
    CHECK_STATUS(PWWB_OK, in.status);
    in = wb_cbor_read(octets_span(tag96));
    wb_cbor_tag(&in, 16);
    CHECK_STATUS(PWWB_E_MALFORMED, in.status);
}

/* One of everything. */
static size_t
write_all(uint8_t *buf, size_t size)
{
    wb_cbor_out out = wb_cbor_write(buf, size);
    uint8_t    *room;

    wb_cbor_put_tag(&out, 96);
    wb_cbor_put_array(&out, 3);
    wb_cbor_put_map(&out, 1);
    wb_cbor_put_int(&out, -25);
    wb_cbor_put_text(&out, "pwwb", 4);
    room = wb_cbor_put_room(&out, 300);
    if (room != NULL)
        memset(room, 0xaa, 300);
    wb_cbor_put_octets(&out, wb_span_of("x", 1));
    return wb_cbor_fits(&out) ? out.need : out.need + 10000;
}

static void
what_the_writer_wrote_the_reader_reads(void)
{
    uint8_t buf[400];
    wb_cbor in = wb_cbor_read(wb_span_of(buf, write_all(buf, sizeof(buf))));
    wb_span room;

    wb_cbor_tag(&in, 96);
    CHECK_INT(3, wb_cbor_array(&in));
    CHECK_INT(1, wb_cbor_map(&in));
    CHECK_INT(1, wb_cbor_next_is(&in, WB_CBOR_NINT));
    wb_cbor_expect(&in, -25);
    CHECK_INT(1, wb_cbor_next_is(&in, WB_CBOR_TEXT));
    CHECK_INT(4, wb_cbor_text(&in).len);
    room = wb_cbor_octets(&in);
    CHECK_INT(300, room.len);
    CHECK_INT(0xaa, room.p[299]);
    CHECK_INT(1, wb_cbor_octets(&in).len);
    wb_cbor_end(&in);
    CHECK_STATUS(PWWB_OK, in.status);
}

/* 2 + 1 + 1 + 2 + 5 + 303 + 2, counted by hand. */
#define ALL 316

static void
the_need_grows_when_it_does_not_fit(void)
{
    size_t size;

    CHECK_INT(ALL + 10000, write_all(NULL, 0));
    for (size = 1; size < ALL; size++) {
        uint8_t *buf = octets_room(size);

        CHECK_INT(ALL + 10000, write_all(buf, size)); /* the guard page sees what is too much */
        sodium_free(buf);
    }
    CHECK_INT(ALL, write_all((uint8_t[ALL]){0}, ALL));
}

int
main(void)
{
    if (sodium_init() < 0)
        return 1;

    RUN(integers_of_the_standard_are_read_and_written);
    RUN(strings_of_the_standard_are_read_and_written);
    RUN(what_the_profile_leaves_out_is_refused);
    RUN(counts_beyond_the_octets_left_are_refused_at_once);
    RUN(a_map_has_24_pairs_at_most);
    RUN(skipping_takes_one_whole_item_and_no_more);
    RUN(an_item_cut_anywhere_is_refused_without_reading_on);
    RUN(arrays_nested_four_thousand_deep_end_without_recursion);
    RUN(the_first_failure_sticks);
    RUN(a_byte_string_of_another_length_is_not_the_fixed_one);
    RUN(padding_is_zero_to_the_last_octet);
    RUN(octets_left_over_are_refused);
    RUN(another_value_or_tag_than_the_expected_is_refused);
    RUN(what_the_writer_wrote_the_reader_reads);
    RUN(the_need_grows_when_it_does_not_fit);
    return DONE;
}
