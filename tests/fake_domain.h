/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_DOMAIN_H
#define FAKE_DOMAIN_H

/*
 * A domain of four controllers in this process, dc1.corp to dc4.corp, and its DNS. It writes down
 * who was connected to, and how much time each was given. Its clock stands but where something is
 * silent: there all of the time that was given goes by.
 */

#include <pwwb/pwwb.h>

#include "fake_ldap.h"

#define FAKE_DCS     4
#define FAKE_DC(n)   (1 << (n))
#define FAKE_SERVERS ",CN=Servers,DC=corp"
#define FAKE_RODC    "1.2.840.113556.1.4.1920" /* MS-ADTS 3.1.1.3.4.3.6 */

typedef struct fake_domain {
    fake_ldap  dc[FAKE_DCS + 1]; /* from 1 */
    fake_clock clock;
    int        gone;   /* bits: nobody listens there */
    int        silent; /* bits: connections are never answered */

    /* what DNS tells; target "" ends a list */
    pwwb_service pdc[2];
    pwwb_service dcs[6];
    pwwb_status  dns_status; /* when it is not PWWB_OK */
    int          dns_is_silent;

    /* as it went */
    char    order[128]; /* "1 3 " */
    int64_t given_ms[32];
    int32_t ports[32];
    size_t  connects;
    char    asked[512]; /* names, each with a space after it */
} fake_domain;

static inline pwwb_status
fake_domain_connect(void *ctx, const char *host, int32_t port, int64_t timeout_ms,
                    pwwb_stream **ret_stream, pwwb_error *err)
{
    fake_domain *w = ctx;
    int          n = host[2] - '0';

    CHECK(strlen(host) == 8 && strcmp(host + 3, ".corp") == 0);
    if (n < 1 || n > FAKE_DCS || w->connects == 32)
        return PWWB_E_CONNECT;
    w->given_ms[w->connects] = timeout_ms;
    w->ports[w->connects++]  = port;
    snprintf(w->order + strlen(w->order), sizeof(w->order) - strlen(w->order), "%d ", n);
    if ((w->gone & FAKE_DC(n)) != 0)
        return PWWB_E_CONNECT;
    if ((w->silent & FAKE_DC(n)) != 0) {
        w->clock.monotonic_ms += timeout_ms;
        return PWWB_E_TIMEOUT;
    }
    fake_ldap_current = &w->dc[n];
    return fake_ldap_connect(&w->dc[n], host, port, timeout_ms, ret_stream, err);
}

static inline pwwb_status
fake_domain_services(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list,
                     size_t *ret_count, pwwb_error *err)
{
    fake_domain        *w    = ctx;
    const pwwb_service *told = strstr(name, ".pdc.") != NULL ? w->pdc : w->dcs;

    (void)err;
    snprintf(w->asked + strlen(w->asked), sizeof(w->asked) - strlen(w->asked), "%s ", name);
    if (w->dns_is_silent) {
        w->clock.monotonic_ms += timeout_ms;
        return PWWB_E_TIMEOUT;
    }
    if (w->dns_status != PWWB_OK)
        return w->dns_status;
    for (*ret_count = 0; told[*ret_count].target[0] != '\0'; (*ret_count)++)
        list[*ret_count] = told[*ret_count];
    return *ret_count > 0 ? PWWB_OK : PWWB_E_NOT_FOUND;
}

static const pwwb_resolver_ops fake_domain_dns = {
    .size = sizeof(pwwb_resolver_ops), .services = fake_domain_services,
};

/* Who the PDC emulator is, as each controller tells it. */
static inline void
fake_domain_pdc(fake_domain *w, const char *settings)
{
    int n;

    for (n = 1; n <= FAKE_DCS; n++)
        fake_ldap_say(&w->dc[n], FAKE_DOMAIN, "fSMORoleOwner", settings, 0);
}

/* All are up. The PDC emulator is dc3; LDAP and DNS say so. */
static inline void
fake_domain_make(fake_domain *w)
{
    static const char *const hosts[]   = {"", "dc1.corp", "dc2.corp", "dc3.corp", "dc4.corp"};
    static const char *const servers[] = {"", "CN=DC1" FAKE_SERVERS, "CN=DC2" FAKE_SERVERS,
                                          "CN=DC3" FAKE_SERVERS, "CN=DC4" FAKE_SERVERS};
    static const pwwb_service dcs[]    = {{"dc1.corp", 389, 10, 0, 0},
                                          {"dc2.corp", 389, 0, 10, 0},
                                          {"DC3.corp", 389, 0, 10, 0},
                                          {"dc4.corp", 389, 0, 100, 0}};
    int n, of;

    memset(w, 0, sizeof(*w));
    w->clock.monotonic_ms = 5000;
    w->pdc[0]             = (pwwb_service){"dc3.corp", 389, 0, 100, 0};
    memcpy(w->dcs, dcs, sizeof(dcs));
    for (n = 1; n <= FAKE_DCS; n++) {
        fake_ldap_make(&w->dc[n]);
        fake_ldap_say(&w->dc[n], "", "dnsHostName", hosts[n], 0);
        fake_ldap_say(&w->dc[n], FAKE_DOMAIN, "minPwdAge", "0", 0); /* or it would explain refusals */
        for (of = 1; of <= FAKE_DCS; of++)
            fake_ldap_say(&w->dc[n], servers[of], "dNSHostName", hosts[of], 0);
    }
    fake_domain_pdc(w, "CN=NTDS Settings,CN=DC3" FAKE_SERVERS);
}

/* Forget how it went. */
static inline void
fake_domain_again(fake_domain *w)
{
    w->order[0] = w->asked[0] = '\0';
    w->connects               = 0;
}

/* How many modifies were sent in all. */
static inline int
fake_domain_modifies(const fake_domain *w)
{
    int n, sum = 0;

    for (n = 1; n <= FAKE_DCS; n++)
        sum += w->dc[n].seen_count;
    return sum;
}

/* The next request on the connection that is kept finds it closed. */
static inline void
fake_domain_hang_up(void)
{
    fake_ldap_current->is_idle = fake_ldap_current->hangs_up = 1;
}

/* A directory of it; `o` has the names. */
static inline pwwb_directory *
fake_domain_open(fake_domain *w, pwwb_ldap_options o)
{
    pwwb_directory *directory = NULL;

    o.size         = sizeof(o);
    o.security     = o.security != 0 ? o.security : PWWB_LDAP_LDAPS;
    o.ca           = (const uint8_t *)fake_ca;
    o.ca_len       = sizeof(fake_ca) - 1;
    o.bind_dn      = "CN=svc";
    o.password     = (const uint8_t *)"secret";
    o.password_len = 6;
    o.connect      = fake_domain_connect;
    o.connect_ctx  = w;
    o.clock        = &fake_clock_ops;
    o.clock_ctx    = &w->clock;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(&o, &directory, NULL));
    return directory;
}

static inline pwwb_set
fake_domain_reset(void)
{
    static const uint8_t password[] = "New-pass-1";
    pwwb_set             set        = {.size = sizeof(set), .kind = PWWB_SET_RESET,
                                       .password = password, .password_len = 10};

    memcpy(set.guid, fake_guid, sizeof(set.guid));
    return set;
}

#endif /* FAKE_DOMAIN_H */
