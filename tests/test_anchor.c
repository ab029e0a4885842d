/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 */
#include "anchor.h"

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

/* "cloud_anchor" of the same file, and the octets of its GUID there. */
#define CLOUD        "User_3f2504e0-4f89-11d3-9a0c-0305e82c3301"
#define CLOUD_OCTETS conversions[1].octets

static const pwwb_anchor nothing;

static pwwb_status
parse(const char *text, pwwb_anchor *anchor)
{
    memset(anchor, 'x', sizeof(*anchor));
    return pwwb_anchor_parse(text, strlen(text), anchor, NULL);
}

static void
check_refused(const char *text)
{
    pwwb_anchor anchor;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, parse(text, &anchor));
    CHECK_MEM(&nothing, sizeof(nothing), &anchor, sizeof(anchor));
}

static void
every_source_anchor_of_the_case_file_is_read_and_written(void)
{
    pwwb_anchor anchor;
    char        text[PWWB_ANCHOR_TEXT_SIZE];
    size_t      i, len;

    for (i = 0; i < COUNT(conversions); i++) {
        CHECK_STATUS(PWWB_OK, parse(conversions[i].source_anchor, &anchor));
        CHECK_INT(PWWB_ANCHOR_SOURCE, anchor.kind);
        CHECK_MEM(conversions[i].octets, PWWB_ID_SIZE, anchor.guid, sizeof(anchor.guid));
        CHECK_STATUS(PWWB_OK, pwwb_anchor_print(&anchor, text, sizeof(text), &len, NULL));
        CHECK_STR(conversions[i].source_anchor, text);
        CHECK_INT(24, len);
    }
}

static void
the_cloud_anchor_of_the_case_file_is_read_and_written(void)
{
    pwwb_anchor anchor;
    char        text[PWWB_ANCHOR_TEXT_SIZE];
    size_t      len;

    CHECK_STATUS(PWWB_OK, parse(CLOUD, &anchor));
    CHECK_INT(PWWB_ANCHOR_CLOUD, anchor.kind);
    CHECK_MEM(CLOUD_OCTETS, PWWB_ID_SIZE, anchor.guid, sizeof(anchor.guid));
    CHECK_STATUS(PWWB_OK, pwwb_anchor_print(&anchor, text, sizeof(text), &len, NULL));
    CHECK_STR(CLOUD, text);
    CHECK_INT(41, len);
}

/* a20: upper-case hexadecimal is accepted. */
static void
a_cloud_anchor_is_read_in_either_case(void)
{
    pwwb_anchor anchor;

    CHECK_STATUS(PWWB_OK, parse("User_3F2504E0-4F89-11D3-9A0C-0305E82C3301", &anchor));
    CHECK_MEM(CLOUD_OCTETS, PWWB_ID_SIZE, anchor.guid, sizeof(anchor.guid));
    CHECK_STATUS(PWWB_OK, parse("uSER_3f2504E0-4f89-11d3-9a0c-0305e82c3301", &anchor));
    CHECK_INT(PWWB_ANCHOR_CLOUD, anchor.kind);
    CHECK_MEM(CLOUD_OCTETS, PWWB_ID_SIZE, anchor.guid, sizeof(anchor.guid));
}

/* a20 */
static void
other_prefixes_are_refused(void)
{
    check_refused("Group_3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    check_refused("Device_3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    check_refused("Contact_3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    check_refused("Users_3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    check_refused("3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    check_refused("_3f2504e0-4f89-11d3-9a0c-0305e82c3301");
}

/* a20 */
static void
malformed_text_is_refused(void)
{
    check_refused("");
    check_refused("User_");
    check_refused("User_3f2504e0-4f89-11d3-9a0c-0305e82c330");
    check_refused("User_3f2504e0-4f89-11d3-9a0c-0305e82c33011");
    check_refused("User_{3f2504e0-4f89-11d3-9a0c-0305e82c3301}");
    check_refused(" User_3f2504e0-4f89-11d3-9a0c-0305e82c3301");
}

/* RFC 4648 3.2, 3.3, 3.5: padding is there, nothing else is, and the bits left over are zero. */
static void
base64_that_is_not_strict_is_refused(void)
{
    check_refused("4AQlP4lP0xGaDAMF6CwzAQ");
    check_refused("4AQlP4lP0xGaDAMF6CwzAQ=");
    check_refused("4AQlP4lP0xGaDAMF6CwzAQ===");
    check_refused("4AQlP4lP0xGaDAMF6CwzAR==");
    check_refused("4AQlP4lP0xGaDAMF6CwzAQ== ");
    check_refused("4AQlP4lP0xGaD MF6CwzAQ==");
    check_refused("4AQlP4lP0xGaDA-F6CwzAQ==");
}

static void
base64_of_another_number_of_octets_is_refused(void)
{
    check_refused("4AQlP4lP0xGaDAMF6Cwz");
    check_refused("4AQlP4lP0xGaDAMF6CwzAQI=");
    check_refused("4AQlP4lP0xGaDAMF6CwzAQIDBAUGBwgJCgsMDQ4P");
}

/* On pages of their own: a read too far is a crash. */
static void
a_cut_anchor_is_refused_at_every_length(void)
{
    static const char *whole[] = {CLOUD, "4AQlP4lP0xGaDAMF6CwzAQ=="};
    pwwb_anchor        anchor;
    size_t             i, len;

    for (i = 0; i < COUNT(whole); i++)
        for (len = 0; len < strlen(whole[i]); len++) {
            char *text = sodium_malloc(len);

            memcpy(text, whole[i], len);
            CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_parse(text, len, &anchor, NULL));
            sodium_free(text);
        }
}

static void
no_terminator_is_needed(void)
{
    pwwb_anchor anchor;
    char       *text = sodium_malloc(41);

    memcpy(text, CLOUD, 41);
    CHECK_STATUS(PWWB_OK, pwwb_anchor_parse(text, 41, &anchor, NULL));
    sodium_free(text);
}

static void
what_was_refused_is_not_in_the_error(void)
{
    pwwb_error *err = pwwb_error_new();
    pwwb_anchor anchor;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_parse("hunter2", 7, &anchor, err));
    CHECK(strstr(pwwb_error_message(err), "hunter2") == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_parse(NULL, 0, &anchor, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_parse(CLOUD, 41, NULL, err));
    CHECK_STATUS(PWWB_OK, pwwb_anchor_parse(CLOUD, 41, &anchor, err));
    CHECK_STATUS(PWWB_OK, pwwb_error_status(err));
    pwwb_error_free(err);
}

static void
a_buffer_that_is_too_small_is_told_the_need(void)
{
    pwwb_anchor anchor = {.kind = PWWB_ANCHOR_CLOUD};
    size_t      size, len;

    for (size = 0; size < 42; size++) {
        char *buf = sodium_malloc(size);

        len = 0;
        CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                     pwwb_anchor_print(&anchor, size == 0 ? NULL : buf, size, &len, NULL));
        CHECK_INT(41, len);
        sodium_free(buf);
    }
}

static void
an_exact_buffer_is_enough(void)
{
    pwwb_anchor anchor = {.kind = PWWB_ANCHOR_CLOUD};
    char       *buf    = sodium_malloc(42);
    size_t      len;

    CHECK_STATUS(PWWB_OK, pwwb_anchor_print(&anchor, buf, 42, &len, NULL));
    CHECK_STR("User_00000000-0000-0000-0000-000000000000", buf);
    sodium_free(buf);
}

static void
what_cannot_be_printed_is_refused(void)
{
    pwwb_anchor anchor = {.kind = 3};
    char        buf[PWWB_ANCHOR_TEXT_SIZE];
    size_t      len = 7;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_print(&anchor, buf, sizeof(buf), &len, NULL));
    CHECK_INT(0, len);
    anchor.kind = 0;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_print(&anchor, buf, sizeof(buf), &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_print(NULL, buf, sizeof(buf), &len, NULL));
    anchor.kind = PWWB_ANCHOR_SOURCE;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_print(&anchor, buf, sizeof(buf), NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchor_print(&anchor, NULL, 48, &len, NULL));
}

/* "rules" of the case file. */
static void
the_account_enabled_rule_is_known_by_its_names(void)
{
    CHECK(wb_anchor_rule_is_enabled("Microsoft.InfromADUserAccountEnabled.005"));
    CHECK(wb_anchor_rule_is_enabled("Microsoft.InfromADUserAccountEnabled"));
    CHECK(wb_anchor_rule_is_enabled("MICROSOFT.INFROMADUSERACCOUNTENABLED.ABC"));
    CHECK(wb_anchor_rule_is_enabled("User AccountEnabled"));
    CHECK(wb_anchor_rule_is_enabled("user accountenabled"));
    CHECK(wb_anchor_rule_is_enabled("In from AD - User AccountEnabled"));
    CHECK(wb_anchor_rule_is_enabled("in from ad - user accountenabled"));
}

static void
other_rules_are_not_the_account_enabled_rule(void)
{
    CHECK(!wb_anchor_rule_is_enabled(""));
    CHECK(!wb_anchor_rule_is_enabled("User Join"));
    CHECK(!wb_anchor_rule_is_enabled("Microsoft.InfromADUserCommon.005"));
    CHECK(!wb_anchor_rule_is_enabled("Microsoft.InfromADUserAccountEnable"));
    CHECK(!wb_anchor_rule_is_enabled("x Microsoft.InfromADUserAccountEnabled"));
    CHECK(!wb_anchor_rule_is_enabled("User AccountEnabled2"));
    CHECK(!wb_anchor_rule_is_enabled("User AccountEnable"));
    CHECK(!wb_anchor_rule_is_enabled("In from AD - User AccountEnabled (copy)"));
}

int
main(void)
{
    if (sodium_init() < 0)
        return EXIT_FAILURE;

    RUN(every_source_anchor_of_the_case_file_is_read_and_written);
    RUN(the_cloud_anchor_of_the_case_file_is_read_and_written);
    RUN(a_cloud_anchor_is_read_in_either_case);
    RUN(other_prefixes_are_refused);
    RUN(malformed_text_is_refused);
    RUN(base64_that_is_not_strict_is_refused);
    RUN(base64_of_another_number_of_octets_is_refused);
    RUN(a_cut_anchor_is_refused_at_every_length);
    RUN(no_terminator_is_needed);
    RUN(what_was_refused_is_not_in_the_error);
    RUN(a_buffer_that_is_too_small_is_told_the_need);
    RUN(an_exact_buffer_is_enough);
    RUN(what_cannot_be_printed_is_refused);
    RUN(the_account_enabled_rule_is_known_by_its_names);
    RUN(other_rules_are_not_the_account_enabled_rule);
    return DONE;
}
