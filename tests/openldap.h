/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENLDAP_H
#define OPENLDAP_H

/* A directory over fake_openldap.h, and calls on it. For the test_directory_ldap_ol*.c. */

#include "fake_openldap.h"
#include "faults.h"

#include <pwwb/pwwb.h>

#define TIMEOUT_MS  1000
#define NOW_MS      INT64_C(1795342500000) /* 2026-11-22 10:15:00 UTC, as the fake says */
#define LAST_SET_MS INT64_C(1795334400999) /* 08:00:00, and the rest of that second */
#define PASSWORD    "N\xc3\xa9w-Pass-1"
#define OLD         "Old-1"
#define CONTROL     "1.3.6.1.4.1.42.2.27.8.5.1"

static fake_openldap o;
static fake_clock    now = {.wall_ms = NOW_MS, .monotonic_ms = 5000};
static pwwb_error   *err;

static inline pwwb_ldap_options
options(void)
{
    const pwwb_ldap_options ours = {
        .size = sizeof(ours), .host = "ldap1.test", .security = PWWB_LDAP_LDAPS,
        .ca = (const uint8_t *)fake_ca, .ca_len = sizeof(fake_ca) - 1,
        .bind_dn = "cn=svc", .password = (const uint8_t *)"secret", .password_len = 6,
        .connect = fake_ldap_connect, .connect_ctx = &o.f,
        .clock = &fake_clock_ops, .clock_ctx = &now,
        .server = PWWB_LDAP_OPENLDAP, .policy_dn = OL_POLICY,
    };

    return ours;
}

static inline pwwb_directory *
open_as(const pwwb_ldap_options *ours)
{
    pwwb_directory *directory = NULL;

    fake_ldap_current = &o.f;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(ours, &directory, err));
    return directory;
}

static inline pwwb_directory *
open_directory(void)
{
    const pwwb_ldap_options ours = options();

    return open_as(&ours);
}

static inline pwwb_set
request(int32_t kind)
{
    pwwb_set set = {.size = sizeof(set), .kind = kind};

    memcpy(set.guid, fake_guid, sizeof(set.guid));
    if (kind != PWWB_SET_UNLOCK) {
        set.password     = (const uint8_t *)PASSWORD;
        set.password_len = strlen(PASSWORD);
    }
    if (kind == PWWB_SET_CHANGE) {
        set.old_password     = (const uint8_t *)OLD;
        set.old_password_len = strlen(OLD);
    }
    return set;
}

/* Do one operation on a fresh directory; status OK is expected, the code is the result. */
static inline pwwb_set_result
carry_out(const pwwb_set *set, pwwb_findings *findings)
{
    pwwb_directory *directory = open_directory();
    pwwb_set_result result    = {.size = sizeof(result), .findings = findings};

    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, set, TIMEOUT_MS, &result, err));
    pwwb_directory_free(directory);
    return result;
}

static inline int32_t
code_of(const pwwb_set *set)
{
    return carry_out(set, NULL).code;
}

/* 0 when it is not there, else its basis. */
static inline int32_t
basis_of(const pwwb_findings *findings, int32_t wanted)
{
    size_t  i;
    int32_t code, basis;

    for (i = 0; pwwb_findings_get(findings, i, &code, &basis, NULL, NULL) == PWWB_OK; i++)
        if (code == wanted)
            return basis;
    return 0;
}

#endif /* OPENLDAP_H */
