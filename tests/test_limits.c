/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent's limits let through. What is expected is what include/pwwb/limits.h says; of rates it is counted
 * here in a plain list of what was let through. */
/* rows: 4 15 */
#include <stdlib.h>

#include "fakes.h"
#include "faults.h"
#include "harness.h"
#include "limits_rate.h"

#define WEEK     604800

static fake_clock fake;

static pwwb_limits_options
options(void)
{
    return (pwwb_limits_options){
        .size = sizeof(pwwb_limits_options), .clock = &fake_clock_ops, .clock_ctx = &fake};
}

static pwwb_limits *
limits_of(const pwwb_limits_options *o)
{
    pwwb_limits *limits = NULL;

    fake = (fake_clock){0, 1000};
    CHECK_STATUS(PWWB_OK, pwwb_limits_new(o, &limits, NULL));
    return limits;
}

/* An account by its number. */
static const uint8_t *
person(uint32_t number)
{
    static uint8_t guid[PWWB_ID_SIZE];

    memset(guid, 0x5a, sizeof(guid));
    memcpy(guid, &number, sizeof(number));
    return guid;
}

static int
is_let_through(pwwb_limits *limits, uint32_t number)
{
    wb_limits_place place;

    wb_limits_take(limits, person(number), &place);
    return place.is_taken;
}

/* ---- options ---- */

static void
refuse(const pwwb_limits_options *o, pwwb_status expected)
{
    pwwb_limits *limits = (pwwb_limits *)&fake;

    CHECK_STATUS(expected, pwwb_limits_new(o, &limits, NULL));
    CHECK(limits == NULL);
}

static void
wrong_options_are_refused(void)
{
    pwwb_limits_options o = options();
    pwwb_limits        *limits;

#define REFUSE(change)                                                                            \
    do {                                                                                          \
        o = options();                                                                            \
        change;                                                                                   \
        refuse(&o, PWWB_E_INVALID_ARGUMENT);                                                      \
    } while (0)
    REFUSE(o.operations = 1);
    REFUSE(o.operations = 1u << 6);
    REFUSE(o.operations = 1u << 31);
    REFUSE(o.reserved = 1);
    REFUSE(o.per_account = -1);
    REFUSE(o.per_account = 101);
    REFUSE(o.in_all = -1);
    REFUSE(o.in_all = 1000001);
    REFUSE(o.per_account_s = -1);
    REFUSE(o.per_account_s = WEEK + 1);
    REFUSE(o.in_all_s = -1);
    REFUSE(o.in_all_s = WEEK + 1);
    REFUSE(o.scope_count = 1);
    REFUSE(o.scope_count = 65; o.scopes = (const char *const[65]){0});
    REFUSE(o.scope_count = 1; o.scopes = (const char *const[1]){0});
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_limits_new(NULL, &limits, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_limits_new(&o, NULL, NULL));
    o      = options();
    o.size = 8;
    refuse(&o, PWWB_E_ABI);
    pwwb_limits_free(NULL);
}

static void
a_scope_that_is_no_name_is_told_by_its_place(void)
{
    static const char *const scopes[] = {"OU=a,DC=b", "DC=c", "staff"};
    pwwb_limits_options o   = options();
    pwwb_error         *err = pwwb_error_new();
    pwwb_limits        *limits;

    o.scopes      = scopes;
    o.scope_count = 3;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_limits_new(&o, &limits, err));
    CHECK(strstr(pwwb_error_message(err), "scope 3 ") != NULL);
    pwwb_error_free(err);
}

static void
running_out_of_memory_is_survived(void)
{
    static const char *const scopes[] = {"OU=a,DC=b", "DC=c"};
    pwwb_limits_options o = options();
    pwwb_limits        *limits;
    wb_limits_place     place;
    long                calls, n;

    o.scopes      = scopes;
    o.scope_count = 2;
    o.per_account = o.in_all = 100;
    pwwb_limits_free(limits_of(&o)); /* the crypto libraries are ready */
    faults_count();
    limits = limits_of(&o);
    calls  = faults_stop();
    faults_count();
    wb_limits_take(limits, person(1), &place);
    CHECK(wb_limits_allow_dn(limits, "CN=x,DC=c"));
    wb_limits_give_back(limits, person(1), &place);
    CHECK_INT(0, faults_stop()); /* in use nothing is allocated */
    pwwb_limits_free(limits);
    CHECK(calls > 0);
    for (n = 1; n <= calls; n++) {
        faults_fail(n);
        refuse(&o, PWWB_E_NO_MEMORY);
        faults_stop();
    }
    printf("# %ld allocations, each failed once\n", calls);
}

/* ---- operations and scopes ---- */

static void
none_allow_everything(void)
{
    const pwwb_limits_options o      = options();
    pwwb_limits              *all[]  = {NULL, limits_of(&o)};
    wb_limits_place           place;
    int32_t                   operation;
    int                       i, n;

    for (i = 0; i < 2; i++) {
        for (operation = PWWB_OPERATION_CHANGE; operation <= PWWB_OPERATION_UNLOCK; operation++)
            CHECK(wb_limits_allow_operation(all[i], operation));
        CHECK(wb_limits_allow_dn(all[i], "CN=Anna,DC=corp"));
        CHECK(wb_limits_allow_dn(all[i], ""));
        for (n = 0; n < 1000; n++)
            CHECK(is_let_through(all[i], 1));
        wb_limits_take(all[i], person(1), &place);
        wb_limits_give_back(all[i], person(1), &place);
        CHECK(wb_limits_ref(NULL) == NULL);
    }
    pwwb_limits_free(all[1]);
}

static void
operations_are_those_that_are_named(void)
{
    pwwb_limits_options o = options();
    uint32_t            bits;
    int32_t             operation;

    for (bits = 2; bits < 64; bits += 2) {
        pwwb_limits *limits;

        o.operations = bits;
        limits       = limits_of(&o);
        for (operation = -1; operation < 40; operation++)
            CHECK_INT(operation > 0 && operation < 6 && (bits >> operation) % 2,
                      wb_limits_allow_operation(limits, operation));
        pwwb_limits_free(limits);
    }
}

static void
an_account_is_in_one_of_the_scopes(void)
{
    static const char *const scopes[] = {"OU=Staff,DC=corp", "CN=Eva,OU=Guests,DC=corp"};
    pwwb_limits_options o = options();
    pwwb_limits        *limits;

    o.scopes      = scopes;
    o.scope_count = 2;
    limits        = limits_of(&o);
    CHECK(wb_limits_allow_dn(limits, "CN=Anna,OU=Staff,DC=corp"));
    CHECK(wb_limits_allow_dn(limits, "cn=anna,ou=North,ou=staff,dc=corp"));
    CHECK(wb_limits_allow_dn(limits, "CN=Eva,OU=Guests,DC=corp"));
    CHECK(!wb_limits_allow_dn(limits, "CN=Otto,OU=Guests,DC=corp"));
    CHECK(!wb_limits_allow_dn(limits, "CN=Anna,OU=Staff,DC=other"));
    CHECK(!wb_limits_allow_dn(limits, "")); /* not known */
    CHECK(!wb_limits_allow_dn(limits, "<GUID=04030201-0605-0807-090a-0b0c0d0e0f10>"));
    pwwb_limits_free(limits);
}

/* ---- rates ---- */

static void
a_window_slides(void)
{
    pwwb_limits_options o = options();
    pwwb_limits        *limits;
    wb_limits_place     place;

    o.per_account   = 2;
    o.per_account_s = 10;
    limits          = limits_of(&o);
    CHECK(is_let_through(limits, 1));
    fake.monotonic_ms += 4000;
    CHECK(is_let_through(limits, 1));
    fake.monotonic_ms += 5999;
    wb_limits_take(limits, person(1), &place);
    CHECK(!place.is_taken);
    CHECK_INT(1, place.wait_ms);
    CHECK_INT(2, place.most);
    CHECK(is_let_through(limits, 2)); /* somebody else */
    fake.monotonic_ms += 1;
    CHECK(is_let_through(limits, 1));
    CHECK(!is_let_through(limits, 1));
    fake.monotonic_ms -= 999999; /* a clock that goes back stands */
    CHECK(!is_let_through(limits, 1));
    pwwb_limits_free(limits);
}

static void
the_windows_are_an_hour_and_a_minute_when_nothing_is_said(void)
{
    pwwb_limits_options o = options();
    pwwb_limits        *limits;
    wb_limits_place     place;

    o.per_account = 1;
    limits        = limits_of(&o);
    CHECK(is_let_through(limits, 1));
    wb_limits_take(limits, person(1), &place);
    CHECK_INT(3600000, place.wait_ms);
    pwwb_limits_free(limits);

    o.per_account = 0;
    o.in_all      = 1;
    limits        = limits_of(&o);
    CHECK(is_let_through(limits, 1));
    wb_limits_take(limits, person(2), &place);
    CHECK_INT(60000, place.wait_ms);
    pwwb_limits_free(limits);
}

/* Everything that was let through and not given back, in the order of time. */
typedef struct passed {
    uint32_t person;
    int64_t  ms;
} passed;
static passed list[4000];
static size_t listed;

static int64_t
counted(int64_t since_ms, int64_t whose)
{
    int64_t n = 0;
    size_t  i;

    for (i = 0; i < listed; i++)
        n += list[i].ms > since_ms && (whose < 0 || list[i].person == (uint32_t)whose);
    return n;
}

static void
take_out(uint32_t number, int64_t ms)
{
    size_t i = listed;

    while (i-- > 0)
        if (list[i].person == number && list[i].ms == ms) {
            memmove(&list[i], &list[i + 1], (--listed - i) * sizeof(list[0]));
            return;
        }
}

static void
compare_with_a_list(int32_t per_account, int32_t in_all, uint32_t people)
{
    pwwb_limits_options o = options();
    pwwb_limits        *limits;
    wb_limits_place     place, before = {0};
    uint32_t            number, whose = 0;
    long                wrong = 0, through = 0, i;

    o.per_account   = per_account;
    o.per_account_s = 30;
    o.in_all        = in_all;
    o.in_all_s      = 10;
    limits          = limits_of(&o);
    listed          = 0;
    for (i = 0; i < 4000; i++) {
        int64_t now    = fake.monotonic_ms += rand() % 3 == 0 ? 0 : rand() % 1200;
        int     is_own = 0, is_all = 0;

        number = (uint32_t)rand() % people;
        is_own = per_account == 0 || counted(now - 30000, number) < per_account;
        is_all = in_all == 0 || counted(now - 10000, -1) < in_all;
        wb_limits_take(limits, person(number), &place);
        wrong += place.is_taken != (is_own && is_all);
        if (place.is_taken)
            list[listed++] = (passed){number, now};
        through += place.is_taken;
        if (rand() % 5 == 0 && before.is_taken) {
            take_out(whose, before.taken_ms);
            wb_limits_give_back(limits, person(whose), &before);
        }
        before = place;
        whose  = number;
    }
    printf("# %d each, %d in all, of %u: %ld of %ld let through\n", (int)per_account, (int)in_all, people,
           through, i);
    CHECK(through > 0 && through < i);
    CHECK_INT(0, wrong);
    pwwb_limits_free(limits);
}

static void
rates_are_what_a_plain_list_says(void)
{
    srand(7);
    compare_with_a_list(1, 0, 3);
    compare_with_a_list(3, 0, 40);
    compare_with_a_list(50, 0, 1);
    compare_with_a_list(0, 5, 3);
    compare_with_a_list(0, 1, 3);
    compare_with_a_list(4, 7, 20);
    compare_with_a_list(2, 20, 500);
}

static void
the_one_let_through_longest_ago_is_forgotten(void)
{
    pwwb_limits_options o = options();
    pwwb_limits        *limits;
    uint32_t            i;

    o.per_account = 1;
    limits        = limits_of(&o);
    for (i = 0; i < 16384; i++)
        CHECK(is_let_through(limits, i));
    CHECK(!is_let_through(limits, 0)); /* all are known, */
    CHECK(!is_let_through(limits, 16383));
    CHECK(is_let_through(limits, 16384)); /* and one more takes the place of the first */
    CHECK(is_let_through(limits, 0));     /* who takes that of the second */
    CHECK(!is_let_through(limits, 2));
    CHECK(is_let_through(limits, 1));
    pwwb_limits_free(limits);
}

static void
in_all_holds_though_accounts_are_forgotten(void)
{
    pwwb_limits_options o = options();
    pwwb_limits        *limits;
    uint32_t            i;
    long                through = 0;

    o.per_account = 1;
    o.in_all      = 20000;
    limits        = limits_of(&o);
    for (i = 0; i < 60000; i++)
        through += is_let_through(limits, i % 20001); /* who asks again is forgotten by then */
    CHECK_INT(20000, through);
    pwwb_limits_free(limits);
}

int
main(void)
{
    RUN(wrong_options_are_refused);
    RUN(a_scope_that_is_no_name_is_told_by_its_place);
    RUN(running_out_of_memory_is_survived);
    RUN(none_allow_everything);
    RUN(operations_are_those_that_are_named);
    RUN(an_account_is_in_one_of_the_scopes);
    RUN(a_window_slides);
    RUN(the_windows_are_an_hour_and_a_minute_when_nothing_is_said);
    RUN(rates_are_what_a_plain_list_says);
    RUN(the_one_let_through_longest_ago_is_forgotten);
    RUN(in_all_holds_though_accounts_are_forgotten);
    return DONE;
}
