/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "loop_orders.h"

#include <pwwb/envelope.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct kind {
    const char *name;
    int32_t     operation, origin;
    int         passwords;
} kinds[] = {
    {"reset", PWWB_OPERATION_RESET_SELF, PWWB_FROM_RESET_PORTAL, 1},
    {"change", PWWB_OPERATION_CHANGE, PWWB_FROM_ACCOUNT_PORTAL, 2},
    {"unlock", PWWB_OPERATION_UNLOCK, PWWB_FROM_RESET_PORTAL, 0},
};

void
loop_orders_make(loop_orders *o)
{
    int i;

    memset(o, 0, sizeof(*o));
    secret_make(&o->input);
    for (i = 0; i < LOOP_PASSWORDS_MAX; i++)
        secret_make(&o->order.words[i]);
}

void
loop_orders_drop(loop_orders *o)
{
    int i;

    secret_drop(&o->input);
    for (i = 0; i < LOOP_PASSWORDS_MAX; i++)
        secret_drop(&o->order.words[i]);
}

/* A loop may have made it non-blocking, so nothing may be there after all. */
void
loop_orders_read(loop_orders *o)
{
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    size_t        room  = sizeof(o->input.octets) - o->input.len;
    ssize_t       n;

    if (o->is_at_end || room == 0 || poll(&ready, 1, 0) != 1)
        return;

    n = read(STDIN_FILENO, o->input.octets + o->input.len, room);
    if (n > 0)
        o->input.len += (size_t)n;
    o->is_at_end = n == 0;
}

/* The line that an order begins with. */
static void
begin(loop_orders *o, char *line)
{
    char       *rest   = NULL;
    const char *name   = strtok_r(line, " ", &rest);
    const char *anchor = strtok_r(NULL, " ", &rest);
    size_t      i;

    for (i = 0; anchor != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(name, kinds[i].name) == 0) {
            o->has_order       = 1;
            o->got             = 0;
            o->order.operation = kinds[i].operation;
            o->order.origin    = kinds[i].origin;
            o->order.passwords = kinds[i].passwords;
            (void)snprintf(o->order.anchor, sizeof(o->order.anchor), "%s", anchor);
        }
    if (name != NULL && !o->has_order) {
        printf("ERROR no such order; see --help\n");
        fflush(stdout);
    }
}

/* A line as a text, or into locked memory. */
static void
take_line(loop_orders *o, const uint8_t *line, size_t len)
{
    char text[200];

    if (o->has_order) {
        secret *word = &o->order.words[o->got++];

        memcpy(word->octets, line, len);
        word->len = len;
        return;
    }
    (void)snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)line);
    begin(o, text);
}

/* What comes after it makes no sense any more. */
static void
give_up(loop_orders *o, const char *why)
{
    printf("ERROR %s\n", why);
    fflush(stdout);
    o->is_at_end = 1;
    o->has_order = 0;
    secret_make(&o->input);
}

/* The last line may lack its end. 0 = there is no whole line. */
static int
next_line(loop_orders *o)
{
    secret        *in   = &o->input;
    const uint8_t *end  = memchr(in->octets, '\n', in->len);
    size_t         len  = end != NULL ? (size_t)(end - in->octets) : in->len;
    size_t         used = end != NULL ? len + 1 : len;

    if (end == NULL && in->len == sizeof(in->octets))
        give_up(o, "a line is too long");
    if (in->len == 0 && o->is_at_end && o->has_order)
        give_up(o, "a password is missing");
    if (in->len == 0 || (end == NULL && !o->is_at_end))
        return 0;

    take_line(o, in->octets, len);
    in->len -= used;
    memmove(in->octets, in->octets + used, in->len);
    memset(in->octets + in->len, 0, used);
    return 1;
}

const loop_order *
loop_orders_take(loop_orders *o)
{
    int i;

    for (i = 0; i < LOOP_PASSWORDS_MAX && !o->has_order; i++)
        secret_make(&o->order.words[i]); /* wiped: those of the last one */
    while (!o->has_order || o->got < o->order.passwords)
        if (!next_line(o))
            return NULL;

    o->has_order = 0;
    return &o->order;
}

int
loop_orders_ended(const loop_orders *o)
{
    return o->is_at_end && o->input.len == 0;
}
