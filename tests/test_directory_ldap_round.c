/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 14 16 */
/* What is told when controllers fail, and that no password is sent twice. */

#include "fake_domain.h"
#include "faults.h"

#define TIMEOUT_MS 8000

static fake_domain    w;
static pwwb_resolver *dns;
static pwwb_error    *err;

static const char *const dc2[] = {"dc2.corp"};

/* dc1, dc2, and what DNS tells: dc3, the PDC emulator, and dc4. */
static pwwb_directory *
open_domain(void)
{
    const pwwb_ldap_options o = {.host = "dc1.corp", .others = dc2, .other_count = 1,
                                 .domain = "corp", .resolver = dns};

    return fake_domain_open(&w, o);
}

static pwwb_set_result
set_in(pwwb_directory *directory, pwwb_status expected)
{
    pwwb_set        set    = fake_domain_reset();
    pwwb_set_result result = {.size = sizeof(result)};
    pwwb_status     st     = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);

    CHECK_STATUS(expected, st);
    CHECK_STATUS(st, pwwb_error_status(err));
    return result;
}

/* The code of a set on a fresh directory. */
static int32_t
code_of(pwwb_status expected)
{
    pwwb_directory *directory = open_domain();
    int32_t         code      = set_in(directory, expected).code;

    pwwb_directory_free(directory);
    return code;
}

static void
make_read_only(int n)
{
    fake_ldap_say(&w.dc[n], "", "supportedCapabilities", FAKE_RODC, 0);
}

static void
one_that_is_read_only_is_passed_over(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    make_read_only(1);
    directory = open_domain();
    CHECK_STR("dc2.corp", set_in(directory, PWWB_OK).controller);
    CHECK_STR("1 2 ", w.order);
    CHECK_INT(0, w.dc[1].seen_count);
    pwwb_directory_free(directory);
}

/* It knows who the PDC emulator is. */
static void
a_read_only_one_alone_leads_to_the_pdc_emulator(void)
{
    const pwwb_ldap_options o = {.host = "dc1.corp", .flags = PWWB_LDAP_ONLY_PREFERRED};
    pwwb_directory         *directory;

    fake_domain_make(&w);
    make_read_only(1);
    directory = fake_domain_open(&w, o);
    CHECK_STR("dc3.corp", set_in(directory, PWWB_OK).controller);
    pwwb_directory_free(directory);
}

static void
where_all_are_read_only_a_writable_one_must_be_named(void)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    pwwb_directory   *directory;
    int               n;

    fake_domain_make(&w);
    for (n = 1; n <= FAKE_DCS; n++)
        make_read_only(n);
    directory = open_domain();
    CHECK_INT(PWWB_CODE_REFERRAL, set_in(directory, PWWB_OK).code);
    CHECK_STR("1 2 3 4 ", w.order);
    CHECK_INT(0, fake_domain_modifies(&w));
    CHECK_STATUS(PWWB_E_DIRECTORY, pwwb_directory_read(directory, fake_guid, TIMEOUT_MS, &account,
                                                       &rules, err));
    CHECK(strstr(pwwb_error_message(err), "name a writable one") != NULL);
    w.gone = FAKE_DC(1); /* tomorrow it may be there, and write */
    CHECK_INT(PWWB_CODE_UNREACHABLE, set_in(directory, PWWB_E_CONNECT).code);
    pwwb_directory_free(directory);
}

static void
a_referral_leads_to_the_pdc_emulator_once(void)
{
    pwwb_directory *directory;
    pwwb_set_result result;

    fake_domain_make(&w);
    w.dc[1].modifies[0] = (fake_answer){10, "0000202B: RefErr: DSID-0310078B, data 0"};
    directory           = open_domain();
    result              = set_in(directory, PWWB_OK);
    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK_STR("dc3.corp", result.controller);
    CHECK_STR("1 3 ", w.order);
    CHECK_INT(1, w.dc[1].seen_count);
    CHECK_INT(1, w.dc[3].seen_count);
    pwwb_directory_free(directory);

    fake_domain_make(&w);
    w.dc[1].modifies[0] = w.dc[3].modifies[0] = (fake_answer){10, "0000202B: RefErr: x"};
    CHECK_INT(PWWB_CODE_REFERRAL, code_of(PWWB_OK));
    CHECK_STR("1 3 ", w.order);
    CHECK_INT(2, fake_domain_modifies(&w));
}

static void
a_referral_that_leads_nowhere_is_told(void)
{
    const pwwb_ldap_options alone = {.host = "dc1.corp"};
    pwwb_directory         *directory;

    fake_domain_make(&w); /* it is the PDC emulator itself */
    w.dc[1].modifies[0] = (fake_answer){10, "0000202B: RefErr: x"};
    fake_domain_pdc(&w, "CN=NTDS Settings,CN=DC1" FAKE_SERVERS);
    w.pdc[0] = (pwwb_service){"DC1.corp", 389, 0, 0, 0};
    CHECK_INT(PWWB_CODE_REFERRAL, code_of(PWWB_OK));
    CHECK_STR("1 ", w.order);

    fake_domain_make(&w); /* that is gone */
    w.dc[1].modifies[0] = (fake_answer){10, "0000202B: RefErr: x"};
    w.gone              = FAKE_DC(3);
    CHECK_INT(PWWB_CODE_REFERRAL, code_of(PWWB_OK));
    CHECK_STR("1 3 ", w.order);
    CHECK_INT(1, fake_domain_modifies(&w));

    fake_domain_make(&w); /* no other one is wanted */
    w.dc[1].modifies[0] = (fake_answer){10, "0000202B: RefErr: x"};
    directory           = fake_domain_open(&w, alone);
    CHECK_INT(PWWB_CODE_REFERRAL, set_in(directory, PWWB_OK).code);
    CHECK_STR("1 ", w.order);
    pwwb_directory_free(directory);
}

/* What the PDC emulator lacks is not overlooked because the first controller had it. */
static void
history_is_judged_again_after_a_referral(void)
{
    fake_domain_make(&w);
    w.dc[1].modifies[0]     = (fake_answer){10, "0000202B: RefErr: x"};
    w.dc[3].values[4].value = w.dc[3].values[5].value = "1.2.3";
    CHECK_INT(PWWB_CODE_HISTORY_NOT_ENFORCEABLE, code_of(PWWB_OK));
    CHECK_INT(0, w.dc[3].seen_count);
}

static void
what_was_sent_is_never_sent_elsewhere(void)
{
    fake_domain_make(&w);
    w.dc[1].hangs_up_on_modify = 1;
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, code_of(PWWB_OK));
    CHECK_STR("1 ", w.order);
    CHECK_INT(1, fake_domain_modifies(&w));
}

/* A controller's stream fails at any call in any way: at most one modify goes out, and what is said
 * of the password is true. */
static void
faults_anywhere_leave_one_modify_and_an_honest_code(void)
{
    static const pwwb_status faults[] = {PWWB_E_TIMEOUT, PWWB_E_CLOSED, PWWB_E_CONNECT,
                                         PWWB_E_TLS_NAME, PWWB_E_AUTH, 42};
    size_t                   i;
    long                     nth, call;
    int                      others = 0;

    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        for (call = 0; call < 4; call++)
            for (nth = 1; nth < 200; nth++) {
                pwwb_set        set    = fake_domain_reset();
                pwwb_set_result result = {.size = sizeof(result)};
                pwwb_directory *directory;
                fake_fault     *fault;
                pwwb_status     st;
                int             sent;

                fake_domain_make(&w);
                fault  = (fake_fault *[]){&w.dc[1].connect, &w.dc[1].tls, &w.dc[1].read,
                                         &w.dc[1].write}[call];
                *fault = (fake_fault){.nth = nth, .is_persistent = 1, .status = faults[i]};
                directory = open_domain();
                st   = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
                sent = fake_domain_modifies(&w);
                CHECK_STATUS(st, pwwb_error_status(err));
                others += w.dc[2].seen_count;
                CHECK(sent <= 1);
                CHECK(sent == 0 || pwwb_code_outcome(result.code) != PWWB_OUTCOME_NOT_SET);
                CHECK(sent == 1 || (call == 3 && result.code == PWWB_CODE_OUTCOME_UNKNOWN));
                pwwb_directory_free(directory);
                if (fault->calls < nth)
                    break; /* nothing was left to fail */
            }
    CHECK(others > 100); /* else none went on to the next */
}

static void
a_kept_connection_that_falls_silent_is_left_for_the_next(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    directory = open_domain();
    CHECK_STR("dc1.corp", set_in(directory, PWWB_OK).controller);
    w.dc[1].read = (fake_fault){.nth = 1, .status = PWWB_E_TIMEOUT};
    CHECK_STR("dc2.corp", set_in(directory, PWWB_OK).controller);
    CHECK_STR("1 2 ", w.order);
    pwwb_directory_free(directory);
}

/* Every controller counts a wrong password towards the service account's lock. */
static void
a_refused_account_is_not_tried_elsewhere(void)
{
    fake_domain_make(&w);
    w.dc[1].bind = (fake_answer){49, "80090308: LdapErr: x, data 52e, v1"};
    CHECK_INT(PWWB_CODE_CONFIGURATION, code_of(PWWB_E_AUTH));
    CHECK_STR("1 ", w.order);
    CHECK(strstr(pwwb_error_message(err), "wrong name or password") != NULL);

    fake_domain_make(&w);
    w.dc[1].bind = (fake_answer){8, "00002028: LdapErr: x"};
    CHECK_INT(PWWB_CODE_OK, code_of(PWWB_OK));
    CHECK_STR("1 2 ", w.order);
}

static void
the_failure_that_tells_most_is_told(void)
{
    fake_domain_make(&w);
    w.gone         = FAKE_DC(1) | FAKE_DC(3) | FAKE_DC(4);
    w.dc[2].tls    = (fake_fault){.nth = 1, .is_persistent = 1, .status = PWWB_E_TLS_NAME};
    CHECK_INT(PWWB_CODE_CONFIGURATION, code_of(PWWB_E_TLS_NAME));
    CHECK_STR("1 2 3 4 ", w.order);
    CHECK(strncmp(pwwb_error_message(err), "none of 4 controllers", 21) == 0);
    w.dc[4].bind = (fake_answer){8, "00002028: LdapErr: x"};
    w.gone       = FAKE_DC(1) | FAKE_DC(3);
    CHECK_INT(PWWB_CODE_CONFIGURATION, code_of(PWWB_E_AUTH));
    CHECK_INT(PWWB_LAYER_LDAP, pwwb_error_layer(err));
    CHECK_INT(8, pwwb_error_code(err));
}

/* No such record is not "no such account". */
static void
a_domain_that_dns_does_not_know_is_unreachable(void)
{
    static const struct {
        pwwb_status dns, status;
        int32_t     code;
    } cases[] = {
        {PWWB_E_NOT_FOUND, PWWB_E_CONNECT, PWWB_CODE_UNREACHABLE},
        {PWWB_E_CONNECT, PWWB_E_CONNECT, PWWB_CODE_UNREACHABLE},
        {PWWB_E_TIMEOUT, PWWB_OK, PWWB_CODE_TIMEOUT},
        {42, PWWB_E_CONNECT, PWWB_CODE_UNREACHABLE},
    };
    const pwwb_ldap_options o = {.domain = "corp", .resolver = dns};
    size_t                  i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pwwb_directory *directory;

        fake_domain_make(&w);
        w.dns_status = cases[i].dns;
        directory    = fake_domain_open(&w, o);
        CHECK_INT(cases[i].code, set_in(directory, cases[i].status).code);
        CHECK_STR("", w.order);
        w.dns_status = PWWB_OK; /* its failure is not held against it when nobody else is there */
        CHECK_INT(PWWB_CODE_OK, set_in(directory, PWWB_OK).code);
        pwwb_directory_free(directory);
    }
}

static void
silent_dns_costs_a_share_and_only_once(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    w.dns_is_silent = 1;
    w.gone          = FAKE_DC(1) | FAKE_DC(2);
    directory       = open_domain();
    (void)set_in(directory, PWWB_E_CONNECT);
    CHECK_STR("1 2 ", w.order);
    CHECK_INT(5000 + TIMEOUT_MS, w.clock.monotonic_ms); /* nobody else was left */
    w.gone = FAKE_DC(1);
    CHECK_STR("dc2.corp", set_in(directory, PWWB_OK).controller);
    CHECK_INT(5000 + TIMEOUT_MS, w.clock.monotonic_ms); /* those that are known come before it */
    pwwb_directory_free(directory);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    long nth, count = 1000;

    for (nth = 0; nth <= count; nth++) {
        pwwb_set          set = fake_domain_reset();
        pwwb_ldap_options o   = {
            .size = sizeof(o), .host = "dc1.corp", .others = dc2, .other_count = 1,
            .domain = "corp", .security = PWWB_LDAP_LDAPS, .ca = (const uint8_t *)fake_ca,
            .ca_len = sizeof(fake_ca) - 1, .bind_dn = "CN=svc", .base_dn = "DC=x",
            .password = (const uint8_t *)"secret", .password_len = 6, .address = "dc1.corp",
            .connect = fake_domain_connect, .connect_ctx = &w,
        };
        pwwb_set_result result    = {.size = sizeof(result)};
        pwwb_directory *directory = NULL;
        pwwb_status     st;

        fake_domain_make(&w);
        if (nth == 0)
            faults_count();
        else
            faults_fail(nth);
        st = pwwb_directory_new_ldap(&o, &directory, NULL);
        if (st == PWWB_OK)
            st = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, NULL);
        if (nth == 0)
            count = faults_stop();
        else
            (void)faults_stop();
        CHECK_STATUS(nth == 0 ? PWWB_OK : PWWB_E_NO_MEMORY, st);
        CHECK_STR(directory != NULL ? "1 " : "", w.order); /* others would fare no better */
        pwwb_directory_free(directory);
    }
    CHECK(count > 10);
}

int
main(void)
{
    err = pwwb_error_new();
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new(&fake_domain_dns, &w, &dns, NULL));
    RUN(one_that_is_read_only_is_passed_over);
    RUN(a_read_only_one_alone_leads_to_the_pdc_emulator);
    RUN(where_all_are_read_only_a_writable_one_must_be_named);
    RUN(a_referral_leads_to_the_pdc_emulator_once);
    RUN(a_referral_that_leads_nowhere_is_told);
    RUN(history_is_judged_again_after_a_referral);
    RUN(what_was_sent_is_never_sent_elsewhere);
    RUN(faults_anywhere_leave_one_modify_and_an_honest_code);
    RUN(a_kept_connection_that_falls_silent_is_left_for_the_next);
    RUN(a_refused_account_is_not_tried_elsewhere);
    RUN(the_failure_that_tells_most_is_told);
    RUN(a_domain_that_dns_does_not_know_is_unreachable);
    RUN(silent_dns_costs_a_share_and_only_once);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_resolver_free(dns);
    pwwb_error_free(err);
    return DONE;
}
