/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 14 */
/* Which controllers are tried, in which order, and how much time each gets. */

#include "fake_domain.h"

#define TIMEOUT_MS 8000
#define NAMES(...) ((pwwb_ldap_options){__VA_ARGS__})

static fake_domain    w;
static pwwb_resolver *dns;
static pwwb_error    *err;

static const char *const dc2[]         = {"dc2.corp"};
static const char *const dc2_and_dc4[] = {"dc2.corp", "dc4.corp"};

/* Set a password, and say who did it: its number, or -1 for none. */
static int
set_by(pwwb_directory *directory)
{
    pwwb_set        set    = fake_domain_reset();
    pwwb_set_result result = {.size = sizeof(result)};
    pwwb_status     st     = pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
    int             is_set = st == PWWB_OK && result.code == PWWB_CODE_OK;
    int             n      = is_set ? result.controller[2] - '0' : -1;

    CHECK_STATUS(st, pwwb_error_status(err));
    if (n > 0) {
        CHECK_INT(1, w.dc[n].seen_count);
        w.dc[n].seen_count = 0;
    }
    CHECK_INT(0, fake_domain_modifies(&w));
    return n;
}

/* On a fresh directory: the order, with the one that did it after a colon. */
static const char *
order(pwwb_ldap_options o)
{
    static char     text[160];
    pwwb_directory *directory = fake_domain_open(&w, o);
    int             n         = set_by(directory);

    snprintf(text, sizeof(text), "%s: %d", w.order, n);
    pwwb_directory_free(directory);
    fake_domain_again(&w);
    return text;
}

static void
one_that_is_named_alone_costs_nothing_more(void)
{
    fake_domain_make(&w);
    CHECK_STR("1 : 1", order(NAMES(.host = "dc1.corp", .resolver = dns)));
    CHECK_INT(3, w.dc[1].searches); /* the root entry, the account before and after */
    w.gone = FAKE_DC(1);
    CHECK_STR("1 : -1", order(NAMES(.host = "dc1.corp", .resolver = dns)));
    CHECK_STR("", w.asked);
}

static void
those_that_are_named_come_first_and_in_order(void)
{
    const pwwb_ldap_options o = NAMES(.host = "dc1.corp", .others = dc2_and_dc4, .other_count = 2,
                                      .domain = "corp", .resolver = dns);

    fake_domain_make(&w);
    CHECK_STR("1 : 1", order(o));
    w.gone = FAKE_DC(1);
    CHECK_STR("1 2 : 2", order(o));
    w.gone = FAKE_DC(1) | FAKE_DC(2);
    CHECK_STR("1 2 4 : 4", order(o));
    w.gone |= FAKE_DC(4);
    CHECK_STR("1 2 4 3 : 3", order(o));
    w.gone = ~0;
    CHECK_STR("1 2 4 3 : -1", order(o)); /* each once, by whatever name it is found */
}

static void
without_names_the_pdc_emulator_is_first_then_by_priority_and_weight(void)
{
    const pwwb_ldap_options o = NAMES(.domain = "corp", .resolver = dns);

    fake_domain_make(&w);
    CHECK_STR("3 : 3", order(o));
    w.gone = FAKE_DC(3);
    CHECK_STR("3 4 : 4", order(o));
    w.gone = FAKE_DC(3) | FAKE_DC(4);
    CHECK_STR("3 4 2 : 2", order(o));
    w.gone = FAKE_DC(3) | FAKE_DC(4) | FAKE_DC(2);
    CHECK_STR("3 4 2 1 : 1", order(o));
}

/* MS-ADTS 6.3.2.3: the records that name the PDC emulator and all controllers */
static void
dns_is_asked_for_the_records_of_the_domain_and_only_when_needed(void)
{
    const pwwb_ldap_options o         = NAMES(.host = "dc1.corp", .domain = "corp",
                                              .resolver = dns);
    pwwb_directory         *directory = fake_domain_open(&w, o);

    fake_domain_make(&w);
    CHECK_INT(1, set_by(directory));
    CHECK_STR("", w.asked);
    pwwb_directory_free(directory);

    w.gone    = ~0;
    directory = fake_domain_open(&w, o);
    CHECK_INT(-1, set_by(directory));
    CHECK_STR("_ldap._tcp.pdc._msdcs.corp _ldap._tcp.dc._msdcs.corp ", w.asked);
    pwwb_directory_free(directory);
}

static void
only_the_preferred_still_means_the_pdc_emulator(void)
{
    const pwwb_ldap_options o = NAMES(.host = "dc1.corp", .flags = PWWB_LDAP_ONLY_PREFERRED,
                                      .domain = "corp", .resolver = dns);

    fake_domain_make(&w);
    CHECK_STR("1 : 1", order(o));
    w.gone = FAKE_DC(1);
    CHECK_STR("1 3 : 3", order(o));
    w.gone = FAKE_DC(1) | FAKE_DC(3);
    CHECK_STR("1 3 : -1", order(o));
    CHECK(strstr(w.asked, "tcp.dc.") == NULL);
}

/* fSMORoleOwner of the domain's head, whose parent has the name: MS-ADTS 3.1.1.1.11 */
static void
the_pdc_emulator_is_learnt_over_ldap_without_dns(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    directory = fake_domain_open(&w, NAMES(.host = "dc1.corp", .others = dc2, .other_count = 1));
    CHECK_INT(1, set_by(directory));
    fake_domain_hang_up();
    w.gone = FAKE_DC(1) | FAKE_DC(2);
    CHECK_INT(3, set_by(directory));
    CHECK_STR("1 1 2 3 ", w.order);
    pwwb_directory_free(directory);

    fake_domain_make(&w);
    fake_domain_pdc(&w, "CN=NTDS Settings,CN=DC4" FAKE_SERVERS);
    directory = fake_domain_open(
        &w, NAMES(.host = "dc1.corp", .flags = PWWB_LDAP_ONLY_PREFERRED));
    CHECK_INT(1, set_by(directory));
    fake_domain_hang_up();
    w.gone = FAKE_DC(1);
    CHECK_INT(4, set_by(directory));
    pwwb_directory_free(directory);
}

static void
a_pdc_emulator_that_cannot_be_learnt_stops_nobody(void)
{
    static const char *const odd[] = {NULL, "", "CN=DC3" FAKE_SERVERS, "CN=NTDS Settings,",
                                      "CN=NTDS Settings,CN=NOBODY" FAKE_SERVERS, "\xff"};
    size_t                   i;

    for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        fake_domain_make(&w);
        fake_domain_pdc(&w, odd[i]);
        CHECK_STR("1 : 1", order(NAMES(.host = "dc1.corp", .others = dc2, .other_count = 1)));
        w.gone = FAKE_DC(1) | FAKE_DC(2);
        CHECK_STR("1 2 : -1", order(NAMES(.host = "dc1.corp", .others = dc2, .other_count = 1)));
    }
}

/* When the one that was learnt is down, the role may have moved. */
static void
dns_is_asked_again_when_the_pdc_emulator_is_gone(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    directory = fake_domain_open(&w, NAMES(.host = "dc1.corp", .domain = "corp", .resolver = dns,
                                           .flags = PWWB_LDAP_ONLY_PREFERRED));
    CHECK_INT(1, set_by(directory));
    fake_domain_hang_up();
    w.gone   = FAKE_DC(1) | FAKE_DC(3);
    w.pdc[0] = (pwwb_service){"dc2.corp", 389, 0, 0, 0};
    CHECK_INT(2, set_by(directory));
    CHECK_STR("1 1 3 2 ", w.order);
    pwwb_directory_free(directory);
}

static void
a_silent_one_takes_half_of_the_time_at_most(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    w.silent  = FAKE_DC(1) | FAKE_DC(2) | FAKE_DC(4);
    directory = fake_domain_open(&w, NAMES(.host = "dc1.corp", .others = dc2_and_dc4,
                                           .other_count = 2, .domain = "corp", .resolver = dns));
    CHECK_INT(3, set_by(directory));
    CHECK_STR("1 2 4 3 ", w.order);
    CHECK_INT(4000, w.given_ms[0]);
    CHECK_INT(2000, w.given_ms[1]);
    CHECK_INT(1000, w.given_ms[2]);
    CHECK_INT(1000, w.given_ms[3]);
    pwwb_directory_free(directory);
}

static void
the_last_one_gets_all_that_is_left(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    directory = fake_domain_open(&w, NAMES(.host = "dc1.corp", .others = dc2, .other_count = 1));
    w.silent  = FAKE_DC(1) | FAKE_DC(2);
    CHECK_INT(-1, set_by(directory));
    CHECK_INT(4000, w.given_ms[0]);
    CHECK_INT(4000, w.given_ms[1]);
    CHECK_INT(5000 + TIMEOUT_MS, w.clock.monotonic_ms);
    pwwb_directory_free(directory);

    fake_domain_make(&w);
    directory = fake_domain_open(&w, NAMES(.host = "dc1.corp"));
    CHECK_INT(1, set_by(directory));
    CHECK_INT(TIMEOUT_MS, w.given_ms[0]);
    pwwb_directory_free(directory);
}

static void
one_that_failed_is_behind_the_others_for_a_while(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    directory = fake_domain_open(&w, NAMES(.host = "dc1.corp", .others = dc2, .other_count = 1));
    w.silent  = FAKE_DC(1);
    CHECK_INT(2, set_by(directory));
    fake_domain_hang_up();
    CHECK_INT(2, set_by(directory));
    CHECK_STR("1 2 2 ", w.order); /* it costs the second connection nothing */

    w.silent = 0;
    w.clock.monotonic_ms += 30000;
    fake_domain_hang_up();
    CHECK_INT(1, set_by(directory));

    fake_domain_again(&w);
    w.gone = FAKE_DC(1);
    fake_domain_hang_up();
    CHECK_INT(2, set_by(directory));
    w.gone = FAKE_DC(2) | FAKE_DC(3);
    fake_domain_hang_up();
    CHECK_INT(1, set_by(directory)); /* behind is not away */
    CHECK_STR("1 2 2 3 1 ", w.order);
    pwwb_directory_free(directory);
}

static void
a_connection_is_kept_whoever_it_is_to(void)
{
    pwwb_directory *directory;

    fake_domain_make(&w);
    directory = fake_domain_open(&w, NAMES(.host = "dc1.corp", .others = dc2, .other_count = 1));
    w.gone    = FAKE_DC(1);
    CHECK_INT(2, set_by(directory));
    w.gone = 0;
    CHECK_INT(2, set_by(directory));
    CHECK_STR("1 2 ", w.order);
    pwwb_directory_free(directory);
}

static void
ports_are_the_options_or_of_the_way_it_is_protected(void)
{
    fake_domain_make(&w);
    w.pdc[0].port = 1389;
    CHECK_STR("3 : 3", order(NAMES(.domain = "corp", .resolver = dns)));
    CHECK_INT(636, w.ports[0]); /* an SRV record tells the port without TLS */
    CHECK_STR("3 : 3", order(NAMES(.domain = "corp", .resolver = dns,
                                   .security = PWWB_LDAP_STARTTLS)));
    CHECK_INT(1389, w.ports[0]);
    CHECK_STR("3 : 3", order(NAMES(.domain = "corp", .resolver = dns, .port = 700,
                                   .security = PWWB_LDAP_STARTTLS)));
    CHECK_INT(700, w.ports[0]);
    w.pdc[0].port = 3268;
    CHECK_STR("3 : 3", order(NAMES(.domain = "corp", .resolver = dns,
                                   .security = PWWB_LDAP_STARTTLS)));
    CHECK_INT(389, w.ports[0]);
}

static void
the_certificate_must_name_the_controller_that_is_tried(void)
{
    fake_domain_make(&w);
    w.gone = FAKE_DC(1);
    CHECK_STR("1 3 : 3", order(NAMES(.host = "dc1.corp", .domain = "corp", .resolver = dns)));
    CHECK_STR("dc3.corp", w.dc[3].tls_name);
}

/* DNS is nobody's word: else whoever forges it could name a machine whose certificate he has. */
static void
names_outside_the_domain_are_not_believed(void)
{
    fake_domain_make(&w);
    w.pdc[0] = (pwwb_service){"dc9.evil", 389, 0, 0, 0};
    memcpy(w.dcs[0].target, "dc9.evilcorp", 13);
    memcpy(w.dcs[1].target, "corp\0", 6);
    CHECK_STR("4 : 4", order(NAMES(.domain = "corp", .resolver = dns)));
}

int
main(void)
{
    err = pwwb_error_new();
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new(&fake_domain_dns, &w, &dns, NULL));
    RUN(one_that_is_named_alone_costs_nothing_more);
    RUN(those_that_are_named_come_first_and_in_order);
    RUN(without_names_the_pdc_emulator_is_first_then_by_priority_and_weight);
    RUN(dns_is_asked_for_the_records_of_the_domain_and_only_when_needed);
    RUN(only_the_preferred_still_means_the_pdc_emulator);
    RUN(the_pdc_emulator_is_learnt_over_ldap_without_dns);
    RUN(a_pdc_emulator_that_cannot_be_learnt_stops_nobody);
    RUN(dns_is_asked_again_when_the_pdc_emulator_is_gone);
    RUN(a_silent_one_takes_half_of_the_time_at_most);
    RUN(the_last_one_gets_all_that_is_left);
    RUN(one_that_failed_is_behind_the_others_for_a_while);
    RUN(a_connection_is_kept_whoever_it_is_to);
    RUN(ports_are_the_options_or_of_the_way_it_is_protected);
    RUN(the_certificate_must_name_the_controller_that_is_tried);
    RUN(names_outside_the_domain_are_not_believed);
    pwwb_resolver_free(dns);
    pwwb_error_free(err);
    return DONE;
}
