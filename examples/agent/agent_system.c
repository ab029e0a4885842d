/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_outside.h"

#include <time.h>

static pwwb_status
open_transport(void *ctx, const agent_settings *s, const relay_login *login, pwwb_transport **ret_transport,
               pwwb_amqp **ret_amqp, pwwb_error *err)
{
    pwwb_amqp  *amqp = NULL;
    pwwb_status st   = relay_connect(&s->relay, login, PWWB_RELAY_AGENT, &amqp, err);

    (void)ctx;
    if (st != PWWB_OK)
        return st;
    st = pwwb_transport_over_amqp(amqp, ret_transport, err);
    if (st != PWWB_OK)
        pwwb_amqp_free(amqp);
    *ret_amqp = st == PWWB_OK ? amqp : NULL;
    return st;
}

static pwwb_status
open_directory(void *ctx, const agent_directory *d, pwwb_directory **ret_directory, pwwb_error *err)
{
    pwwb_ldap_options options;
    secret            password;
    pwwb_status       st = PWWB_E_NOT_FOUND;

    (void)ctx;
    secret_make(&password);
    agent_directory_fill(d, &options);
    if (secret_file_line(&password, d->password_file) == 0 && password.len > 0) {
        options.password     = password.octets;
        options.password_len = password.len;
        st                   = pwwb_directory_new_ldap(&options, ret_directory, err);
    } else {
        (void)pwwb_error_set(err, st, "password_file cannot be read, or has no first line");
    }
    secret_drop(&password);
    return st;
}

const agent_outside agent_system = {.open_transport = open_transport, .open_directory = open_directory};

static int64_t
now_ms(clockid_t which)
{
    struct timespec t;

    (void)clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
agent_wall_ms(const agent_outside *outside)
{
    return outside->clock != NULL ? outside->clock->wall_ms(outside->clock_ctx) : now_ms(CLOCK_REALTIME);
}

int64_t
agent_monotonic_ms(const agent_outside *outside)
{
    return outside->clock != NULL ? outside->clock->monotonic_ms(outside->clock_ctx) : now_ms(CLOCK_MONOTONIC);
}
