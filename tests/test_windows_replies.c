/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 5 16 */
/* What Windows answers and Samba does not, replayed octet for octet. */

#include "diag.h"
#include "fake_domain.h"

#define TIMEOUT_MS 4000

/* cases/windows-replies.json */
static const struct {
    const char *origin;
    int32_t     kind;
    int         ldap;
    const char *message;
    size_t      message_len;
    const char *matched, *referral;
    int32_t     code;
} replies[] = {
#include "windows_replies.h"
};
#define REPLIES (sizeof(replies) / sizeof(replies[0]))

/* cases/directory-errors.json, in Windows' form with LF NUL, and in Samba's */
static const struct {
    int         operation, ldap;
    const char *message;
    size_t      message_len;
    const char *expected; /* a class: POLICY stands for any POLICY_* */
} errors[] = {
#include "directory_errors.h"
};

static fake_domain w;
static pwwb_error *err;

static pwwb_set
request(int32_t kind)
{
    pwwb_set set = fake_domain_reset();

    set.kind = kind;
    if (kind == PWWB_SET_CHANGE) {
        set.old_password     = (const uint8_t *)"Old-pass-1";
        set.old_password_len = 10;
    }
    if (kind == PWWB_SET_UNLOCK) {
        set.password     = NULL;
        set.password_len = 0;
    }
    return set;
}

static fake_raw
reply_of(size_t i)
{
    return (fake_raw){replies[i].ldap, replies[i].message, replies[i].message_len,
                      replies[i].matched, replies[i].referral};
}

/* One operation on dc1, every modify there answered so; further controllers with `others`. */
static pwwb_set_result
answer(int32_t kind, const fake_raw *raw, const char *const *others)
{
    const pwwb_ldap_options o         = {.host = "dc1.corp", .others = others,
                                         .other_count = others != NULL};
    pwwb_set                set       = request(kind);
    pwwb_set_result         result    = {.size = sizeof(result)};
    pwwb_directory         *directory = fake_domain_open(&w, o);

    w.dc[1].raw = raw;
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err));
    pwwb_directory_free(directory);
    return result;
}

static void
every_reply_has_its_code(void)
{
    size_t i, with_nul = 0, with_referral = 0;

    for (i = 0; i < REPLIES; i++) {
        const fake_raw  raw = reply_of(i);
        pwwb_set_result result;

        fake_domain_make(&w);
        result = answer(replies[i].kind, &raw, NULL);
        if (result.code != replies[i].code)
            printf("# %s\n", replies[i].origin);
        CHECK_STR(pwwb_code_name(replies[i].code), pwwb_code_name(result.code));
        CHECK_INT(replies[i].ldap == 0 ? PWWB_OUTCOME_SET : PWWB_OUTCOME_NOT_SET,
                  pwwb_code_outcome(result.code));
        CHECK_INT(1, w.dc[1].seen_count);
        CHECK_STR("dc1.corp", result.controller);
        with_nul += raw.text_len > 0 && raw.text[raw.text_len - 1] == '\0';
        with_referral += raw.referral[0] != '\0';
    }
    CHECK(with_nul >= 15 && with_referral >= 3);
}

/* Else the replay would be of something else. */
static void
the_octets_that_are_sent_are_those_of_the_table(void)
{
    static const uint8_t wanted[] = "\xa3\x21\x04\x1f" "ldap://dc4.corp/CN=u001,DC=corp";
    size_t               i, seen  = 0;

    for (i = 0; i < REPLIES; i++) {
        const fake_raw raw = reply_of(i);

        if (raw.referral[0] == '\0')
            continue;
        fake_domain_make(&w);
        (void)answer(replies[i].kind, &raw, NULL);
        CHECK(memmem(w.dc[1].in, w.dc[1].in_len, raw.text, raw.text_len) != NULL);
        CHECK(memmem(w.dc[1].in, w.dc[1].in_len, wanted, sizeof(wanted) - 1) != NULL);
        seen++;
    }
    CHECK(seen >= 3);
}

/* Whatever it would have said. */
static void
a_reply_that_ends_early_is_unknown(void)
{
    size_t i;
    long   len, at, cuts = 0;

    for (i = 0; i < REPLIES; i++) {
        const fake_raw raw = reply_of(i);

        fake_domain_make(&w);
        (void)answer(replies[i].kind, &raw, NULL);
        at  = w.dc[1].raw_at;
        len = w.dc[1].raw_len;
        CHECK(len >= 14);
        for (; len > 0; len--, cuts++) {
            fake_domain_make(&w);
            w.dc[1].cut_at = at + len - 1;
            CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, answer(replies[i].kind, &raw, NULL).code);
            CHECK_INT(1, w.dc[1].seen_count);
        }
    }
    printf("# %ld replies cut\n", cuts);
}

/* To the PDC emulator, dc3, and not to dc4, which the URL names. */
static void
no_referral_is_followed(void)
{
    static const char *const dc2[] = {"dc2.corp"};
    size_t                   i;

    for (i = 0; i < REPLIES; i++) {
        const fake_raw  raw = reply_of(i);
        pwwb_set_result result;

        fake_domain_make(&w);
        result = answer(replies[i].kind, &raw, dc2);
        if (replies[i].ldap == 10) {
            CHECK_INT(PWWB_CODE_OK, result.code);
            CHECK_STR("dc3.corp", result.controller);
            CHECK_STR("1 3 ", w.order);
            CHECK_INT(2, fake_domain_modifies(&w));
        } else { /* and nothing else goes to another one */
            CHECK_INT(replies[i].code, result.code);
            CHECK_STR("1 ", w.order);
            CHECK_INT(1, fake_domain_modifies(&w));
        }
    }
}

static void
every_documented_and_measured_answer_has_its_code(void)
{
    static const int32_t kinds[] = {
        [WB_DIAG_RESET] = PWWB_SET_RESET, [WB_DIAG_CHANGE] = PWWB_SET_CHANGE,
        [WB_DIAG_OTHER] = PWWB_SET_UNLOCK,
    };
    size_t i, count = 0;

    for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        const fake_raw raw = {errors[i].ldap, errors[i].message, errors[i].message_len, "", ""};
        int32_t        code;
        const char    *name;

        if (errors[i].operation == WB_DIAG_BIND)
            continue;
        fake_domain_make(&w);
        code = answer(kinds[errors[i].operation], &raw, NULL).code;
        name = pwwb_code_name(code);
        CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(code));
        CHECK_INT(1, w.dc[1].seen_count);
        if (strcmp(errors[i].expected, "POLICY") == 0)
            CHECK(strncmp(name, "POLICY_", 7) == 0);
        else
            CHECK_STR(errors[i].expected, name);
        count++;
    }
    CHECK(count > 30);
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(every_reply_has_its_code);
    RUN(the_octets_that_are_sent_are_those_of_the_table);
    RUN(a_reply_that_ends_early_is_unknown);
    RUN(no_referral_is_followed);
    RUN(every_documented_and_measured_answer_has_its_code);
    pwwb_error_free(err);
    return DONE;
}
