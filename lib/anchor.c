/* SPDX-License-Identifier: Apache-2.0 */
#include "anchor.h"

#include <string.h>

#include "crypto.h"
#include "error.h"
#include "guid.h"

#define PREFIX "User_"

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Without regard to case, and to the locale. */
static int
begins_with(const char *text, size_t text_len, const char *prefix)
{
    size_t i;

    for (i = 0; prefix[i] != '\0'; i++)
        if (i == text_len || lower(text[i]) != lower(prefix[i]))
            return 0;
    return 1;
}

/* No base64 begins with "User_": the underscore is not of its alphabet. */
static int
parse(const char *text, size_t len, pwwb_anchor *anchor)
{
    if (begins_with(text, len, PREFIX)) {
        anchor->kind = PWWB_ANCHOR_CLOUD;
        return wb_guid_parse(text + strlen(PREFIX), len - strlen(PREFIX), anchor->guid);
    }
    anchor->kind = PWWB_ANCHOR_SOURCE;
    return wb_base64_parse(text, len, anchor->guid, sizeof(anchor->guid));
}

pwwb_status
pwwb_anchor_parse(const char *text, size_t text_len, pwwb_anchor *ret_anchor, pwwb_error *err)
{
    wb_ok(err);
    if (ret_anchor != NULL)
        memset(ret_anchor, 0, sizeof(*ret_anchor));
    if (text == NULL || ret_anchor == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "text and ret_anchor must be given");
    if (parse(text, text_len, ret_anchor) == 0)
        return PWWB_OK;

    memset(ret_anchor, 0, sizeof(*ret_anchor));
    return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                   "an anchor is the base64 of 16 octets, or User_ and a GUID");
}

static int
print(const pwwb_anchor *anchor, char text[PWWB_ANCHOR_TEXT_SIZE])
{
    switch (anchor->kind) {
    case PWWB_ANCHOR_SOURCE:
        return wb_base64_print(anchor->guid, sizeof(anchor->guid), text, PWWB_ANCHOR_TEXT_SIZE);
    case PWWB_ANCHOR_CLOUD:
        memcpy(text, PREFIX, strlen(PREFIX));
        wb_guid_print(anchor->guid, text + strlen(PREFIX));
        return 0;
    default:
        return -1;
    }
}

pwwb_status
pwwb_anchor_print(const pwwb_anchor *anchor, char *buf, size_t buf_size, size_t *ret_len,
                  pwwb_error *err)
{
    char text[PWWB_ANCHOR_TEXT_SIZE];

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (anchor == NULL || ret_len == NULL || (buf == NULL && buf_size != 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "anchor, buf and ret_len must be given");
    if (print(anchor, text) != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no kind of anchor", (int)anchor->kind);

    *ret_len = strlen(text);
    if (buf_size <= *ret_len)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the anchor needs %zu octets", *ret_len + 1);

    memcpy(buf, text, *ret_len + 1);
    return PWWB_OK;
}

pwwb_status
pwwb_guid_parse(const char *text, size_t text_len, uint8_t ret_guid[PWWB_ID_SIZE], pwwb_error *err)
{
    wb_ok(err);
    if (ret_guid != NULL)
        memset(ret_guid, 0, PWWB_ID_SIZE);
    if (text == NULL || ret_guid == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "text and ret_guid must be given");
    if (wb_guid_parse(text, text_len, ret_guid) != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a GUID is 32 digits and 4 dashes");

    return PWWB_OK;
}

void
pwwb_guid_print(const uint8_t guid[PWWB_ID_SIZE], char buf[37])
{
    wb_guid_print(guid, buf);
}

int
wb_anchor_rule_is_enabled(const char *rule)
{
    static const char  family[] = "Microsoft.InfromADUserAccountEnabled";
    static const char *names[]  = {"User AccountEnabled", "In from AD - User AccountEnabled"};
    size_t             len      = strlen(rule);
    size_t             i;

    if (begins_with(rule, len, family))
        return 1;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (len == strlen(names[i]) && begins_with(rule, len, names[i]))
            return 1;
    return 0;
}
