/* SPDX-License-Identifier: Apache-2.0 */
#include "week.h"

#include <malloc.h>

/* ---- audit ---- */

static int
has(const char *line, const char *name, const char *value)
{
    char text[96];

    (void)snprintf(text, sizeof(text), "\"%s\":\"%s\"", name, value);
    return strstr(line, text) != NULL;
}

static void
count_answer(week_lines *seen, const char *line)
{
    seen->set += has(line, "outcome", "set") || has(line, "outcome", "set_with_warnings");
    seen->not_set += has(line, "outcome", "not_set");
    seen->unknown += has(line, "outcome", "unknown");
}

static void
count_line(week_lines *seen, const char *line, const char *day)
{
    size_t len = strlen(line);

    seen->lines++;
    if (len < 3 || line[0] != '{' || line[len - 2] != '}' || line[len - 1] != '\n'
        || (day[0] != '\0' && strstr(line, day) == NULL))
        seen->wrong++;
    if (has(line, "stage", "before")) {
        seen->before++;
        return;
    }
    if (has(line, "end", "answered"))
        count_answer(seen, line);
    seen->repeated += has(line, "end", "repeated");
    seen->put_off += has(line, "end", "put_off");
    seen->given_up += has(line, "end", "given_up");
    seen->not_sent += has(line, "end", "not_sent");
    seen->no_answer += has(line, "end", "no_answer");
}

void
week_read(week_reader *r)
{
    char  line[PWWB_AUDIT_LINE_SIZE + 2];
    long  number = r->seen.lines;
    FILE *in     = fopen(r->path, "r");

    CHECK(in != NULL && fseek(in, r->offset, SEEK_SET) == 0);
    while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
        number++;
        if (number != r->dropped)
            count_line(&r->seen, line, r->day);
        if (number == r->doubled)
            count_line(&r->seen, line, r->day);
    }
    r->offset = in != NULL ? ftell(in) : 0;
    if (in != NULL)
        (void)fclose(in);
}

/* ---- metrics ---- */

long
week_metric(const char *path, const char *name)
{
    char  line[256];
    long  value = -1;
    FILE *in    = fopen(path, "r");

    while (in != NULL && fgets(line, sizeof(line), in) != NULL)
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ')
            value = strtol(line + strlen(name), NULL, 10);
    if (in != NULL)
        (void)fclose(in);
    return value;
}

static long
requests(const week_sums *s, const char *outcome)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "pwwb_requests_total{outcome=\"%s\"}", outcome);
    return week_metric(s->metrics, name);
}

/* ---- sums ---- */

static int
differ(const char *what, long expected, long actual, int says)
{
    if (expected != actual && says)
        printf("# %s: %ld and %ld\n", what, expected, actual);
    return expected != actual;
}

int
week_disagreements(const week_sums *s, int says)
{
    int n = 0;

    n += differ("the directory's writes, the agent's audit", s->writes, s->agent.set, says);
    n += differ("the directory was asked, the agent's audit said so before", s->asked, s->agent.before, says);
    n += differ("set: metrics, the agent's audit", requests(s, "set"), s->agent.set, says);
    n += differ("set: the agent's audit, the portal was told", s->agent.set, s->told.set, says);
    n += differ("set: the portal was told, its audit", s->told.set, s->portal.set, says);
    n += differ("not set: metrics, the agent's audit", requests(s, "not_set"), s->agent.not_set, says);
    n += differ("not set: the agent's audit, the portal was told", s->agent.not_set, s->told.not_set, says);
    n += differ("not set: the portal was told, its audit", s->told.not_set, s->portal.not_set, says);
    n += differ("unknown: metrics, none", requests(s, "unknown"), 0, says);
    n += differ("unknown: all others, none", s->agent.unknown + s->told.unknown + s->portal.unknown
                + s->portal.no_answer, 0, says);
    n += differ("repeats: metrics, those that were made", requests(s, "repeated"), s->repeats, says);
    n += differ("repeats: the agent's audit, those that were made", s->agent.repeated, s->repeats, says);
    n += differ("released: metrics, restarts in the middle", requests(s, "released"), s->releases, says);
    n += differ("refused at the portal, its audit", s->told.refused, s->portal.not_sent, says);
    n += differ("handed out, told", s->portal.before, s->portal.set + s->portal.not_set, says);
    n += differ("put off or given up, none", s->agent.put_off + s->agent.given_up + requests(s, "given_up"), 0, says);
    n += differ("lines that are not whole or of another day", s->agent.wrong + s->portal.wrong, 0, says);
    n += differ("audit failures, none", week_metric(s->metrics, "pwwb_audit_failures_total"), 0, says);
    return n;
}

/* ---- memory ---- */

void
week_memory(long *ret_heap, long *ret_resident)
{
    struct mallinfo2 heap     = mallinfo2();
    long             pages    = 0;
    FILE            *in       = fopen("/proc/self/statm", "r");
    int              are_read = in != NULL && fscanf(in, "%*s %ld", &pages) == 1;

    if (in != NULL)
        (void)fclose(in);
    *ret_heap     = (long)(heap.uordblks + heap.hblkhd);
    *ret_resident = are_read ? pages * 4096 : 0;
}
