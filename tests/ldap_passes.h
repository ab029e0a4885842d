/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LDAP_PASSES_H
#define LDAP_PASSES_H

/* Passes over the people of fake_people.h. Each step has a handle of its own, as another process would go
 * on. */

#include <pwwb/pwwb.h>

#include "fake_people.h"

#define TIMEOUT_MS 1000

static fake_people p;
static fake_clock  now;
static pwwb_error *err;

/* What was told in this pass, by place: how often, and the last change. */
static int         told[FAKE_PEOPLE_MAX + 1];
static int32_t     change[FAKE_PEOPLE_MAX + 1];
static int         told_count;
static pwwb_status taker_says;
static uint8_t     mark[PWWB_MARK_MAX];
static pwwb_pass   pass;
static const char *base;
static int32_t     server;

static inline pwwb_status
take(void *ctx, const pwwb_object *object, pwwb_error *its_err)
{
    int place = fake_people_place(object->guid);

    (void)ctx;
    (void)its_err;
    CHECK(place >= 1 && place <= FAKE_PEOPLE_MAX);
    told[place]++;
    told_count++;
    change[place] = object->change;
    return taker_says;
}

static inline pwwb_status
step(void)
{
    const pwwb_ldap_options o = {
        .size         = sizeof(o),
        .host         = "dc1.corp",
        .security     = PWWB_LDAP_LDAPS,
        .ca           = (const uint8_t *)fake_ca,
        .ca_len       = sizeof(fake_ca) - 1,
        .bind_dn      = "CN=svc",
        .password     = (const uint8_t *)"secret",
        .password_len = 6,
        .base_dn      = base,
        .server       = server,
        .connect      = fake_ldap_connect,
        .connect_ctx  = &p.f,
        .clock        = &fake_clock_ops,
        .clock_ctx    = &now,
    };
    pwwb_directory *directory = NULL;
    pwwb_status     st        = pwwb_directory_new_ldap(&o, &directory, err);

    if (st == PWWB_OK)
        st = pwwb_directory_changes(directory, pass.mark_len > 0 ? mark : NULL, pass.mark_len,
                                    TIMEOUT_MS, take, NULL, &pass, err);
    pwwb_directory_free(directory);
    return st;
}

static inline void
forget_told(void)
{
    memset(told, 0, sizeof(told));
    memset(change, 0, sizeof(change));
    told_count = 0;
    p.log[0]   = '\0';
}

/* One pass to its end. */
static inline void
go_through(void)
{
    int steps = 0, before = 0;

    forget_told();
    do {
        CHECK_STATUS(PWWB_OK, step());
        CHECK(pass.permille >= before && (pass.permille == 1000) == pass.is_last);
        before = pass.permille;
    } while (!pass.is_last && ++steps < 60);
    CHECK(pass.is_last);
}

static inline void
begin(int count, int number_step, const char *highest)
{
    fake_people_make(&p, count, number_step, highest);
    fake_ldap_current = &p.f;
    pass              = (pwwb_pass){.size = sizeof(pass), .mark = mark};
    taker_says        = PWWB_OK;
    base              = NULL;
    server            = PWWB_LDAP_ACTIVE_DIRECTORY;
    forget_told();
}

/* One that has gone through its first pass. */
static inline void
begin_second(int count)
{
    begin(count, 1, "1000");
    go_through();
    CHECK_STR("S0: W1-1000 ", p.log);
    forget_told();
}

static inline void
change_one(int place, int has_name, int has_class, const char *object_class)
{
    p.all[place - 1].is_changed   = 1;
    p.all[place - 1].has_name     = has_name;
    p.all[place - 1].has_class    = has_class;
    p.all[place - 1].object_class = object_class;
}

static inline int
count_of(int32_t what)
{
    int i, count = 0;

    for (i = 1; i <= FAKE_PEOPLE_MAX; i++)
        count += change[i] == what;
    return count;
}

/* Around a program's tests. */
static inline void
passes_begin(void)
{
    now = (fake_clock){.wall_ms = 12345, .monotonic_ms = 5000};
    err = pwwb_error_new();
}

#endif /* LDAP_PASSES_H */
