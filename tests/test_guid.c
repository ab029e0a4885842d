/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 */
#include "guid.h"

#include <pwwb/anchor.h>
#include <sodium.h>
#include <stdlib.h>

#include "harness.h"

/* tests/cases/anchor-scenarios.json */
static const struct conversion {
    const char *guid;
    const char *octets;
    const char *source_anchor;
} conversions[] = {
#include "anchor_conversions.h"
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t zero[PWWB_ID_SIZE];

static void
every_guid_of_the_case_file_is_read_in_the_directorys_order(void)
{
    uint8_t guid[PWWB_ID_SIZE];
    size_t  i;

    for (i = 0; i < COUNT(conversions); i++) {
        CHECK_INT(0, wb_guid_parse(conversions[i].guid, 36, guid));
        CHECK_MEM(conversions[i].octets, PWWB_ID_SIZE, guid, sizeof(guid));
    }
    CHECK_INT(3, COUNT(conversions));
}

static void
every_guid_of_the_case_file_is_written(void)
{
    char   text[37];
    size_t i;

    for (i = 0; i < COUNT(conversions); i++) {
        memset(text, 'x', sizeof(text));
        wb_guid_print((const uint8_t *)conversions[i].octets, text);
        CHECK_STR(conversions[i].guid, text);
    }
}

/* MS-DTYP 2.3.4.3 writes digits in either case. */
static void
upper_and_mixed_case_are_read_alike(void)
{
    uint8_t lower[PWWB_ID_SIZE], upper[PWWB_ID_SIZE], mixed[PWWB_ID_SIZE];

    CHECK_INT(0, wb_guid_parse("6b88ded7-401c-4710-b1fb-1b39f4b0ae2a", 36, lower));
    CHECK_INT(0, wb_guid_parse("6B88DED7-401C-4710-B1FB-1B39F4B0AE2A", 36, upper));
    CHECK_INT(0, wb_guid_parse("6B88ded7-401c-4710-B1FB-1b39F4b0ae2A", 36, mixed));
    CHECK_MEM(lower, sizeof(lower), upper, sizeof(upper));
    CHECK_MEM(lower, sizeof(lower), mixed, sizeof(mixed));
}

/* On pages of their own: a read too far is a crash. */
static void
a_cut_guid_is_malformed_at_every_length(void)
{
    uint8_t guid[PWWB_ID_SIZE];
    size_t  len;

    for (len = 0; len < 36; len++) {
        char *text = sodium_malloc(len);

        memcpy(text, "3f2504e0-4f89-11d3-9a0c-0305e82c3301", len);
        memset(guid, 'x', sizeof(guid));
        CHECK_INT(-1, wb_guid_parse(text, len, guid));
        CHECK_MEM(zero, sizeof(zero), guid, sizeof(guid));
        sodium_free(text);
    }
}

static void
one_wrong_character_anywhere_is_malformed(void)
{
    static const char wrong[] = {'\0', ' ', '/', ':', '@', 'G', '`', 'g', '{', '_', (char)0xff};
    uint8_t           guid[PWWB_ID_SIZE];
    size_t            i, k;

    for (i = 0; i < 36; i++)
        for (k = 0; k < COUNT(wrong); k++) {
            char text[] = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

            text[i] = wrong[k];
            CHECK_INT(-1, wb_guid_parse(text, 36, guid));
            CHECK_MEM(zero, sizeof(zero), guid, sizeof(guid));
        }
}

static void
a_dash_for_a_digit_and_a_digit_for_a_dash_are_malformed(void)
{
    uint8_t guid[PWWB_ID_SIZE];

    CHECK_INT(-1, wb_guid_parse("3f2504e0-4f89-11d3-9a0c-0305e82c33-1", 36, guid));
    CHECK_INT(-1, wb_guid_parse("3f2504e0a4f89-11d3-9a0c-0305e82c3301", 36, guid));
    CHECK_INT(-1, wb_guid_parse("3f2504e0-4f89-11d3-9a0c0-305e82c3301", 36, guid));
}

static void
other_notations_are_malformed(void)
{
    uint8_t guid[PWWB_ID_SIZE];

    CHECK_INT(-1, wb_guid_parse("{3f2504e0-4f89-11d3-9a0c-0305e82c3301}", 38, guid));
    CHECK_INT(-1, wb_guid_parse("3f2504e04f8911d39a0c0305e82c3301", 32, guid));
    CHECK_INT(-1, wb_guid_parse("3f2504e0-4f89-11d3-9a0c-0305e82c3301 ", 37, guid));
}

static void
only_sixteen_zero_octets_are_the_zero_guid(void)
{
    size_t i;

    CHECK(wb_guid_is_zero(zero));
    for (i = 0; i < PWWB_ID_SIZE; i++) {
        uint8_t guid[PWWB_ID_SIZE] = {0};

        guid[i] = 0x80;
        CHECK(!wb_guid_is_zero(guid));
    }
}

static void
the_public_calls_say_the_same_and_why(void)
{
    pwwb_error *err = pwwb_error_new();
    char        text[37];
    uint8_t     guid[PWWB_ID_SIZE];

    CHECK_STATUS(PWWB_OK, pwwb_guid_parse(conversions[1].guid, 36, guid, err));
    CHECK_MEM(conversions[1].octets, PWWB_ID_SIZE, guid, sizeof(guid));
    pwwb_guid_print(guid, text);
    CHECK_STR(conversions[1].guid, text);

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_guid_parse("secret-looking text", 19, guid, err));
    CHECK_MEM(zero, sizeof(zero), guid, sizeof(guid));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_error_status(err));
    CHECK(strstr(pwwb_error_message(err), "secret") == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_guid_parse(NULL, 36, guid, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_guid_parse(text, 36, NULL, err));
    pwwb_error_free(err);
}

int
main(void)
{
    if (sodium_init() < 0)
        return EXIT_FAILURE;

    RUN(every_guid_of_the_case_file_is_read_in_the_directorys_order);
    RUN(every_guid_of_the_case_file_is_written);
    RUN(upper_and_mixed_case_are_read_alike);
    RUN(a_cut_guid_is_malformed_at_every_length);
    RUN(one_wrong_character_anywhere_is_malformed);
    RUN(a_dash_for_a_digit_and_a_digit_for_a_dash_are_malformed);
    RUN(other_notations_are_malformed);
    RUN(only_sixteen_zero_octets_are_the_zero_guid);
    RUN(the_public_calls_say_the_same_and_why);
    return DONE;
}
