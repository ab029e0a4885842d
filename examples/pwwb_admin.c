/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look after a key file: what is in it, whether all is well, new keys, another lock. No key is ever
 * printed.
 *
 *     pwwb-admin key show|check|rotate|rewrap FILE LOCK...        pwwb-admin key show --help
 *
 * And say beforehand which rights a service account lacks: pwwb-admin preflight --help
 *
 * And which rules hold for a person, and whether a password keeps them: pwwb-admin policy|check --help
 *
 * And set up what a broker needs: pwwb-admin relay --help
 *
 * And fill a connector space, look up in it, say what it holds: pwwb-admin import|lookup|show|staging --help
 */
#include <pwwb/exchange.h>
#include <pwwb/pwwb.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pwwb_admin.h"
#include "secret.h"

static const char locks_text[] =
    "LOCK, what the file is sealed with, is one of\n"
    "    --key-file FILE         32 octets, the owner's alone\n"
    "    --passphrase-file FILE  its first line\n"
    "    --passphrase            asked for, or the first line of standard input\n";

static const struct {
    const char *name;
    int (*run)(const admin_args *args, pwwb_keystore *store, pwwb_error *err);
    const char *usage;
    const char *text;
} commands[] = {
    {"show", admin_show, "FILE LOCK",
     "Print what may be known of the keys: state, ages, suites, generations, fingerprint. Never a\n"
     "key.\n"},
    {"check", admin_check, "FILE LOCK [--roll-days N]",
     "Say what is wrong, and what to do: permissions, opening, state, ages. Keys older than N\n"
     "days, 182 if not given, are due to roll.\n"},
    {"rotate", admin_rotate, "FILE LOCK [--suite rsa|x25519]",
     "Begin to roll the keys of an agent's file. Agents that run on it send the new ones to the\n"
     "portal, and use them once it has them. The suite stays as it is, if not given.\n"},
    {"rewrap", admin_rewrap, "FILE LOCK NEW-LOCK",
     "Seal the file under another lock. NEW-LOCK is --new-key-file FILE, --new-passphrase-file\n"
     "FILE or --new-passphrase. Whatever else uses the file must be given the new one.\n"},
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int
usage(FILE *to)
{
    size_t i;

    for (i = 0; i < COMMANDS; i++)
        fprintf(to, "%s pwwb-admin key %s %s\n", i == 0 ? "usage:" : "      ", commands[i].name,
                commands[i].usage);
    fprintf(to, "       pwwb-admin preflight OPTION...\n"
                "       pwwb-admin policy OPTION... PERSON\n"
                "       pwwb-admin check OPTION... PERSON\n"
                "       pwwb-admin import SPACE OPTION...\n"
                "       pwwb-admin lookup SPACE ANCHOR\n"
                "       pwwb-admin show SPACE\n"
                "       pwwb-admin staging SPACE on|off\n"
                "       pwwb-admin relay --print|--apply OPTION...\n"
                "Exit: 0 all is well, 1 a problem, 2 wrong usage; 3, of check, it cannot be told. Each with --help\n"
                "tells more, as key show --help does.\n");
    return to == stdout ? 0 : 2;
}

static int
help(size_t command)
{
    printf("usage: pwwb-admin key %s %s\n%s\n%s", commands[command].name, commands[command].usage,
           commands[command].text, locks_text);
    return 0;
}

int
admin_failed(pwwb_status st, const pwwb_error *err)
{
    fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    return 1;
}

/* Asked for twice where somebody types it: a mistyped passphrase locks the keys away for good. */
static int
ask(secret *s, int is_new)
{
    secret again;
    int    same;

    if (secret_line(s, is_new ? "new passphrase" : "passphrase") != 0 || s->len == 0) {
        fprintf(stderr, "no passphrase was given\n");
        return -1;
    }
    if (!is_new || !isatty(STDIN_FILENO))
        return 0;

    secret_make(&again);
    same = secret_line(&again, "once more") == 0 && again.len == s->len
           && memcmp(again.octets, s->octets, s->len) == 0;
    secret_drop(&again);
    if (!same)
        fprintf(stderr, "they are not the same\n");
    return same ? 0 : -1;
}

int
admin_lock(const admin_lock_args *lock, int is_new, secret *s, pwwb_keystore_options *options)
{
    options->size        = sizeof(*options);
    options->lock        = lock->kind;
    options->secret_file = lock->file;
    if (lock->file != NULL)
        return 0;
    if (ask(s, is_new) != 0)
        return -1;

    options->secret     = s->octets;
    options->secret_len = s->len;
    return 0;
}

enum { KEY_FILE = 'k', PASSPHRASE_FILE = 'f', PASSPHRASE = 'p', NEW = 0x100, ROLL_DAYS = 'r',
       SUITE = 's', HELP = 'h' };

static const struct option options_[] = {
    {"key-file", required_argument, NULL, KEY_FILE},
    {"passphrase-file", required_argument, NULL, PASSPHRASE_FILE},
    {"passphrase", no_argument, NULL, PASSPHRASE},
    {"new-key-file", required_argument, NULL, NEW + KEY_FILE},
    {"new-passphrase-file", required_argument, NULL, NEW + PASSPHRASE_FILE},
    {"new-passphrase", no_argument, NULL, NEW + PASSPHRASE},
    {"roll-days", required_argument, NULL, ROLL_DAYS},
    {"suite", required_argument, NULL, SUITE},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

/* 0; -1 for what cannot be. */
static int
take_option(int option, const char *value, admin_args *args)
{
    admin_lock_args *lock = option >= NEW ? &args->fresh : &args->lock;
    char            *end  = NULL;

    switch (option >= NEW ? option - NEW : option) {
    case KEY_FILE:
    case PASSPHRASE_FILE:
    case PASSPHRASE:
        if (lock->kind != 0)
            return -1; /* two locks */
        lock->kind = (option & 0xff) == KEY_FILE ? PWWB_LOCK_KEY : PWWB_LOCK_PASSPHRASE;
        lock->file = value;
        return 0;
    case ROLL_DAYS:
        args->roll_days = strtol(value, &end, 10);
        return end != value && *end == '\0' && args->roll_days > 0 && args->roll_days < 36500 ? 0
                                                                                              : -1;
    case SUITE:
        args->suite = strcmp(value, "rsa") == 0      ? PWWB_SUITE_RSA
                      : strcmp(value, "x25519") == 0 ? PWWB_SUITE_X25519
                                                     : 0;
        return args->suite != 0 ? 0 : -1;
    case HELP:
        args->help = 1;
        return 0;
    default:
        return -1;
    }
}

/* Options anywhere, one file, one lock; a new lock for rewrap alone. */
static int
parse(int argc, char **argv, size_t command, admin_args *args)
{
    int is_rewrap = commands[command].run == admin_rewrap;
    int option;

    args->roll_days = 182;
    while ((option = getopt_long(argc, argv, "h", options_, NULL)) != -1)
        if (take_option(option, optarg, args) != 0)
            return -1;
    if (args->help)
        return 0;
    if (optind != argc - 1 || args->lock.kind == 0 || (args->fresh.kind != 0) != is_rewrap)
        return -1;

    args->file = argv[optind];
    return 0;
}

static int
run(size_t command, const admin_args *args)
{
    pwwb_error           *err     = pwwb_error_new();
    pwwb_keystore        *store   = NULL;
    pwwb_keystore_options options = {0};
    secret                s;
    pwwb_status           st;
    int                   rc = 1;

    secret_make(&s);
    if (admin_lock(&args->lock, 0, &s, &options) == 0) {
        st = pwwb_keystore_new_file(args->file, &options, &store, err);
        rc = st == PWWB_OK ? commands[command].run(args, store, err) : admin_failed(st, err);
    }
    secret_drop(&s);
    pwwb_keystore_free(store);
    pwwb_error_free(err);
    return rc;
}

#ifndef WITH_SQLITE
static int
no_space(int argc, char **argv)
{
    (void)argc;
    fprintf(stderr, "pwwb-admin %s: this build has no connector space; build it with SQLite "
                    "(meson setup -Dsqlite=enabled)\n", argv[0]);
    return 2;
}
#define admin_import     no_space
#define admin_lookup     no_space
#define admin_show_space no_space
#define admin_staging    no_space
#endif

/* With options of their own. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} others[] = {
    {"preflight", admin_preflight}, {"import", admin_import},   {"lookup", admin_lookup},
    {"show", admin_show_space},     {"staging", admin_staging},
    {"relay", admin_relay},         {"policy", admin_policy}, {"check", admin_check_password},
};
enum { OTHERS = sizeof(others) / sizeof(others[0]) };

static int
key(int argc, char **argv)
{
    admin_args args = {0};
    size_t     i;

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return usage(stdout);
    for (i = 0; argc >= 2 && i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        if (parse(argc - 1, argv + 1, i, &args) != 0)
            return usage(stderr);
        return args.help ? help(i) : run(i, &args);
    }
    return usage(stderr);
}

int
main(int argc, char **argv)
{
    size_t i;

    secret_process();
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return usage(stdout);
    if (argc >= 2 && strcmp(argv[1], "key") == 0)
        return key(argc - 1, argv + 1);
    for (i = 0; argc >= 2 && i < OTHERS; i++)
        if (strcmp(argv[1], others[i].name) == 0)
            return others[i].run(argc - 1, argv + 1);
    return usage(stderr);
}
