/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "loop_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: %s KEYFOLDER HOST PORT CA_FILE USER SECRET_FILE [OPTION...]\n"
    "\n"
    "A portal in an event loop, here %s. It connects to an AMQP 1.0 broker (see\n"
    "docs/relay.md) as USER, whose password is the first line of SECRET_FILE. Its keys are\n"
    "KEYFOLDER/portal.key, sealed under KEYFOLDER/lock.key.\n"
    "    --tls-name NAME   what the broker's certificate says, when HOST is an address\n"
    "    --websocket PATH  AMQP inside a WebSocket\n"
    "    --proxy HOST PORT through an HTTP proxy\n"
    "Orders, one a line; many may be under way at once:\n"
    "    reset ANCHOR      the next line is the new password\n"
    "    change ANCHOR     the next lines are the new and the old password\n"
    "    unlock ANCHOR\n"
    "ANCHOR is base64 of an objectGUID or mS-DS-ConsistencyGuid, or User_<guid>.\n"
    "Answers, one a line, as they come:  ANCHOR OUTCOME CODE; FINDING limit N actual N; ...; N ms\n";

enum { FIXED = 7 }; /* words, with the program's own */

/* A port; 0 = it is none. */
static int32_t
port_of(const char *text)
{
    char *end  = NULL;
    long  port = strtol(text, &end, 10);

    return *text != '\0' && *end == '\0' && port >= 1 && port <= 65535 ? (int32_t)port : 0;
}

/* How many words it is; 0 = it makes no sense. */
static int
take_option(loop_options *o, char **words, int count)
{
    if (strcmp(words[0], "--tls-name") == 0 && count > 1) {
        o->tls.name = words[1];
        return 2;
    }
    if (strcmp(words[0], "--websocket") == 0 && count > 1) {
        o->amqp.is_websocket = 1;
        o->amqp.path         = words[1];
        return 2;
    }
    if (strcmp(words[0], "--proxy") == 0 && count > 2) {
        o->amqp.proxy_host = words[1];
        o->amqp.proxy_port = port_of(words[2]);
        return o->amqp.proxy_port > 0 ? 3 : 0;
    }
    return 0;
}

/* 1 = all of it makes sense. */
static int
take_words(loop_options *o, int argc, char **argv)
{
    int i = FIXED, some = 1;

    if (argc < FIXED)
        return 0;

    o->keys        = argv[1];
    o->amqp.host   = argv[2];
    o->amqp.port   = port_of(argv[3]);
    o->tls.ca_file = argv[4];
    o->amqp.user   = argv[5];
    for (; i < argc && some > 0; i += some)
        some = take_option(o, argv + i, argc - i);
    return some > 0 && o->amqp.port > 0;
}

int
loop_options_read(loop_options *o, int argc, char **argv, const char *loop)
{
    int         is_asked = argc == 2 && strcmp(argv[1], "--help") == 0;
    const char *slash    = strrchr(argv[0], '/');

    *o = (loop_options){.tls  = {.size = sizeof(o->tls)},
                        .amqp = {.size = sizeof(o->amqp), .end = PWWB_RELAY_PORTAL, .credit = 16}};
    secret_make(&o->password);
    if (!take_words(o, argc, argv)) {
        fprintf(is_asked ? stdout : stderr, help, slash != NULL ? slash + 1 : argv[0], loop);
        return is_asked ? 0 : 2;
    }
    if (secret_file_line(&o->password, argv[6]) != 0) {
        fprintf(stderr, "%s has no first line\n", argv[6]);
        return 1;
    }
    o->amqp.tls        = &o->tls;
    o->amqp.secret     = o->password.octets;
    o->amqp.secret_len = o->password.len;
    return -1;
}

void
loop_options_drop(loop_options *o)
{
    secret_drop(&o->password);
}
