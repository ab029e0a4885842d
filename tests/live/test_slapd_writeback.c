/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 5 12 16 19 */
/* Whole requests against a real slapd, which tells the time of a password in whole seconds. */

#include "ol.h"

static const uint8_t   tenant[PWWB_ID_SIZE] = {1};
static pwwb_keyring   *keyring;
static pwwb_journal   *journal;
static pwwb_writeback *writeback;

static int64_t
now_s(void)
{
    return (int64_t)time(NULL);
}

/* Until the clock's next second. */
static void
wait_a_second(void)
{
    int64_t begun = now_s();

    while (now_s() == begun)
        usleep(20000);
}

static pwwb_claims
claims_of(const char *user, int32_t operation, int64_t issued)
{
    pwwb_claims c = {.size = sizeof(c), .iat = issued, .exp = issued + 60};

    c.operation   = operation;
    c.origin      = operation == PWWB_OPERATION_CHANGE ? PWWB_FROM_ACCOUNT_PORTAL
                                                       : PWWB_FROM_RESET_PORTAL;
    c.actor       = PWWB_ACTOR_USER;
    c.user_type   = PWWB_USER_FEDERATED;
    c.anchor.kind = PWWB_ANCHOR_SOURCE;
    uuid_of(user, c.anchor.guid);
    return c;
}

/* One request from the portal's seal to the agent's code. */
static int32_t
handle(const char *service, const pwwb_claims *claims, const char *old_one, const char *new_one)
{
    pwwb_directory *directory = open_by(service);
    pwwb_claims     mine      = *claims; /* each has an id of its own */
    uint8_t         sealed[PWWB_ENVELOPE_MAX];
    size_t          len;

    CHECK_STATUS(PWWB_OK, pwwb_request_seal(keyring, &mine, (const uint8_t *)new_one,
                                            strlen(new_one), (const uint8_t *)old_one,
                                            old_one != NULL ? strlen(old_one) : 0, sealed,
                                            sizeof(sealed), &len, err));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(writeback, sealed, len, err));
    CHECK_STATUS(PWWB_OK,
                 pwwb_writeback_run(writeback, journal, NULL, directory, DEADLINE_MS, err));
    pwwb_directory_free(directory);
    return pwwb_writeback_code(writeback);
}

static int32_t
reset_by(const char *service, const char *user, const char *password)
{
    pwwb_claims claims = claims_of(user, PWWB_OPERATION_RESET_SELF, now_s());

    return handle(service, &claims, NULL, password);
}

static void
requests_of_one_second_follow_each_other(void)
{
    const char *password = NULL;
    int64_t     begun;
    int         i, tries = 0;

    do { /* three of them within one second, when the machine lets us */
        wait_a_second();
        begun = now_s();
        for (i = 0; i < 3; i++) {
            password = fresh();
            CHECK_INT(PWWB_CODE_OK, reset_by("svc-pw", "u032", password));
        }
    } while (now_s() != begun && ++tries < 3);
    CHECK(binds("u032", password));
}

/* Somebody else sets a password, in the very second of the request or later: never an older one
 * over it. */
static void
a_newer_password_is_not_overwritten(void)
{
    const char *theirs = fresh();
    pwwb_claims claims = claims_of("u033", PWWB_OPERATION_RESET_SELF, now_s());
    char        lines[256];

    snprintf(lines, sizeof(lines), "replace: userPassword\\nuserPassword: %s\\n", theirs);
    modify("u033", lines);
    CHECK_INT(PWWB_CODE_SUPERSEDED, handle("svc-pw", &claims, NULL, fresh()));
    CHECK(binds("u033", theirs));

    wait_a_second();
    CHECK_INT(PWWB_CODE_OK, reset_by("svc-pw", "u033", fresh()));
}

/* A change of something else leaves the password's time, and so the journal's knowledge. */
static void
our_own_write_is_known_as_ours(void)
{
    pwwb_claims earlier = claims_of("u034", PWWB_OPERATION_RESET_SELF, now_s());
    pwwb_claims later;

    wait_a_second();
    later = claims_of("u034", PWWB_OPERATION_RESET_SELF, now_s());
    CHECK_INT(PWWB_CODE_OK, handle("svc-pw", &later, NULL, fresh()));
    modify("u034", "replace: description\\ndescription: x\\n");
    CHECK_INT(PWWB_CODE_SUPERSEDED, handle("svc-pw", &earlier, NULL, fresh()));
    CHECK_INT(PWWB_CODE_OK, handle("svc-pw", &later, NULL, fresh()));
}

/* slapd would take these from svc-manage: see test_slapd_state.c. */
static void
lengths_hold_for_an_account_that_the_policy_does_not_bind(void)
{
    char before[512];

    use_policy("u035", "max16");
    wait_a_second();
    snprintf(before, sizeof(before), "%s", stored("u035", "userPassword"));
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, reset_by("svc-manage", "u035", "Ab1-def"));
    CHECK_INT(PWWB_CODE_POLICY_TOO_LONG, reset_by("svc-manage", "u035", "Ab1-defghijklmnop"));
    CHECK_INT(PWWB_CODE_POLICY_TOO_LONG,
              reset_by("svc-manage", "u035", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                             "\xc3\xa9\xc3\xa9x")); /* 9 characters */
    CHECK_STR(before, stored("u035", "userPassword"));
    CHECK_INT(PWWB_CODE_OK, reset_by("svc-manage", "u035", "Ab1-defg"));
}

static void
minimum_age_does_not_bind_who_resets_past_it(void)
{
    use_policy("u036", "minage");
    wait_a_second();
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, reset_by("svc-pw", "u036", fresh()));
    CHECK_INT(PWWB_CODE_OK, reset_by("svc-manage", "u036", fresh()));
}

static void
the_accounts_state_is_judged_before_the_secret_is_opened(void)
{
    pwwb_claims claims = claims_of("u037", PWWB_OPERATION_CHANGE, now_s());

    use_policy("u037", "default");
    lock("u037");
    CHECK_INT(PWWB_CODE_LOCKED, handle("svc-pw", &claims, START, fresh()));
    modify("u037", "replace: pwdAccountLockedTime\\npwdAccountLockedTime: 000001010000Z\\n");
    CHECK_INT(PWWB_CODE_DISABLED, reset_by("svc-pw", "u037", fresh()));
    modify("u037", "delete: pwdAccountLockedTime\\n");
    use_policy("u037", "noself");
    claims = claims_of("u037", PWWB_OPERATION_CHANGE, now_s());
    CHECK_INT(PWWB_CODE_USER_CANNOT_CHANGE, handle("svc-pw", &claims, START, fresh()));
    CHECK(binds("u037", START));
}

static void
an_old_password_is_proven_again_and_again(void)
{
    pwwb_claims claims = claims_of("u038", PWWB_OPERATION_CHANGE, now_s());
    const char *next   = fresh();
    int         i;

    for (i = 0; i < 7; i++) /* no guard: nothing is counted, so nothing would lock */
        CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, handle("svc-pw", &claims, "wrong", fresh()));
    CHECK_INT(PWWB_CODE_OK, handle("svc-pw", &claims, START, next));
    CHECK(binds("u038", next));
}

int
main(void)
{
    if (ol("OL_CONF")[0] == '\0') {
        printf("1..0 # SKIP no OL_* in the environment: see tests/fixtures/slapd\n");
        return 0;
    }

    err = pwwb_error_new();
    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keyring, err));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(keyring, NULL, &writeback, err));
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(1000, NULL, NULL, &journal, err));
    wait_a_second(); /* so that the journal is older than every request */
    RUN(requests_of_one_second_follow_each_other);
    RUN(a_newer_password_is_not_overwritten);
    RUN(our_own_write_is_known_as_ours);
    RUN(lengths_hold_for_an_account_that_the_policy_does_not_bind);
    RUN(minimum_age_does_not_bind_who_resets_past_it);
    RUN(the_accounts_state_is_judged_before_the_secret_is_opened);
    RUN(an_old_password_is_proven_again_and_again);
    pwwb_journal_free(journal);
    pwwb_writeback_free(writeback);
    pwwb_keyring_free(keyring);
    pwwb_error_free(err);
    return DONE;
}
