/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 14 */

#include "faults.h"
#include "harness.h"
#include "resolver.h"

/* A host's resolver that answers as it is told. */
typedef struct fake_resolver {
    pwwb_status  status;
    size_t       count;
    pwwb_service service;
    char         address[46];
    const char  *says;
    int64_t      timeout_ms;
    char         name[64];
    int          calls, destroyed;
} fake_resolver;

static fake_resolver f;
static pwwb_error   *err;
static pwwb_service  services[PWWB_RESOLVER_MAX];
static char          addresses[PWWB_RESOLVER_MAX][46];
static size_t        count;

static void
note(const char *name, int64_t timeout_ms, pwwb_error *e)
{
    f.calls++;
    f.timeout_ms = timeout_ms;
    snprintf(f.name, sizeof(f.name), "%s", name);
    if (f.says != NULL)
        pwwb_error_set(e, f.status, f.says);
}

static pwwb_status
fake_services(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list,
              size_t *ret_count, pwwb_error *e)
{
    size_t i;

    CHECK(ctx == &f);
    note(name, timeout_ms, e);
    for (i = 0; i < PWWB_RESOLVER_MAX; i++) {
        CHECK(list[i].target[0] == '\0' && list[i].port == 0);
        if (i < f.count)
            list[i] = f.service;
    }
    *ret_count = f.count;
    return f.status;
}

static pwwb_status
fake_addresses(void *ctx, const char *name, int64_t timeout_ms, char (*list)[46],
               size_t *ret_count, pwwb_error *e)
{
    size_t i;

    CHECK(ctx == &f);
    note(name, timeout_ms, e);
    for (i = 0; i < PWWB_RESOLVER_MAX; i++) {
        CHECK_STR("", list[i]);
        if (i < f.count)
            memcpy(list[i], f.address, sizeof(f.address));
    }
    *ret_count = f.count;
    return f.status;
}

static void
fake_destroy(void *ctx)
{
    CHECK(ctx == &f);
    f.destroyed++;
}

static pwwb_resolver_ops
ops(void)
{
    return (pwwb_resolver_ops){.size = sizeof(pwwb_resolver_ops), .services = fake_services,
                               .addresses = fake_addresses, .destroy = fake_destroy};
}

static pwwb_resolver *
make(void)
{
    const pwwb_resolver_ops o        = ops();
    pwwb_resolver          *resolver = NULL;

    f = (fake_resolver){.count = 1, .service = {"dc1.corp.test", 389, 0, 0, 0},
                        .address = "192.0.2.1"};
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new(&o, &f, &resolver, err));
    return resolver;
}

static pwwb_status
ask(pwwb_resolver *resolver)
{
    pwwb_status st = wb_resolver_services(resolver, "_ldap._tcp.corp.test", -7, services, &count,
                                          err);

    CHECK_STATUS(st, pwwb_error_status(err));
    CHECK(st == PWWB_OK || count == 0);
    return st;
}

static pwwb_status
ask_addresses(pwwb_resolver *resolver)
{
    pwwb_status st = wb_resolver_addresses(resolver, "dc1.corp.test", 7, addresses, &count, err);

    CHECK_STATUS(st, pwwb_error_status(err));
    CHECK(st == PWWB_OK || count == 0);
    return st;
}

static void
a_resolver_must_know_services(void)
{
    pwwb_resolver    *resolver = (void *)&f;
    pwwb_resolver_ops o        = ops();

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_resolver_new(NULL, &f, &resolver, err));
    CHECK(resolver == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_resolver_new(&o, &f, NULL, err));
    o.services = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_resolver_new(&o, &f, &resolver, err));
    o.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_resolver_new(&o, &f, &resolver, err));
}

static void
a_longer_table_is_refused_once_the_unknown_part_is_set(void)
{
    struct {
        pwwb_resolver_ops known;
        void             *unknown;
    } longer                 = {ops(), NULL};
    pwwb_resolver *resolver;

    longer.known.size = sizeof(longer);
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new(&longer.known, &f, &resolver, err));
    pwwb_resolver_free(resolver);
    longer.unknown = &longer;
    CHECK_STATUS(PWWB_E_ABI, pwwb_resolver_new(&longer.known, &f, &resolver, err));
    CHECK(resolver == NULL);
}

static void
destroy_is_called_once_and_may_be_missing(void)
{
    pwwb_resolver    *resolver = make();
    pwwb_resolver_ops o        = ops();

    pwwb_resolver_free(resolver);
    CHECK_INT(1, f.destroyed);
    o.destroy = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new(&o, &f, &resolver, err));
    pwwb_resolver_free(resolver);
    pwwb_resolver_free(NULL);
    CHECK_INT(1, f.destroyed);
}

static void
an_answer_is_passed_on(void)
{
    pwwb_resolver *resolver = make();

    f.count = PWWB_RESOLVER_MAX;
    CHECK_STATUS(PWWB_OK, ask(resolver));
    CHECK_INT(PWWB_RESOLVER_MAX, count);
    CHECK_STR("dc1.corp.test", services[PWWB_RESOLVER_MAX - 1].target);
    CHECK_STR("_ldap._tcp.corp.test", f.name);
    CHECK_INT(-1, f.timeout_ms);
    CHECK_STATUS(PWWB_OK, ask_addresses(resolver));
    CHECK_INT(PWWB_RESOLVER_MAX, count);
    CHECK_STR("192.0.2.1", addresses[PWWB_RESOLVER_MAX - 1]);
    CHECK_INT(7, f.timeout_ms);
    strcpy(f.address, "2001:db8::1");
    CHECK_STATUS(PWWB_OK, ask_addresses(resolver));
    pwwb_resolver_free(resolver);
}

static void
a_failure_is_passed_on_with_what_the_host_says(void)
{
    pwwb_resolver *resolver = make();

    f.status = PWWB_E_NOT_FOUND;
    CHECK_STATUS(PWWB_E_NOT_FOUND, ask(resolver));
    CHECK_STATUS(PWWB_E_NOT_FOUND, ask_addresses(resolver));
    f.says = "no such domain";
    CHECK_STATUS(PWWB_E_NOT_FOUND, ask(resolver));
    CHECK_STR("no such domain", pwwb_error_message(err));
    f.status = 42;
    f.says   = NULL;
    CHECK_STATUS(PWWB_E_CALLBACK, ask(resolver));
    CHECK_STATUS(PWWB_E_CALLBACK, ask_addresses(resolver));
    pwwb_resolver_free(resolver);
}

static void
nonsense_is_a_failed_callback(void)
{
    static const char *const names[] = {"", "dc1.corp.", ".corp", "a..b", "dc 1", "dc1/corp",
                                        "dc1\n", "d\xc3\xb6", "*"};
    static const char *const texts[] = {"", "dc1.corp.test", "192.0.2", "192.0.2.1:389",
                                        "fe80::1%2", " 192.0.2.1", "[::1]"};
    pwwb_resolver           *resolver = make();
    size_t                   i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        strcpy(f.service.target, names[i]);
        CHECK_STATUS(PWWB_E_CALLBACK, ask(resolver));
    }
    memset(f.service.target, 'x', sizeof(f.service.target)); /* does not end */
    CHECK_STATUS(PWWB_E_CALLBACK, ask(resolver));
    memset(&f.service, 0, sizeof(f.service));
    strcpy(f.service.target, "dc1.corp.test");
    CHECK_STATUS(PWWB_E_CALLBACK, ask(resolver)); /* port 0 */
    f.service.port = 389;
    CHECK_STATUS(PWWB_OK, ask(resolver)); /* the names alone were wrong */

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        strcpy(f.address, texts[i]);
        CHECK_STATUS(PWWB_E_CALLBACK, ask_addresses(resolver));
    }
    memset(f.address, '1', sizeof(f.address));
    CHECK_STATUS(PWWB_E_CALLBACK, ask_addresses(resolver));
    pwwb_resolver_free(resolver);
}

static void
a_count_out_of_range_is_a_failed_callback(void)
{
    static const size_t counts[] = {0, PWWB_RESOLVER_MAX + 1, SIZE_MAX};
    pwwb_resolver      *resolver = make();
    size_t              i;

    for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        f.count = counts[i];
        CHECK_STATUS(PWWB_E_CALLBACK, ask(resolver));
        CHECK_STATUS(PWWB_E_CALLBACK, ask_addresses(resolver));
    }
    pwwb_resolver_free(resolver);
}

static void
a_resolver_without_addresses_says_so(void)
{
    pwwb_resolver_ops o = ops();
    pwwb_resolver    *resolver;

    o.addresses = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new(&o, &f, &resolver, err));
    f.calls = 0;
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, ask_addresses(resolver));
    CHECK_INT(0, f.calls);
    pwwb_resolver_free(resolver);
}

/* RFC 1035 2.3.4: 63 octets a label, 255 a name, which is 253 as text */
static void
names_of_hosts_are_of_limited_length(void)
{
    char name[256];

    memset(name, 'x', sizeof(name));
    name[63] = '\0';
    CHECK(wb_is_host_name(name, sizeof(name)));
    name[63] = 'x';
    name[64] = '\0';
    CHECK(!wb_is_host_name(name, sizeof(name)));
    memset(name, 'x', sizeof(name));
    name[62] = name[125] = name[188] = '.';
    name[251] = '.';
    name[253] = '\0';
    CHECK(wb_is_host_name(name, sizeof(name)));
    CHECK(!wb_is_host_name(name, 253));
    name[253] = 'x';
    name[254] = '\0';
    CHECK(!wb_is_host_name(name, sizeof(name)));
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    const pwwb_resolver_ops o        = ops();
    pwwb_resolver          *resolver = (void *)&f;

    f.destroyed = 0;
    faults_fail(1);
    CHECK_STATUS(PWWB_E_NO_MEMORY, pwwb_resolver_new(&o, &f, &resolver, err));
    faults_stop();
    CHECK(resolver == NULL);
    CHECK_INT(0, f.destroyed);
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(a_resolver_must_know_services);
    RUN(a_longer_table_is_refused_once_the_unknown_part_is_set);
    RUN(destroy_is_called_once_and_may_be_missing);
    RUN(an_answer_is_passed_on);
    RUN(a_failure_is_passed_on_with_what_the_host_says);
    RUN(nonsense_is_a_failed_callback);
    RUN(a_count_out_of_range_is_a_failed_callback);
    RUN(a_resolver_without_addresses_says_so);
    RUN(names_of_hosts_are_of_limited_length);
    RUN(running_out_of_memory_anywhere_is_survived);
    pwwb_error_free(err);
    return DONE;
}
