/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pwwb_admin.h"
#include "pwwb_admin_relay.h"

static const char text[] =
    "usage: pwwb-admin relay --print|--apply [OPTION...]\n"
    "What password writeback needs on a RabbitMQ broker: exchanges, queues, policies, users with least\n"
    "rights. It may be applied again, and then changes what differs.\n"
    "\n"
    "    --print               print the definitions, which are JSON\n"
    "    --apply               give them to the broker: run it where rabbitmqctl may be run\n"
    "    --agent NAME=FILE     a user for agents; the first line of FILE is the secret\n"
    "    --portal NAME=FILE    a user for portals; both may be given several times\n"
    "    --quorum              queues on several nodes (decided when they are first made)\n"
    "    --seconds N           how long a message may wait (300)\n"
    "    --length N            how many may wait in a queue (10000)\n"
    "    --vhost NAME          the virtual host (/), which must exist\n"
    "\n"
    "Exit: 0 done, 1 not done, 2 wrong usage. Operators read docs/relay.md.\n";

enum { PRINT = 'p', APPLY = 'a', AGENT = 'A', PORTAL = 'P', QUORUM = 'q', SECONDS = 's', LENGTH = 'l',
       VHOST = 'v', HELP = 'h' };

static const struct option options_[] = {
    {"print", no_argument, NULL, PRINT},
    {"apply", no_argument, NULL, APPLY},
    {"agent", required_argument, NULL, AGENT},
    {"portal", required_argument, NULL, PORTAL},
    {"quorum", no_argument, NULL, QUORUM},
    {"seconds", required_argument, NULL, SECONDS},
    {"length", required_argument, NULL, LENGTH},
    {"vhost", required_argument, NULL, VHOST},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

typedef struct args {
    relay_plan plan;
    int        print;
    int        apply;
    int        help;
} args;

static int
take_number(const char *value, long *ret)
{
    size_t len = strlen(value);

    if (len < 1 || len > 9 || value[0] == '0' || strspn(value, "0123456789") != len) {
        fprintf(stderr, "\"%s\" is not a number from 1 to 999999999\n", value);
        return -1;
    }
    *ret = strtol(value, NULL, 10);
    return 0;
}

static int
take_vhost(const char *value, relay_plan *plan)
{
    if (!relay_is_plain(value)) {
        fprintf(stderr, "\"%s\" is not a plain name\n", value);
        return -1;
    }
    plan->vhost = value;
    return 0;
}

/* 0; -1, and why; -2 for an option that is none. */
static int
take_option(int option, const char *value, args *a)
{
    switch (option) {
    case PRINT:
        a->print = 1;
        return 0;
    case APPLY:
        a->apply = 1;
        return 0;
    case AGENT:
    case PORTAL:
        return relay_add_user(&a->plan, option == AGENT, value);
    case QUORUM:
        a->plan.is_quorum = 1;
        return 0;
    case SECONDS:
        return take_number(value, &a->plan.seconds);
    case LENGTH:
        return take_number(value, &a->plan.length);
    case VHOST:
        return take_vhost(value, &a->plan);
    case HELP:
        a->help = 1;
        return 0;
    default:
        return -2;
    }
}

static int
parse(int argc, char **argv, args *a)
{
    int option, rc;

    while ((option = getopt_long(argc, argv, "h", options_, NULL)) != -1) {
        rc = take_option(option, optarg, a);
        if (rc != 0)
            return rc;
    }
    if (a->help)
        return 0;
    return optind == argc && a->print != a->apply ? 0 : -2;
}

int
admin_relay(int argc, char **argv)
{
    static args a = {.plan = {.vhost = "/", .seconds = 300, .length = 10000}};
    size_t      i;
    int         rc = parse(argc, argv, &a);

    if (rc != 0) {
        if (rc == -2)
            fprintf(stderr, "%s", text);
        return 2;
    }
    if (a.help) {
        printf("%s", text);
        return 0;
    }
    for (i = 0; i < a.plan.user_count; i++)
        if (relay_hash_user(&a.plan.users[i]) != 0)
            return 1;
    return a.apply ? relay_apply(&a.plan) : relay_print(&a.plan, stdout) == 0 ? 0 : 1;
}
