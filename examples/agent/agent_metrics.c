/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP pwwb_%s %s\n# TYPE pwwb_%s %s\n", name, help, name, type);
}

static void
single(FILE *out, const char *name, const char *type, const char *help, int64_t value)
{
    head(out, name, type, help);
    fprintf(out, "pwwb_%s %" PRId64 "\n", name, value);
}

/* Of a label's value these three are escaped. */
static void
print_label(FILE *out, const char *value)
{
    const char *p;

    for (p = value; *p != '\0'; p++)
        switch (*p) {
        case '\\':
        case '"':
            fprintf(out, "\\%c", *p);
            break;
        case '\n':
            fputs("\\n", out);
            break;
        default:
            putc(*p, out);
        }
}

static void
print_requests(FILE *out, const agent_figures *f)
{
    static const struct {
        int32_t     counter;
        const char *outcome;
    } rows[] = {
        {PWWB_COUNT_SET, "set"},           {PWWB_COUNT_NOT_SET, "not_set"},
        {PWWB_COUNT_UNKNOWN, "unknown"},   {PWWB_COUNT_REPEATED, "repeated"},
        {PWWB_COUNT_RELEASED, "released"}, {PWWB_COUNT_UNOPENED, "unopened"},
        {PWWB_COUNT_GIVEN_UP, "given_up"},
    };
    size_t i;

    head(out, "requests_total", "counter",
         "Messages by what became of them; one may be released several times before it is given_up.");
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        fprintf(out, "pwwb_requests_total{outcome=\"%s\"} %" PRIu64 "\n", rows[i].outcome,
                f->counts[rows[i].counter]);
}

static void
print_directories(FILE *out, const agent_figures *f)
{
    size_t i;

    head(out, "directory_up", "gauge", "1 where the directory answered last; none where it was not asked yet.");
    for (i = 0; i < f->directory_count; i++) {
        if (f->directory_up[i] < 0)
            continue;
        fputs("pwwb_directory_up{directory=\"", out);
        print_label(out, f->directory_names[i]);
        fprintf(out, "\"} %" PRId32 "\n", f->directory_up[i]);
    }
}

static void
print_keys(FILE *out, const agent_figures *f)
{
    static const char *const states[] = {"none", "pending", "enabled", "disabling", "disabled", "revoked"};
    size_t                   i;

    single(out, "key_generation", "gauge", "Generation of the newest key there ever was.", (int64_t)f->generation);
    if (f->key_age_s >= 0)
        single(out, "key_age_seconds", "gauge", "Age of the active key; none where none is.", f->key_age_s);
    head(out, "tenant_state", "gauge", "1 at the state that the tenant is in.");
    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        fprintf(out, "pwwb_tenant_state{state=\"%s\"} %d\n", states[i],
                f->tenant_state == PWWB_TENANT_NONE + (int32_t)i);
}

static void
print_all(FILE *out, const agent_figures *f)
{
    int32_t version = pwwb_version_number();

    print_requests(out, f);
    single(out, "messages_received_total", "counter", "Messages taken from the relay.",
           (int64_t)f->counts[PWWB_COUNT_RECEIVED]);
    single(out, "audit_failures_total", "counter", "Events that the audit did not take.",
           (int64_t)f->counts[PWWB_COUNT_UNAUDITED]);
    print_directories(out, f);
    print_keys(out, f);
    single(out, "relay_connected", "gauge", "1 while connected to the relay.", f->relay_connected);
    single(out, "relay_connects_total", "counter", "Connections made to the relay.", (int64_t)f->relay_connects);
    single(out, "start_time_seconds", "gauge", "When the agent began, since 1970.", f->start_s);
    head(out, "build_info", "gauge", "1; the version is a label.");
    fprintf(out, "pwwb_build_info{version=\"%d.%d.%d\"} 1\n", (int)(version / 10000), (int)(version / 100 % 100),
            (int)(version % 100));
}

static int
give_up(const char *beside)
{
    int code = errno;

    (void)unlink(beside);
    errno = code;
    return -1;
}

int
agent_metrics_write(const char *path, const agent_figures *figures)
{
    char  beside[4096];
    FILE *out;
    int   fd, failed;

    if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    (void)unlink(beside); /* of one that was killed */
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    (void)fchmod(fd, 0644); /* whoever collects figures reads it, by whatever umask */
    out = fdopen(fd, "w");
    if (out == NULL) {
        (void)close(fd);
        return give_up(beside);
    }
    print_all(out, figures);
    failed = ferror(out);
    if (fclose(out) != 0 || failed)
        return give_up(beside);
    return rename(beside, path) == 0 ? 0 : give_up(beside);
}
