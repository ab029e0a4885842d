/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_readiness.h"

#include <pwwb/agent.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "portal_lang.h"
#include "portal_stop.h"

enum { FRESH_MS = 15000, FILE_MAX = 4096 };

#define AT(member) offsetof(portal_readiness, report.member)
#define COUNTER(which) (AT(counters) + (which) * sizeof(uint64_t))

/* Its members with numbers; each of 4 or 8 octets. */
static const struct field {
    const char *name;
    size_t      offset, size;
} fields[] = {
    {"time_ms", offsetof(portal_readiness, time_ms), 8},
    {"state_number", AT(state), 4},
    {"code_number", AT(code), 4},
    {"agents", AT(agents), 4},
    {"agents_up", AT(agents_up), 4},
    {"agents_stopped", AT(agents_stopped), 4},
    {"agents_silent", AT(agents_silent), 4},
    {"agents_skewed", AT(agents_skewed), 4},
    {"directories", AT(directories), 4},
    {"directories_up", AT(directories_up), 4},
    {"version", AT(version), 4},
    {"heard_ms", AT(heard_ms), 8},
    {"skew_ms", AT(skew_ms), 8},
    {"key_age_s", AT(key_age_s), 8},
    {"received", COUNTER(PWWB_COUNT_RECEIVED), 8},
    {"unopened", COUNTER(PWWB_COUNT_UNOPENED), 8},
    {"set", COUNTER(PWWB_COUNT_SET), 8},
    {"not_set", COUNTER(PWWB_COUNT_NOT_SET), 8},
    {"unknown", COUNTER(PWWB_COUNT_UNKNOWN), 8},
    {"repeated", COUNTER(PWWB_COUNT_REPEATED), 8},
    {"released", COUNTER(PWWB_COUNT_RELEASED), 8},
    {"min_length", AT(min_length), 4},
    {"complexity", AT(complexity), 4},
    {"history_length", AT(history_length), 4},
    {"min_age_s", AT(min_age_s), 8},
    {"max_age_s", AT(max_age_s), 8},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct {
    const char *name, *text;
    int         ends_with;
} states[] = {
    {"unknown", N_("It is not known whether the service is up."), PORTAL_NOT_KNOWN},
    {"not_configured", N_("The service is not set up: no key is active."), PORTAL_NOT},
    {"clock_skew", N_("The clocks of an agent and of this machine differ too much."), PORTAL_NOT},
    {"unreachable", N_("The service cannot be reached."), PORTAL_NOT},
    {"unknown", N_("No agent has been heard yet."), PORTAL_NOT_KNOWN},
    {"degraded", N_("The service is up, but a directory cannot be reached."), PORTAL_WELL},
    {"outdated", N_("The service is up, but an agent is older than this program."), PORTAL_WELL},
    {"up", N_("The service is up."), PORTAL_WELL},
};

static size_t
place(int32_t state)
{
    return state >= 0 && (size_t)state < sizeof(states) / sizeof(states[0]) ? (size_t)state : 0;
}

const char *
portal_readiness_name(int32_t state)
{
    return states[place(state)].name;
}

const char *
portal_readiness_text(int32_t state)
{
    return _(states[place(state)].text);
}

int
portal_readiness_exit(int32_t state)
{
    return states[place(state)].ends_with;
}

void
portal_readiness_of(pwwb_watch *watch, portal_readiness *r)
{
    *r = (portal_readiness){.report = {.size = sizeof(r->report), .code = PWWB_CODE_OK},
                            .time_ms = portal_wall_ms()};
    (void)pwwb_watch_describe(watch, &r->report, NULL);
}

void
portal_readiness_print(FILE *to, const portal *p, const portal_readiness *r)
{
    size_t i;

    fprintf(to, "{\"tenant\": \"%s\",\n", p->set.tenant);
    fprintf(to, "\"state\": \"%s\",\n", portal_readiness_name(r->report.state));
    fprintf(to, "\"code\": \"%s\"", pwwb_code_name(r->report.code));
    for (i = 0; i < FIELDS; i++) {
        const char *at = (const char *)r + fields[i].offset;
        int64_t     value;

        value = fields[i].size == 4 ? *(const int32_t *)(const void *)at : *(const int64_t *)(const void *)at;
        fprintf(to, ",\n\"%s\": %lld", fields[i].name, (long long)value);
    }
    fprintf(to, "}\n");
}

static void
path_of(const portal *p, const char *end, char *path, size_t size)
{
    (void)snprintf(path, size, "%s/readiness.json%s", p->set.state, end);
}

int
portal_readiness_write(const portal *p, const portal_readiness *r)
{
    char  path[4096], beside[4096];
    FILE *to;
    int   rc;

    path_of(p, "", path, sizeof(path));
    path_of(p, ".new", beside, sizeof(beside));
    to = fopen(beside, "we");
    if (to == NULL)
        return -1;
    portal_readiness_print(to, p, r);
    rc = ferror(to) != 0;
    rc = fclose(to) != 0 || rc;
    return rc == 0 && rename(beside, path) == 0 ? 0 : -1;
}

void
portal_readiness_forget(const portal *p)
{
    char path[4096];

    path_of(p, "", path, sizeof(path));
    (void)unlink(path);
}

/* -1 = one is missing, so it is another program's. */
static int
parse(const char *text, portal_readiness *r)
{
    size_t i;

    for (i = 0; i < FIELDS; i++) {
        char        name[64];
        const char *at;
        char       *into = (char *)r + fields[i].offset;
        long long   value;

        (void)snprintf(name, sizeof(name), "\n\"%s\": ", fields[i].name);
        at = strstr(text, name);
        if (at == NULL)
            return -1;
        value = strtoll(at + strlen(name), NULL, 10);
        if (fields[i].size == 4)
            *(int32_t *)(void *)into = (int32_t)value;
        else
            *(int64_t *)(void *)into = value;
    }
    return 0;
}

int
portal_readiness_read(const portal *p, portal_readiness *r)
{
    char    path[4096], text[FILE_MAX], head[64];
    FILE   *from;
    size_t  len;
    int64_t age;

    *r = (portal_readiness){.report = {.size = sizeof(r->report)}};
    path_of(p, "", path, sizeof(path));
    from = fopen(path, "re");
    if (from == NULL)
        return 0;
    len       = fread(text, 1, sizeof(text) - 1, from);
    text[len] = '\0';
    fclose(from);
    (void)snprintf(head, sizeof(head), "{\"tenant\": \"%s\"", p->set.tenant);
    if (strncmp(text, head, strlen(head)) != 0 || parse(text, r) != 0)
        return 0;
    age = portal_wall_ms() - r->time_ms;
    return age >= -FRESH_MS && age <= FRESH_MS;
}

int32_t
portal_readiness_code(const portal *p)
{
    portal_readiness r;

    if (!portal_readiness_read(p, &r)
        || (r.report.state != PWWB_READY_UNREACHABLE && r.report.state != PWWB_READY_CLOCK_SKEW))
        return PWWB_CODE_OK;
    return r.report.code;
}

int
portal_is_enabled(const portal *p)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;

    if (pwwb_keystore_load(p->store, &keys, NULL) != PWWB_OK)
        return 0;
    (void)pwwb_keyring_describe(keys, &info, NULL);
    pwwb_keyring_free(keys);
    return info.state == PWWB_TENANT_ENABLED;
}
