/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 14 */
/* A real controller behind others that are dead, hung or have another name. Port 636 is
 * everybody's, so the hung one listens on an address of its own. */

#include "ad.h"
#include "dns_server.h"
#include "peers.h"

#define HUNG      "127.0.0.46"
#define DEAD      "127.0.0.47"
#define BY_DNS    "127.0.0.44"
#define HUNG_NAME "hung.corp.example.test"
#define DEAD_NAME "dead.corp.example.test"
#define WRONG     "wrong.corp.example.test" /* of the real one, and not in its certificate */
#define WAIT_MS   4000
#define GRACE_MS  250

static pwwb_resolver *names;
static char           asked[256];
static char           connected[256];

static pwwb_status
services(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list, size_t *ret_count,
         pwwb_error *e)
{
    (void)ctx;
    (void)timeout_ms;
    (void)e;
    snprintf(asked + strlen(asked), sizeof(asked) - strlen(asked), "%s ", name);
    snprintf(list[0].target, sizeof(list[0].target), "%s", ad("AD_HOSTNAME"));
    list[0].port = 389;
    *ret_count   = 1;
    return PWWB_OK;
}

/* The real one has a dead address before the good one. */
static pwwb_status
addresses(void *ctx, const char *name, int64_t timeout_ms, char (*list)[46], size_t *ret_count,
          pwwb_error *e)
{
    (void)ctx;
    (void)timeout_ms;
    (void)e;
    snprintf(connected + strlen(connected), sizeof(connected) - strlen(connected), "%s ", name);
    snprintf(list[0], sizeof(list[0]), "%s", strcmp(name, HUNG_NAME) == 0 ? HUNG : DEAD);
    *ret_count = 1;
    if (strcmp(name, DEAD_NAME) != 0 && strcmp(name, HUNG_NAME) != 0)
        snprintf(list[(*ret_count)++], sizeof(list[0]), "%s", ad("AD_ADDR"));
    return PWWB_OK;
}

static const pwwb_resolver_ops table = {
    .size = sizeof(pwwb_resolver_ops), .services = services, .addresses = addresses,
};

static pwwb_ldap_options
named(const char *host, const char *const *others, size_t other_count)
{
    pwwb_ldap_options o = options();

    asked[0] = connected[0] = '\0';
    o.host        = host;
    o.address     = NULL;
    o.others      = others;
    o.other_count = other_count;
    o.resolver    = names;
    return o;
}

/* One reset; the server's own record says that the password was written once. */
static void
sets_by(pwwb_directory *directory, const char *controller)
{
    pwwb_set        set    = request("u005", PWWB_SET_RESET, NULL, fresh());
    pwwb_set_result result = carry_out(directory, &set, "u005", 1, NULL);

    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, result.code);
    CHECK_STR(controller, result.controller);
}

static int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
a_dead_one_and_a_dead_address_are_passed_over(void)
{
    const char *const       others[]  = {ad("AD_HOSTNAME")};
    const pwwb_ldap_options o         = named(DEAD_NAME, others, 1);
    pwwb_directory         *directory = open_as(&o);

    sets_by(directory, ad("AD_HOSTNAME"));
    CHECK(strncmp(connected, DEAD_NAME " dc1.", strlen(DEAD_NAME " dc1.")) == 0);
    CHECK_STR("", asked);
    pwwb_directory_free(directory);
}

static void
a_hung_one_leaves_time_for_the_next(void)
{
    int                     port = 636, fd = listen_at(HUNG, 8, &port);
    const char *const       others[]  = {ad("AD_HOSTNAME")};
    const pwwb_ldap_options o         = named(HUNG_NAME, others, 1);
    pwwb_directory         *directory = open_as(&o);
    pwwb_set                set       = request("u006", PWWB_SET_RESET, NULL, fresh());
    pwwb_set_result         result    = {.size = sizeof(result)};
    int                     before    = written("u006");
    int64_t                 begun     = now_ms();

    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, WAIT_MS, &result, err));
    CHECK(now_ms() - begun <= WAIT_MS + GRACE_MS);
    CHECK_STR(ad("AD_HOSTNAME"), result.controller);
    CHECK_INT(before + 1, written("u006"));
    pwwb_directory_free(directory);
    close(fd);
}

static void
one_with_another_name_in_its_certificate_is_passed_over(void)
{
    const char *const       others[]  = {ad("AD_HOSTNAME")};
    const pwwb_ldap_options o         = named(WRONG, others, 1);
    const pwwb_ldap_options alone     = named(WRONG, NULL, 0);
    pwwb_directory         *directory = open_as(&o);
    pwwb_set                set       = request("u005", PWWB_SET_RESET, NULL, fresh());
    pwwb_set_result         result    = {.size = sizeof(result)};

    sets_by(directory, ad("AD_HOSTNAME"));
    pwwb_directory_free(directory);

    directory = open_as(&alone);
    CHECK_STATUS(PWWB_E_TLS_NAME, pwwb_directory_set(directory, &set, WAIT_MS, &result, err));
    CHECK_INT(PWWB_CODE_CONFIGURATION, result.code);
    pwwb_directory_free(directory);
}

static void
only_the_preferred_reach_the_pdc_emulator_by_dns(void)
{
    pwwb_ldap_options o = named(DEAD_NAME, NULL, 0);
    pwwb_directory   *directory;

    o.flags |= PWWB_LDAP_ONLY_PREFERRED;
    o.domain  = ad("AD_DNS");
    directory = open_as(&o);
    sets_by(directory, ad("AD_HOSTNAME"));
    CHECK_STR("_ldap._tcp.pdc._msdcs.corp.example.test ", asked);
    pwwb_directory_free(directory);
}

static void
the_domains_name_is_enough(void)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    pwwb_ldap_options o       = named(NULL, NULL, 0);
    uint8_t           guid[PWWB_ID_SIZE];
    pwwb_directory   *directory;

    guid_of("u005", guid);
    o.domain  = ad("AD_DNS");
    directory = open_as(&o);
    CHECK_STATUS(PWWB_OK, pwwb_directory_read(directory, guid, WAIT_MS, &account, &rules, err));
    CHECK_STR(ad("AD_HOSTNAME"), account.controller);
    CHECK_STR("u005", account.account_name);
    pwwb_directory_free(directory);
}

/* A host's own way to connect: by name to the real one, but to those that are cut off. */
typedef struct line {
    pwwb_stream *under;
} line;

static const char *cut_off;

static pwwb_status
line_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
          pwwb_error *e)
{
    return cut_off != NULL ? PWWB_E_CLOSED
                           : pwwb_stream_read(((line *)ctx)->under, buf, buf_size, ret_len,
                                              timeout_ms, e);
}

static pwwb_status
line_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
           pwwb_error *e)
{
    *ret_len = len;
    return pwwb_stream_write(((line *)ctx)->under, data, len, timeout_ms, e);
}

static void
line_end(void *ctx)
{
    pwwb_stream_free(((line *)ctx)->under);
    free(ctx);
}

static const pwwb_stream_ops line_ops = {
    .size = sizeof(pwwb_stream_ops), .read = line_read, .write = line_write, .destroy = line_end,
};

static pwwb_status
connect_by_name(void *ctx, const char *host, int32_t port, int64_t timeout_ms,
                pwwb_stream **ret_stream, pwwb_error *e)
{
    line       *l = calloc(1, sizeof(*l));
    pwwb_status st;

    (void)ctx;
    snprintf(connected + strlen(connected), sizeof(connected) - strlen(connected), "%s ", host);
    if (l == NULL || (cut_off != NULL && strcmp(host, cut_off) == 0)) {
        free(l);
        return PWWB_E_CONNECT;
    }
    cut_off = NULL; /* what is new works */
    st      = pwwb_stream_new_tcp(ad("AD_ADDR"), port, timeout_ms, &l->under, e);
    if (st == PWWB_OK)
        st = pwwb_stream_new(&line_ops, l, ret_stream, e);
    if (st != PWWB_OK)
        line_end(l);
    return st;
}

/* As the controller's own tool tells it. The certificate has the domain's name, too. */
static void
the_pdc_emulator_is_read_from_the_directory(void)
{
    pwwb_ldap_options o = named(ad("AD_DNS"), NULL, 0);
    char              owner[512];
    pwwb_directory   *directory;

    run(owner, sizeof(owner),
        "samba-tool fsmo show -H $SAM -s $AD_CONF | sed -n 's/^PdcEmulationMasterRole owner: //p'");
    CHECK(strncmp(owner, "CN=NTDS Settings,CN=DC1,", 24) == 0);
    o.flags |= PWWB_LDAP_ONLY_PREFERRED;
    o.resolver = NULL;
    o.connect  = connect_by_name;
    directory  = open_as(&o);
    sets_by(directory, ad("AD_HOSTNAME"));
    CHECK_STR("corp.example.test ", connected);
    cut_off = ad("AD_DNS");
    sets_by(directory, ad("AD_HOSTNAME"));
    CHECK_STR("corp.example.test corp.example.test dc1.corp.example.test ", connected);
    pwwb_directory_free(directory);
}

/* Over real datagrams; the record is for plain LDAP, and it is LDAPS that is spoken. */
static void
srv_records_lead_to_it(void)
{
    static dns_server server = {.script = {{.kind = DNS_SILENCE}}};
    pwwb_ldap_options o      = named(NULL, NULL, 0);
    char              text[32];
    const char *const servers[] = {text};
    pwwb_directory   *directory;

    server.script[0] = (dns_line){.kind    = DNS_RECORDS,
                                  .records = {{0, 100, 389, ad("AD_HOSTNAME")}}};
    dns_start(&server, BY_DNS);
    snprintf(text, sizeof(text), BY_DNS ":%u", server.port);
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new_system(servers, 1, &o.resolver, err));
    o.domain  = ad("AD_DNS");
    o.connect = connect_by_name;
    directory = open_as(&o);
    sets_by(directory, ad("AD_HOSTNAME"));
    CHECK_STR("dc1.corp.example.test ", connected);
    CHECK_INT(1, server.questions);
    pwwb_directory_free(directory);
    pwwb_resolver_free(o.resolver);
    dns_stop(&server);
}

int
main(void)
{
    err = pwwb_error_new();
    CHECK_STATUS(PWWB_OK, pwwb_resolver_new(&table, NULL, &names, NULL));
    make_environment_hostile();
    RUN(a_dead_one_and_a_dead_address_are_passed_over);
    RUN(a_hung_one_leaves_time_for_the_next);
    RUN(one_with_another_name_in_its_certificate_is_passed_over);
    RUN(only_the_preferred_reach_the_pdc_emulator_by_dns);
    RUN(the_domains_name_is_enough);
    RUN(the_pdc_emulator_is_read_from_the_directory);
    RUN(srv_records_lead_to_it);
    make_environment_calm();
    pwwb_resolver_free(names);
    pwwb_error_free(err);
    return DONE;
}
