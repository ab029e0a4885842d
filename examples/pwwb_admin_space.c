/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_space.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pwwb_admin.h"
#include "pwwb_admin_print.h"

static const char show_text[] =
    "usage: pwwb-admin show SPACE [--json]\n"
    "Say what a connector space holds, how large it is, and how old.\n"
    "\n"
    "Exit: 0 done, 1 failed, 2 wrong usage.\n";

static const char staging_text[] =
    "usage: pwwb-admin staging SPACE on|off [--json]\n"
    "Say whether this is a staging server's space: imports go on, and every lookup is refused, for a\n"
    "staging server writes nothing.\n"
    "\n"
    "Exit: 0 done, 1 failed, 2 wrong usage.\n";

static const struct option options_[] = {
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

const char *
admin_space_advice(pwwb_status st)
{
    switch (st) {
    case PWWB_E_NOT_FOUND:
        return "look at the name; a space is made by pwwb-admin import";
    case PWWB_E_NO_SPACE:
        return "make room; what was imported is kept, and the next import goes on";
    case PWWB_E_NOT_SUPPORTED:
        return "a space of a newer version needs that version; it must be on a disk of this machine";
    case PWWB_E_READ_ONLY:
        return "run it as the owner of the space, on a disk that can be written";
    case PWWB_E_AUTH:
        return "look at --bind and the password; it is not tried again, for that could lock the account";
    case PWWB_E_PERMISSION:
        return "the space and its folder must be the owner's alone (0600, 0700); a directory must let "
               "the service account read";
    default:
        return "";
    }
}

int
admin_space_failed(pwwb_status st, const pwwb_error *err, int json)
{
    const char *advice = admin_space_advice(st);

    if (json) {
        printf("{\"event\": \"end\"");
        print_json_string(stdout, "status", pwwb_status_name(st));
        print_json_string(stdout, "message", pwwb_error_message(err));
        print_json_string(stdout, "advice", advice);
        printf("}\n");
        return 1;
    }
    fprintf(stderr, "%s: ", pwwb_status_name(st));
    print_plain(stderr, pwwb_error_message(err));
    fprintf(stderr, advice[0] != '\0' ? "\n    %s\n" : "%s\n", advice);
    return 1;
}

/* 0, and the arguments begin at optind; else what to end with is in `ret_rc`. */
static int
parse(int argc, char **argv, int count, const char *text, int *ret_json, int *ret_rc)
{
    int option, help = 0, bad = 0;

    *ret_json = 0;
    while ((option = getopt_long(argc, argv, "h", options_, NULL)) != -1) {
        help |= option == 'h';
        bad |= option == '?';
        *ret_json |= option == 'j';
    }
    bad |= !help && optind != argc - count;
    if (!bad && !help)
        return 0;

    fprintf(bad ? stderr : stdout, "%s", text);
    *ret_rc = bad ? 2 : 0;
    return -1;
}

/* "12.3 MB" */
static const char *
octets(uint64_t count, char text[32])
{
    static const char *const units[] = {"octets", "kB", "MB", "GB", "TB"};
    double                   value   = (double)count;
    size_t                   i       = 0;

    for (; value >= 1000 && i + 1 < sizeof(units) / sizeof(units[0]); i++)
        value /= 1000;
    (void)snprintf(text, 32, i == 0 ? "%.0f %s" : "%.1f %s", value, units[i]);
    return text;
}

/* "3 days ago", "never". */
static const char *
ago(int64_t then_ms, char text[64])
{
    int64_t now_s = (int64_t)time(NULL);
    char    age[32];

    if (then_ms < 0)
        (void)snprintf(text, 64, "never");
    else
        (void)snprintf(text, 64, "%s ago",
                       admin_age(now_s > then_ms / 1000 ? now_s - then_ms / 1000 : 0, age));
    return text;
}

static void
print_directory(const pwwb_space_directory *d)
{
    char count[32], whole[64], told[64];

    printf("directory          ");
    print_plain(stdout, d->name);
    printf(": objects %s; all of them read %s; imported %s\n", print_count(d->objects, count),
           ago(d->whole_ms, whole), ago(d->told_ms, told));
    if (d->is_under_way)
        printf("                   an import of it runs, or was interrupted: the next one goes on\n");
}

static void
print_info(const char *path, const pwwb_space_info *info)
{
    char count[32];

    printf("space              %s\n", path);
    printf("cloud objects      %s\n", print_count(info->cloud, count));
    printf("metaverse objects  %s\n", print_count(info->metaverse, count));
    printf("directory objects  %s", print_count(info->objects, count));
    printf(", %s of them eligible\n", print_count(info->eligible, count));
    printf("on the disk        %s\n", octets(info->octets, count));
    printf("staging            %s\n", info->is_staging ? "on: every lookup is refused" : "off");
}

static void
json_time(const char *name, int64_t ms)
{
    if (ms < 0)
        printf(", \"%s\": null", name);
    else
        printf(", \"%s\": %lld", name, (long long)ms);
}

static void
json_directory(size_t index, const pwwb_space_directory *d)
{
    printf("%s{\"index\": %zu", index == 0 ? "" : ", ", index);
    print_json_string(stdout, "name", d->name);
    printf(", \"objects\": %llu", (unsigned long long)d->objects);
    json_time("whole_ms", d->whole_ms);
    json_time("told_ms", d->told_ms);
    printf(", \"is_under_way\": %s}", d->is_under_way ? "true" : "false");
}

static void
json_info(const pwwb_space_info *info)
{
    printf("{\"cloud\": %llu, \"metaverse\": %llu, \"objects\": %llu, \"eligible\": %llu, "
           "\"octets\": %llu, \"is_staging\": %s, \"directories\": [",
           (unsigned long long)info->cloud, (unsigned long long)info->metaverse,
           (unsigned long long)info->objects, (unsigned long long)info->eligible,
           (unsigned long long)info->octets, info->is_staging ? "true" : "false");
}

enum { DIRECTORIES_MAX = 256 };

/* All is asked for before anything is printed, so that a failure leaves no half of an object. */
static pwwb_status
print_space(const char *path, pwwb_space *space, int json, pwwb_error *err)
{
    static pwwb_space_directory directories[DIRECTORIES_MAX];
    pwwb_space_info             info = {.size = sizeof(info)};
    pwwb_status                 st   = pwwb_space_describe(space, &info, err);
    size_t                      i, count = 0;

    for (; st == PWWB_OK && count < (size_t)info.directories && count < DIRECTORIES_MAX; count++) {
        directories[count].size = sizeof(directories[count]);
        st                      = pwwb_space_describe_directory(space, count, &directories[count], err);
    }
    if (st != PWWB_OK)
        return st;

    if (json)
        json_info(&info);
    else
        print_info(path, &info);
    for (i = 0; i < count; i++)
        if (json)
            json_directory(i, &directories[i]);
        else
            print_directory(&directories[i]);
    if (json)
        printf("]}\n");
    return PWWB_OK;
}

int
admin_show_space(int argc, char **argv)
{
    pwwb_space *space = NULL;
    pwwb_error *err;
    pwwb_status st;
    int         json, rc = 0;

    if (parse(argc, argv, 1, show_text, &json, &rc) != 0)
        return rc;

    err = pwwb_error_new();
    st  = pwwb_space_open(argv[optind], PWWB_SPACE_READ, &space, err);
    if (st == PWWB_OK)
        st = print_space(argv[optind], space, json, err);
    if (st != PWWB_OK)
        rc = admin_space_failed(st, err, json);
    pwwb_space_free(space);
    pwwb_error_free(err);
    return rc;
}

/* A space that is not there is not made by a mistyped name. */
static pwwb_status
open_there(const char *path, pwwb_space **ret_space, pwwb_error *err)
{
    if (access(path, F_OK) != 0)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "there is no such space");
    return pwwb_space_open(path, PWWB_SPACE_WRITE, ret_space, err);
}

static void
print_staging(int is_on, int json)
{
    if (json)
        printf("{\"is_staging\": %s}\n", is_on ? "true" : "false");
    else
        printf("staging is %s\n", is_on ? "on: every lookup is refused" : "off");
}

int
admin_staging(int argc, char **argv)
{
    pwwb_space *space = NULL;
    pwwb_error *err;
    pwwb_status st;
    int         json, is_on, rc = 0;

    if (parse(argc, argv, 2, staging_text, &json, &rc) != 0)
        return rc;
    is_on = strcmp(argv[optind + 1], "on") == 0;
    if (!is_on && strcmp(argv[optind + 1], "off") != 0) {
        fprintf(stderr, "%s", staging_text);
        return 2;
    }

    err = pwwb_error_new();
    st  = open_there(argv[optind], &space, err);
    if (st == PWWB_OK)
        st = pwwb_space_set_staging(space, is_on, err);
    if (st == PWWB_OK)
        print_staging(is_on, json);
    else
        rc = admin_space_failed(st, err, json);
    pwwb_space_free(space);
    pwwb_error_free(err);
    return rc;
}
