/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pwwb_admin.h"
#include "pwwb_admin_ldap.h"
#include "pwwb_admin_print.h"
#include "pwwb_admin_space.h"

static const char text[] =
    "usage: pwwb-admin import SPACE --directory NAME --host NAME --ca FILE --bind NAME [OPTION...]\n"
    "       pwwb-admin import SPACE --csv FILE [OPTION...]\n"
    "Fill a connector space from a directory, or from what a sync engine knows: at first all objects,\n"
    "later what has changed. SPACE is a file, made when it is not there. docs/space.md tells more.\n"
    "\n"
    "    --directory NAME      the name that agents have it by\n"
    ADMIN_LDAP_TEXT
    "    --base DN             what is under it; the whole domain, if not given\n"
    "    --join-mail           objects of different directories with the same mail are one person\n"
    "    --csv FILE            what a sync engine knows; the file is the whole of it\n"
    "    --full                all objects, even where only changes would be read\n"
    "    --dry-run             change nothing, and say what would be changed\n"
    "    --remove COUNT        objects that may go; 500, if not given. More is an account that may\n"
    "                          not read, or half a file, more often than it is meant\n"
    "    --every SECONDS       a line of progress so often, where no terminal is; 5, if not given;\n"
    "                          0 = after each step\n"
    "    --json                for programs: one object in each line, the last is the result\n"
    "\n"
    "Ctrl-C stops it after the step that it is in, and the next import goes on from there; a second\n"
    "one ends it at once, and nothing is lost either.\n"
    "\n"
    "Exit: 0 done, 1 failed, 2 wrong usage, 130 stopped.\n";

enum { DIRECTORY = 'd', BASE = 'b', CSV = 'c', JOIN_MAIL = 'm', FULL = 'f', DRY_RUN = 'n', EVERY = 'e',
       REMOVE = 'r', JSON = 'j', HELP = 'h' };

static const struct option options_[] = {
    ADMIN_LDAP_OPTIONS,
    {"directory", required_argument, NULL, DIRECTORY},
    {"base", required_argument, NULL, BASE},
    {"csv", required_argument, NULL, CSV},
    {"join-mail", no_argument, NULL, JOIN_MAIL},
    {"full", no_argument, NULL, FULL},
    {"dry-run", no_argument, NULL, DRY_RUN},
    {"every", required_argument, NULL, EVERY},
    {"remove", required_argument, NULL, REMOVE},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

typedef struct args {
    admin_ldap          ldap;
    const char         *space;
    const char         *directory;
    const char         *csv;
    pwwb_import_options options;
    long                every_s;
    int                 json;
    int                 help;
} args;

static volatile sig_atomic_t stopped; /* by which signal; 0 = not */

static int
take_number(const char *value, long most, long *ret_number)
{
    char *end = NULL;

    *ret_number = strtol(value, &end, 10);
    return end != value && *end == '\0' && *ret_number >= 0 && *ret_number <= most ? 0 : -1;
}

/* 0; -1 for what cannot be. */
static int
take_option(int option, const char *value, args *a)
{
    int  taken = admin_ldap_take(&a->ldap, option, value);
    long count;

    if (taken != 0)
        return taken > 0 ? 0 : -1;
    switch (option) {
    case DIRECTORY:
        a->directory = value;
        return 0;
    case BASE:
        a->ldap.options.base_dn = value;
        return 0;
    case CSV:
        a->csv = value;
        return 0;
    case JOIN_MAIL:
        a->options.joins_mail = 1;
        return 0;
    case FULL:
        a->options.is_full = 1;
        return 0;
    case DRY_RUN:
        a->options.is_dry_run = 1;
        return 0;
    case EVERY:
        return take_number(value, 86399, &a->every_s);
    case REMOVE:
        if (take_number(value, INT32_MAX, &count) != 0 || count == 0)
            return -1;
        a->options.most_removed = (int32_t)count;
        return 0;
    case JSON:
        a->json = 1;
        return 0;
    case HELP:
        a->help = 1;
        return 0;
    default:
        return -1;
    }
}

/* One space; a directory or a file, and what belongs to it. */
static int
parse(int argc, char **argv, args *a)
{
    int option;

    a->every_s = 5;
    while ((option = getopt_long(argc, argv, "h", options_, NULL)) != -1)
        if (take_option(option, optarg, a) != 0)
            return -1;
    if (a->help)
        return 0;
    if (optind != argc - 1 || (a->csv != NULL) == (a->directory != NULL))
        return -1;
    if (a->csv != NULL && (a->ldap.given > 0 || a->ldap.options.base_dn != NULL || a->options.joins_mail))
        return -1;
    if (a->directory != NULL && !admin_ldap_is_whole(&a->ldap))
        return -1;

    a->space = argv[optind];
    return 0;
}

/* The next one has its usual effect, and ends the program. */
static void
stop(int signal_)
{
    static const char said[] = "\nstopping after this step; once more, and it ends at once\n";

    stopped = signal_;
    if (write(STDERR_FILENO, said, sizeof(said) - 1) < 0)
        stopped = signal_;
}

static void
stop_by(int signal_)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = stop;
    action.sa_flags   = SA_RESTART | (int)SA_RESETHAND;
    (void)sigaction(signal_, &action, NULL);
}

static pwwb_status
step(void *ctx, const pwwb_import_result *so_far)
{
    admin_progress_step(ctx, so_far);
    return stopped != 0 ? PWWB_E_STOPPED : PWWB_OK;
}

static void
row(const char *would, const char *what, uint64_t count, const char *more)
{
    char label[64], digits[32];

    (void)snprintf(label, sizeof(label), "%s%s", would, what);
    printf("%-17s %12s%s%s\n", label, print_count(count, digits), more[0] != '\0' ? "  " : "", more);
}

static void
print_result(const args *a, const pwwb_import_result *r)
{
    const char *would = a->options.is_dry_run ? "would be " : "";
    int32_t     i;

    row("", "read", r->told, r->is_full ? "all there is" : "what had changed");
    row(would, "added", r->added, "");
    row(would, "changed", r->changed, "");
    row(would, "removed", r->removed, "");
    for (i = 1; admin_scope_name(i) != NULL; i++)
        if (r->out_of_scope[i] > 0)
            row("", "out of scope", r->out_of_scope[i], admin_scope_text(i));
    if (r->is_resumed)
        printf("it went on where another import had stopped\n");
}

static void
print_json(const args *a, const admin_progress *p, pwwb_status st, const pwwb_import_result *r,
           const pwwb_error *err)
{
    printf("{\"event\": \"end\"");
    print_json_string(stdout, "status", pwwb_status_name(st));
    print_json_string(stdout, "source", p->source);
    printf(", \"is_dry_run\": %s", a->options.is_dry_run ? "true" : "false");
    admin_progress_json(r);
    printf(", \"ms\": %lld", (long long)admin_progress_ms(p));
    if (st != PWWB_OK) {
        print_json_string(stdout, "message", pwwb_error_message(err));
        print_json_string(stdout, "advice", admin_space_advice(st));
    }
    printf("}\n");
}

/* Why it ended before its end. */
static int
tell_failure(const args *a, pwwb_status st, const pwwb_import_result *r, const pwwb_error *err)
{
    if (st == PWWB_E_STOPPED) {
        fprintf(stderr, a->options.is_dry_run ? "stopped; nothing was changed\n"
                                              : "stopped; the next import goes on from here\n");
        return 128 + stopped;
    }
    if (a->csv != NULL && st == PWWB_E_MALFORMED && r->line > 0) {
        fprintf(stderr, "%s:%d: %s\n", a->csv, (int)r->line, pwwb_error_message(err));
        return 1;
    }
    return admin_space_failed(st, err, 0);
}

static int
tell(const args *a, const admin_progress *p, pwwb_status st, const pwwb_import_result *r,
     const pwwb_error *err)
{
    if (a->json) {
        print_json(a, p, st, r, err);
        return st == PWWB_OK ? 0 : st == PWWB_E_STOPPED ? 128 + stopped : 1;
    }
    if (st == PWWB_OK || st == PWWB_E_STOPPED)
        print_result(a, r);
    return st == PWWB_OK ? 0 : tell_failure(a, st, r, err);
}

static pwwb_status
import(args *a, pwwb_space *space, pwwb_import_result *result, pwwb_error *err)
{
    pwwb_directory *directory = NULL;
    pwwb_status     st;

    if (a->csv != NULL)
        return pwwb_space_import_csv(space, a->csv, &a->options, result, err);

    st = pwwb_directory_new_ldap(&a->ldap.options, &directory, err);
    if (st == PWWB_OK)
        st = pwwb_space_import(space, a->directory, directory, &a->options, result, err);
    pwwb_directory_free(directory);
    return st;
}

static int
run(args *a, const char *path, pwwb_error *err)
{
    pwwb_import_result result = {.size = sizeof(result)};
    pwwb_space        *space  = NULL;
    admin_progress     progress;
    pwwb_status        st = pwwb_space_open(path, PWWB_SPACE_WRITE, &space, err);

    if (st != PWWB_OK)
        return admin_space_failed(st, err, a->json);

    stop_by(SIGINT);
    stop_by(SIGTERM);
    admin_progress_make(&progress, a->csv != NULL ? a->csv : a->directory, a->json, a->every_s);
    a->options.size         = sizeof(a->options);
    a->options.progress     = step;
    a->options.progress_ctx = &progress;
    st                      = import(a, space, &result, err);
    admin_progress_end(&progress, &result);
    pwwb_space_free(space);
    return tell(a, &progress, st, &result, err);
}

/* What would become of a space that is not there: made in a folder beside it, and removed. */
static int
run_dry(args *a, pwwb_error *err)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-import"};
    char                     folder[4000], path[4096];
    size_t                   i;
    int                      rc;

    (void)snprintf(folder, sizeof(folder), "%s.dry-XXXXXX", a->space);
    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return 1;
    }
    (void)snprintf(path, sizeof(path), "%s/space", folder);
    rc = run(a, path, err);

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/space%s", folder, ends[i]);
        (void)unlink(path);
    }
    if (rmdir(folder) != 0)
        fprintf(stderr, "%s is left: %s\n", folder, strerror(errno));
    return rc;
}

static int
run_with_password(args *a)
{
    pwwb_error *err = NULL;
    secret      password;
    int         rc = 1;

    secret_make(&password);
    if (a->csv != NULL || admin_ldap_password(&a->ldap, &password) == 0) {
        err = pwwb_error_new();
        rc  = a->options.is_dry_run && access(a->space, F_OK) != 0 ? run_dry(a, err)
                                                                   : run(a, a->space, err);
    }
    secret_drop(&password);
    pwwb_error_free(err);
    return rc;
}

int
admin_import(int argc, char **argv)
{
    args a = {0};

    admin_ldap_make(&a.ldap);
    if (parse(argc, argv, &a) != 0) {
        fprintf(stderr, "%s", text);
        return 2;
    }
    if (a.help) {
        printf("%s", text);
        return 0;
    }
    return run_with_password(&a);
}
