/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's figures in a file. With a name, only writes such a file there, for tests/check_metrics.py. rows: 8 */
#include "../examples/agent/agent_metrics.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "folder.h"
#include "harness.h"

static char folder[] = "/tmp/pwwb-metrics-XXXXXX";
static char path[64], beside[72], elsewhere[72];

static agent_figures
some_figures(void)
{
    agent_figures f = {.directory_count = 4, .tenant_state = PWWB_TENANT_ENABLED, .generation = 3, .key_age_s = 86400,
                       .relay_connected = 1, .relay_connects = 2, .start_s = 1700000000};
    int32_t       i;

    for (i = PWWB_COUNT_RECEIVED; i <= PWWB_COUNT_UNAUDITED; i++)
        f.counts[i] = 100u + (uint64_t)i;
    f.directory_names[0] = "";
    f.directory_names[1] = "north \"of\"\\the\nriver";
    f.directory_names[2] = "\xc3\xa5" "bo";
    f.directory_names[3] = "never asked";
    f.directory_up[0] = f.directory_up[1] = 1;
    f.directory_up[3]                     = -1;
    return f;
}

static const char *
read_all(const char *name)
{
    static char text[16384];
    int         fd = open(name, O_RDONLY);
    ssize_t     n  = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* Whether a line stands in a file. */
static int
has(const char *text, const char *line)
{
    const char *at  = text;
    size_t      len = strlen(line);

    while ((at = strstr(at, line)) != NULL && ((at > text && at[-1] != '\n') || at[len] != '\n'))
        at++;
    return at != NULL;
}

static const char *
written(const agent_figures *f)
{
    CHECK_INT(0, agent_metrics_write(path, f));
    return read_all(path);
}

static void
each_figure_has_its_line(void)
{
    agent_figures f    = some_figures();
    const char   *text = written(&f);

    CHECK(has(text, "pwwb_requests_total{outcome=\"set\"} 103"));
    CHECK(has(text, "pwwb_requests_total{outcome=\"not_set\"} 104"));
    CHECK(has(text, "pwwb_requests_total{outcome=\"unknown\"} 105"));
    CHECK(has(text, "pwwb_requests_total{outcome=\"repeated\"} 106"));
    CHECK(has(text, "pwwb_requests_total{outcome=\"released\"} 107"));
    CHECK(has(text, "pwwb_requests_total{outcome=\"unopened\"} 102"));
    CHECK(has(text, "pwwb_requests_total{outcome=\"given_up\"} 108"));
    CHECK(has(text, "pwwb_messages_received_total 101"));
    CHECK(has(text, "pwwb_audit_failures_total 109"));
    CHECK(has(text, "pwwb_key_generation 3"));
    CHECK(has(text, "pwwb_key_age_seconds 86400"));
    CHECK(has(text, "pwwb_tenant_state{state=\"enabled\"} 1"));
    CHECK(has(text, "pwwb_tenant_state{state=\"none\"} 0"));
    CHECK(has(text, "pwwb_tenant_state{state=\"revoked\"} 0"));
    CHECK(has(text, "pwwb_relay_connected 1"));
    CHECK(has(text, "pwwb_relay_connects_total 2"));
    CHECK(has(text, "pwwb_start_time_seconds 1700000000"));
    CHECK(has(text, "pwwb_build_info{version=\"0.1.0\"} 1"));
}

/* prometheus.io/docs/instrumenting/exposition_formats: backslash, double quote and line feed. */
static void
a_label_is_escaped_and_what_is_not_known_is_left_out(void)
{
    agent_figures f    = some_figures();
    const char   *text = written(&f);

    CHECK(has(text, "pwwb_directory_up{directory=\"\"} 1"));
    CHECK(has(text, "pwwb_directory_up{directory=\"north \\\"of\\\"\\\\the\\nriver\"} 1"));
    CHECK(has(text, "pwwb_directory_up{directory=\"\xc3\xa5" "bo\"} 0"));
    CHECK(strstr(text, "never asked") == NULL);
    f.key_age_s = -1;
    CHECK(strstr(written(&f), "key_age") == NULL);
}

static int writing;

static void *
write_often(void *arg)
{
    agent_figures f = some_figures();
    int           i, *failures = arg;

    for (i = 0; i < 1000; i++) {
        f.key_age_s = i % 2 == 0 ? -1 : i;
        *failures += agent_metrics_write(path, &f) != 0;
    }
    __atomic_store_n(&writing, 0, __ATOMIC_SEQ_CST);
    return NULL;
}

static void
a_reader_never_sees_half_a_file(void)
{
    static const char first[] = "# HELP pwwb_requests_total ";
    static const char last[]  = "pwwb_build_info{version=\"0.1.0\"} 1\n";
    pthread_t         thread;
    int               failures = 0, halves = 0, reads = 0;

    CHECK_INT(0, agent_metrics_write(path, &(agent_figures){.key_age_s = -1}));
    writing = 1;
    CHECK_INT(0, pthread_create(&thread, NULL, write_often, &failures));
    for (; __atomic_load_n(&writing, __ATOMIC_SEQ_CST); reads++) {
        const char *text = read_all(path);
        size_t      len  = strlen(text);

        halves += len < sizeof(last) || strncmp(text, first, strlen(first)) != 0 ||
                  strcmp(text + len - strlen(last), last) != 0;
    }
    CHECK_INT(0, pthread_join(thread, NULL));
    CHECK_INT(0, failures);
    CHECK_INT(0, halves);
    CHECK(reads > 10);
    CHECK_INT(1, count_files(folder));
}

static void
what_a_killed_one_left_is_in_nobodys_way(void)
{
    agent_figures f = some_figures();
    struct stat   is;

    empty_folder(folder);
    CHECK_INT(0, symlink(elsewhere, beside));
    CHECK_INT(0, agent_metrics_write(path, &f));
    CHECK_INT(1, count_files(folder));
    CHECK(lstat(path, &is) == 0 && is.st_mode == (S_IFREG | 0644));
    CHECK(access(elsewhere, F_OK) != 0);
}

static void
what_cannot_be_written_leaves_the_old_file(void)
{
    agent_figures f = some_figures();
    struct rlimit old, less;
    int           rc, code;

    (void)written(&f);
    f.generation = 4;
    (void)getrlimit(RLIMIT_FSIZE, &old);
    less          = old;
    less.rlim_cur = 100;
    (void)setrlimit(RLIMIT_FSIZE, &less);
    rc   = agent_metrics_write(path, &f);
    code = errno;
    (void)setrlimit(RLIMIT_FSIZE, &old);
    CHECK_INT(-1, rc);
    CHECK_INT(EFBIG, code);
    CHECK(has(read_all(path), "pwwb_key_generation 3"));
    CHECK_INT(1, count_files(folder));
    CHECK_INT(-1, agent_metrics_write("/tmp/pwwb-no-such-folder/m", &f));
    CHECK_INT(ENOENT, errno);
}

int
main(int argc, char **argv)
{
    agent_figures f = some_figures();

    if (argc == 2)
        return agent_metrics_write(argv[1], &f) == 0 ? 0 : 1;
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(path, sizeof(path), "%s/pwwb.prom", folder);
    (void)snprintf(beside, sizeof(beside), "%s.new", path);
    (void)snprintf(elsewhere, sizeof(elsewhere), "%s-elsewhere", folder);
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)umask(077);
    RUN(each_figure_has_its_line);
    RUN(a_label_is_escaped_and_what_is_not_known_is_left_out);
    RUN(a_reader_never_sees_half_a_file);
    RUN(what_a_killed_one_left_is_in_nobodys_way);
    RUN(what_cannot_be_written_leaves_the_old_file);
    empty_folder(folder);
    (void)rmdir(folder);
    return DONE;
}
