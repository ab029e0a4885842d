/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_ldap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
admin_ldap_make(admin_ldap *a)
{
    memset(a, 0, sizeof(*a));
    a->options.size     = sizeof(a->options);
    a->options.security = PWWB_LDAP_LDAPS;
}

static int
take_port(admin_ldap *a, const char *value)
{
    char *end = NULL;

    a->options.port = (int32_t)strtol(value, &end, 10);
    return end != value && *end == '\0' && a->options.port > 0 && a->options.port < 65536 ? 1 : -1;
}

int
admin_ldap_take(admin_ldap *a, int option, const char *value)
{
    a->given++;
    switch (option) {
    case ADMIN_HOST:
        a->options.host = value;
        return 1;
    case ADMIN_ADDRESS:
        a->options.address = value;
        return 1;
    case ADMIN_PORT:
        return take_port(a, value);
    case ADMIN_STARTTLS:
        a->options.security = PWWB_LDAP_STARTTLS;
        return 1;
    case ADMIN_CA:
        a->options.ca_file = value;
        return 1;
    case ADMIN_BIND:
        a->options.bind_dn = value;
        return 1;
    case ADMIN_PASSWORD:
        a->password_file = value;
        return 1;
    default:
        a->given--;
        return 0;
    }
}

int
admin_ldap_is_whole(const admin_ldap *a)
{
    return a->options.host != NULL && a->options.ca_file != NULL && a->options.bind_dn != NULL;
}

int
admin_ldap_password(admin_ldap *a, secret *s)
{
    int rc = a->password_file != NULL ? secret_file_line(s, a->password_file)
                                      : secret_line(s, "password of the service account");

    if (rc != 0 || s->len == 0) {
        fprintf(stderr, a->password_file != NULL ? "no password is in that file\n"
                                                 : "no password was given\n");
        return -1;
    }
    a->options.password     = s->octets;
    a->options.password_len = s->len;
    return 0;
}
