/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 */
#include "letter.h"

#include "harness.h"

/* As Unicode's own database has it, in 3.2 and now. */
static const struct row {
    int32_t     code;
    const char *category;
    int32_t     small;
    int32_t     capital;
} letters[] = {
#include "unicode_letters.h"
};

#define LETTERS (sizeof(letters) / sizeof(letters[0]))

static const struct row *
find(int32_t code)
{
    size_t i;

    for (i = 0; i < LETTERS; i++)
        if (letters[i].code == code)
            return &letters[i];
    return NULL;
}

static void
what_is_called_a_letter_is_one_in_unicode_of_the_same_case(void)
{
    static const char *const categories[] = {"", "Lu", "Ll", "Lo"};
    int                      of[4]        = {0};
    int32_t                  code;

    for (code = 0; code < 0x10000; code++) {
        int               kind = wb_letter_kind(code);
        const struct row *row  = kind != WB_LETTER_NOT_KNOWN ? find(code) : NULL;

        of[kind]++;
        if (kind != WB_LETTER_NOT_KNOWN
            && (row == NULL || strcmp(row->category, categories[kind]) != 0)) {
            printf("# U+%04X\n", (unsigned)code);
            CHECK_STR(categories[kind], row != NULL ? row->category : "no letter");
        }
    }
    printf("# %d capitals, %d small letters, %d without case\n", of[1], of[2], of[3]);
    CHECK_INT(of[WB_LETTER_CAPITAL], of[WB_LETTER_SMALL]);
    CHECK(of[WB_LETTER_CAPITAL] > 150 && of[WB_LETTER_CASELESS] > 30000);
}

static void
a_capital_and_its_small_letter_lead_to_each_other(void)
{
    int32_t code;

    for (code = 0; code < 0x10000; code++) {
        int               kind = wb_letter_kind(code);
        const struct row *row  = kind != WB_LETTER_NOT_KNOWN ? find(code) : NULL;

        if (kind == WB_LETTER_CAPITAL) {
            CHECK_INT(row->small, wb_letter_small(code));
            CHECK_INT(WB_LETTER_SMALL, wb_letter_kind(row->small));
        } else {
            CHECK_INT(code, wb_letter_small(code));
        }
        if (kind == WB_LETTER_SMALL)
            CHECK_INT(code, wb_letter_small(row->capital));
    }
}

/* By name in the table of [MS-SAMR] and Learn, or whose case is told differently: left open. */
static void
what_is_told_differently_is_not_known(void)
{
    static const int32_t open[] = {0xDF,  0xAA,   0xB5,   0xBA,   0x130,  0x131,   0x138,
                                   0x149, 0x17F,  0x1C5,  0x390,  0x3B0,  0x3C2,   0x10D0,
                                   0x663, 0x2167, 0x20AC, 0x301,  0xD800, 0x1F600, 0x20000};
    size_t               i;

    for (i = 0; i < sizeof(open) / sizeof(open[0]); i++)
        CHECK_INT(WB_LETTER_NOT_KNOWN, wb_letter_kind(open[i]));
    CHECK_INT(WB_LETTER_NOT_KNOWN, wb_letter_kind(-1));
    CHECK_INT(WB_LETTER_NOT_KNOWN, wb_letter_kind(INT32_MAX));
    CHECK_INT(WB_LETTER_NOT_KNOWN, wb_letter_kind(INT32_MIN));
    CHECK_INT(INT32_MAX, wb_letter_small(INT32_MAX));
}

int
main(void)
{
    RUN(what_is_called_a_letter_is_one_in_unicode_of_the_same_case);
    RUN(a_capital_and_its_small_letter_lead_to_each_other);
    RUN(what_is_told_differently_is_not_known);
    return DONE;
}
