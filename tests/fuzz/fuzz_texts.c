/* SPDX-License-Identifier: Apache-2.0 */
/* parses: utf.c diag.c guid.c dn.c */
/* Texts from outside: anchors, a directory's messages, passwords for unicodePwd, distinguished names. */
#include <pwwb/anchor.h>

#include "diag.h"
#include "dn.h"
#include "fuzz.h"
#include "guid.h"
#include "utf.h"

static void
read_anchor(const char *text, size_t len)
{
    pwwb_anchor anchor, again;
    char        printed[PWWB_ANCHOR_TEXT_SIZE];
    size_t      need;

    if (pwwb_anchor_parse(text, len, &anchor, NULL) != PWWB_OK)
        return;

    FUZZ_CHECK(pwwb_anchor_print(&anchor, printed, sizeof(printed), &need, NULL) == PWWB_OK);
    FUZZ_CHECK(pwwb_anchor_parse(printed, need, &again, NULL) == PWWB_OK);
    FUZZ_CHECK(memcmp(&again, &anchor, sizeof(anchor)) == 0);
    FUZZ_CHECK(wb_guid_is_zero(anchor.guid) <= (anchor.guid[0] == 0));
}

static void
read_message(const char *text)
{
    int operation;

    for (operation = WB_DIAG_BIND; operation <= WB_DIAG_OTHER; operation++) {
        FUZZ_CHECK(wb_diag_result(operation, 0, text) == PWWB_CODE_OK);
        FUZZ_CHECK(pwwb_code_outcome(wb_diag_result(operation, text[0], text)) != 0);
        FUZZ_CHECK(pwwb_code_outcome(wb_diag_ppolicy(operation, text[0], text[0] & 15)) != 0);
    }
    FUZZ_CHECK(wb_diag_code(text, 0) >= -1 && wb_diag_code(text, 1) >= -1);
    FUZZ_CHECK(wb_diag_code(NULL, 0) == -1);
    (void)wb_diag_detail(text);
}

static void
read_password(const uint8_t *text, size_t len)
{
    uint8_t quoted[1100];
    int64_t units = wb_utf8_units(text, len), codes = wb_utf8_codes(text, len);
    size_t  octets = wb_utf16_quoted(text, len, quoted, sizeof(quoted));

    FUZZ_CHECK((units < 0) == (codes < 0) && codes <= units && units <= (int64_t)len);
    FUZZ_CHECK(octets == 0 || octets == 2 * ((size_t)units + 2));
}

/* A name is within itself, and within what stands behind any of its commas that is a name. */
static void
read_name(const char *text)
{
    uint8_t     dn[1024], top[1024];
    size_t      len = wb_dn_fold(text, dn, sizeof(dn)), top_len;
    const char *behind;

    FUZZ_CHECK(len <= WB_DN_FOLDED(strlen(text)));
    FUZZ_CHECK(wb_dn_is_within(dn, len, dn, len) == (len > 0));
    FUZZ_CHECK(wb_dn_fold(text, top, len / 2) == 0);
    behind  = strrchr(text, ',');
    top_len = 0;
    if (behind != NULL && len > 0 && behind > text && behind[-1] != '\\')
        top_len = wb_dn_fold(behind + 1, top, sizeof(top));
    FUZZ_CHECK(top_len == 0 || wb_dn_is_within(dn, len, top, top_len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char   text[512];
    size_t len = size < sizeof(text) - 1 ? size : sizeof(text) - 1;

    fuzz_begin();
    if (len > 0)
        memcpy(text, data, len);
    text[len] = '\0';
    read_anchor(text, len);
    read_message(text);
    read_password(data, size);
    read_name(text);
    return 0;
}
