/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_space.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "pwwb_admin_print.h"

enum { DRAW_MS = 100, LINE_SIZE = 400, BAR_MIN = 13, BAR_MAX = 40 };

static int64_t
now_ms(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0
               ? (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000
               : 0;
}

int64_t
admin_progress_ms(const admin_progress *p)
{
    return now_ms() - p->begin_ms;
}

const char *
admin_scope_name(int32_t scope)
{
    static const char *const names[PWWB_IMPORT_SCOPES] = {"in",      "critical",       "no-name",
                                                          "service", "recipient-type", "conflict"};

    return scope >= 0 && scope < PWWB_IMPORT_SCOPES ? names[scope] : NULL;
}

const char *
admin_scope_text(int32_t scope)
{
    static const char *const texts[PWWB_IMPORT_SCOPES] = {
        "",
        "critical system objects",
        "without an account name",
        "accounts of services and of the sync engine",
        "mailboxes that are no person's",
        "names in conflict",
    };

    return scope >= 0 && scope < PWWB_IMPORT_SCOPES ? texts[scope] : NULL;
}

void
admin_progress_json(const pwwb_import_result *r)
{
    int32_t i;

    printf(", \"told\": %llu, \"added\": %llu, \"changed\": %llu, \"removed\": %llu, \"out_of_scope\": {",
           (unsigned long long)r->told, (unsigned long long)r->added, (unsigned long long)r->changed,
           (unsigned long long)r->removed);
    for (i = 1; admin_scope_name(i) != NULL; i++)
        printf("%s\"%s\": %llu", i == 1 ? "" : ", ", admin_scope_name(i),
               (unsigned long long)r->out_of_scope[i]);
    printf("}, \"is_full\": %s, \"is_resumed\": %s, \"permille\": %d, \"line\": %d",
           r->is_full ? "true" : "false", r->is_resumed ? "true" : "false", (int)r->permille,
           (int)r->line);
}

/* "1:02:03", "2:03". */
static const char *
duration(int64_t ms, char text[32])
{
    long long s = (long long)(ms + 500) / 1000;

    if (s >= 3600)
        (void)snprintf(text, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        (void)snprintf(text, 32, "%lld:%02lld", s / 60, s % 60);
    return text;
}

/* -1 = it cannot be told: a directory may not say how far it is. */
static int64_t
left_ms(const admin_progress *p, const pwwb_import_result *r)
{
    int32_t done = r->permille - p->first;

    if (p->first < 0 || done <= 0)
        return -1;
    return (now_ms() - p->first_ms) * (1000 - r->permille) / done;
}

/* Counts, rate, and the time that is left; in brief without changes and rate. */
static void
numbers(const admin_progress *p, const pwwb_import_result *r, int is_brief, char text[LINE_SIZE])
{
    int64_t  ms   = admin_progress_ms(p);
    int64_t  left = left_ms(p, r);
    uint64_t rate = ms > 0 ? r->told * 1000 / (uint64_t)ms : r->told;
    char     told[32], changes[32], each[32], time_left[32], more[80] = "";

    if (!is_brief)
        (void)snprintf(more, sizeof(more), ", %s changes, %s/s",
                       print_count(r->added + r->changed + r->removed, changes),
                       print_count(rate, each));
    (void)snprintf(text, LINE_SIZE, "%3d %%  %s read%s, %s %s", (int)(r->permille / 10),
                   print_count(r->told, told), more, duration(left >= 0 ? left : ms, time_left),
                   left >= 0 ? "left" : "so far");
}

/* Columns of the terminal but for the last, where some begin a new line. */
static int
columns(void)
{
    struct winsize size = {0};
    int            width;

    width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
    return (width < LINE_SIZE ? width : LINE_SIZE) - 1;
}

/* "[#####.....] "; octets. */
static int
bar(char *line, int room, int32_t permille)
{
    int inside = (room < BAR_MAX + 3 ? room : BAR_MAX + 3) - 3;
    int full   = inside * (permille < 1000 ? permille : 1000) / 1000;

    line[0] = '[';
    memset(line + 1, '#', (size_t)full);
    memset(line + 1 + full, '.', (size_t)(inside - full));
    memcpy(line + 1 + inside, "] ", 2);
    return inside + 3;
}

static void
draw(admin_progress *p, const pwwb_import_result *r)
{
    char line[2 * LINE_SIZE], text[LINE_SIZE];
    int  width = columns();
    int  at    = 0;

    numbers(p, r, 0, text);
    if (width - (int)strlen(text) < BAR_MIN)
        numbers(p, r, 1, text);
    if (width - (int)strlen(text) >= BAR_MIN)
        at = bar(line, width - (int)strlen(text), r->permille);
    (void)snprintf(line + at, sizeof(line) - (size_t)at, "%s", text);
    line[width] = '\0';
    /* Padded: what stood there may have been longer. */
    fprintf(stderr, "\r%-*s", p->width < width ? p->width : width, line);
    fflush(stderr);
    p->width = (int)strlen(line);
}

static void
line(const admin_progress *p, const pwwb_import_result *r)
{
    char text[LINE_SIZE];

    if (p->is_json) {
        printf("{\"event\": \"progress\"");
        print_json_string(stdout, "source", p->source);
        admin_progress_json(r);
        printf(", \"ms\": %lld}\n", (long long)admin_progress_ms(p));
        fflush(stdout);
        return;
    }
    numbers(p, r, 0, text);
    print_plain(stderr, p->source);
    fprintf(stderr, ": %s\n", text);
}

static void
show(admin_progress *p, const pwwb_import_result *r)
{
    if (p->is_terminal)
        draw(p, r);
    else
        line(p, r);
    p->last_ms = now_ms();
}

void
admin_progress_make(admin_progress *p, const char *source, int is_json, long every_s)
{
    static const pwwb_import_result nothing;

    memset(p, 0, sizeof(*p));
    p->source      = source;
    p->is_json     = is_json;
    p->is_terminal = !is_json && isatty(STDERR_FILENO);
    p->every_s     = every_s;
    p->first       = -1;
    p->begin_ms    = now_ms();
    p->last_ms     = p->begin_ms;
    if (p->is_terminal)
        draw(p, &nothing);
}

void
admin_progress_step(admin_progress *p, const pwwb_import_result *so_far)
{
    int64_t pause = p->is_terminal ? DRAW_MS : (int64_t)p->every_s * 1000;

    if (now_ms() - p->last_ms >= pause)
        show(p, so_far);
    if (p->first >= 0)
        return;
    p->first    = so_far->permille;
    p->first_ms = now_ms();
}

void
admin_progress_end(admin_progress *p, const pwwb_import_result *result)
{
    if (!p->is_terminal)
        return;
    draw(p, result);
    fputc('\n', stderr);
}
