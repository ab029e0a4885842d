/* SPDX-License-Identifier: Apache-2.0 */
#include "relay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* Remove what is expired, wherever it waits. */
static void
sweep(pwwb_relay *relay, int64_t now_ms)
{
    wb_connection *c;

    wb_inbox_sweep(relay, &relay->requests, now_ms);
    wb_inbox_sweep(relay, &relay->portals, now_ms);
    for (c = relay->connections; c != NULL; c = c->next)
        wb_inbox_sweep(relay, &c->own, now_ms);
}

static int
befalls(pwwb_relay *relay, int32_t fault)
{
    if (relay->faults[fault] == 0)
        return 0;

    relay->faults[fault]--;
    return 1;
}

static int
is_instance(const wb_connection *c)
{
    return c->end == PWWB_RELAY_PORTALS;
}

static size_t
count_instances(const pwwb_relay *relay)
{
    const wb_connection *c;
    size_t               count = 0;

    for (c = relay->connections; c != NULL; c = c->next)
        count += (size_t)is_instance(c);
    return count;
}

/* The first of the letters goes into the inbox. */
static void
put_first(pwwb_relay *relay, wb_inbox *box, wb_letter **letters)
{
    wb_letter *letter = *letters;

    *letters     = letter->next;
    letter->home = box;
    relay->count++;
    wb_inbox_push(box, letter);
}

static void
put_all(pwwb_relay *relay, wb_inbox *box, wb_letter *letters)
{
    wb_connection *c;

    if (box != NULL) {
        put_first(relay, box, &letters);
        return;
    }
    for (c = relay->connections; c != NULL; c = c->next)
        if (is_instance(c))
            put_first(relay, &c->own, &letters);
    pthread_cond_broadcast(&relay->portals.stirred); /* where instances wait */
}

/* Into one inbox, or a copy into that of each instance when it is NULL: into all or none. */
static pwwb_status
enqueue(pwwb_relay *relay, wb_inbox *box, size_t copies, const pwwb_message *message,
        int64_t expires_ms, pwwb_error *err)
{
    wb_letter *letters = NULL;

    while (copies-- > 0) {
        wb_letter *letter = wb_letter_new(message, expires_ms);

        if (letter == NULL)
            goto no_memory;
        letter->next = letters;
        letters      = letter;
    }
    put_all(relay, box, letters);
    return PWWB_OK;
no_memory:
    while (letters != NULL) {
        wb_letter *letter = letters;

        letters = letter->next;
        free(letter);
    }
    return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a message");
}

static int
has_room(const pwwb_relay *relay, size_t copies)
{
    return relay->capacity - relay->count >= copies;
}

static pwwb_status
deliver(pwwb_relay *relay, wb_inbox *box, const pwwb_message *message, int64_t now_ms,
        pwwb_error *err)
{
    size_t      copies     = box != NULL ? 1 : count_instances(relay);
    int64_t     expires_ms = message->expires_ms;
    pwwb_status st;

    if (!has_room(relay, copies))
        sweep(relay, now_ms);
    if (!has_room(relay, copies) || befalls(relay, PWWB_RELAY_FULL))
        return wb_fail(err, PWWB_E_FULL, "the relay is full");
    if (befalls(relay, PWWB_RELAY_DROP))
        return PWWB_OK;
    if (befalls(relay, PWWB_RELAY_EXPIRE))
        expires_ms = INT64_MIN;

    st = enqueue(relay, box, copies, message, expires_ms, err);
    if (st == PWWB_OK && has_room(relay, copies) && befalls(relay, PWWB_RELAY_DUPLICATE))
        (void)enqueue(relay, box, copies, message, expires_ms, NULL);
    return st;
}

/* A connection that was lost says so once. */
static pwwb_status
check_lost(wb_connection *self, pwwb_error *err)
{
    wb_ok(err);
    if (!self->is_lost)
        return PWWB_OK;

    self->is_lost = 0;
    return wb_fail(err, PWWB_E_CLOSED, "the relay was restarted");
}

static wb_inbox *
find_inbox(pwwb_relay *relay, const char *address)
{
    wb_connection *c;

    if (address[0] == '\0')
        return &relay->requests;
    if (strcmp(address, PWWB_ADDRESS_PORTALS) == 0)
        return &relay->portals;
    for (c = relay->connections; c != NULL; c = c->next)
        if (strcmp(c->address, address) == 0)
            return c->inbox;
    return NULL;
}

pwwb_status
wb_connection_send(wb_connection *self, const pwwb_message *message, int64_t now_ms,
                   pwwb_error *err)
{
    wb_inbox   *box;
    pwwb_status st;

    st = check_lost(self, err);
    if (st != PWWB_OK)
        return st;
    if (strcmp(message->to, PWWB_ADDRESS_HEARTBEATS) == 0)
        return deliver(self->relay, NULL, message, now_ms, err);

    box = find_inbox(self->relay, message->to);
    if (box == NULL)
        return wb_fail(err, PWWB_E_NO_AGENT, "nobody has that address");

    return deliver(self->relay, box, message, now_ms, err);
}

/* The one to receive from: its own comes first, so that orders hold up no heartbeat. */
static wb_inbox *
choose_inbox(wb_connection *self, int64_t now_ms)
{
    wb_inbox_drop_late(self->relay, &self->own, now_ms);
    wb_inbox_drop_late(self->relay, self->inbox, now_ms);
    return self->own.first != NULL ? &self->own : self->inbox;
}

pwwb_status
wb_connection_receive(wb_connection *self, uint8_t *buf, size_t buf_size,
                      pwwb_delivery *ret_delivery, int64_t now_ms, pwwb_error *err)
{
    wb_inbox   *box;
    wb_letter  *letter;
    pwwb_status st;

    st = check_lost(self, err);
    if (st != PWWB_OK)
        return st;

    box = choose_inbox(self, now_ms);
    if (box->first == NULL)
        return wb_fail(err, PWWB_E_TIMEOUT, "no message came");
    if (box->first->len > buf_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the message has %zu octets", box->first->len);

    letter                       = wb_inbox_pop(box);
    ret_delivery->is_redelivered = letter->tag != 0 ? PWWB_YES : PWWB_NO;
    letter->tag                  = ++self->relay->last_tag;
    letter->next                 = self->held;
    self->held                   = letter;
    ret_delivery->tag            = letter->tag;
    ret_delivery->len            = letter->len;
    memcpy(ret_delivery->id, letter->id, sizeof(ret_delivery->id));
    memcpy(buf, letter->data, letter->len);
    return PWWB_OK;
}

pwwb_status
wb_connection_settle(wb_connection *self, uint64_t tag, int32_t verdict, pwwb_error *err)
{
    wb_letter **at = &self->held;
    wb_letter  *letter;
    pwwb_status st;

    st = check_lost(self, err);
    if (st != PWWB_OK)
        return st;

    while (*at != NULL && (*at)->tag != tag)
        at = &(*at)->next;
    letter = *at;
    if (letter == NULL)
        return wb_fail(err, PWWB_E_NOT_FOUND, "no unsettled message has that tag");

    *at = letter->next;
    if (verdict == PWWB_SETTLE_RELEASE)
        wb_inbox_push(letter->home, letter); /* at the end: others have their turn first */
    else
        wb_letter_forget(self->relay, letter);
    return PWWB_OK;
}

pwwb_status
wb_connection_hold(const wb_connection *self, uint64_t tag, pwwb_error *err)
{
    const wb_letter *letter = self->held;

    while (letter != NULL && letter->tag != tag)
        letter = letter->next;
    return letter != NULL ? PWWB_OK
                          : wb_fail(err, PWWB_E_NOT_FOUND, "no unsettled message has that tag");
}

pwwb_status
wb_connection_presence(const wb_connection *self, int32_t *ret_agents, pwwb_error *err)
{
    const wb_connection *c;

    *ret_agents = PWWB_MAYBE;
    if (self->is_lost)
        return wb_fail(err, PWWB_E_CLOSED, "the relay was restarted");

    *ret_agents = PWWB_NO;
    for (c = self->relay->connections; c != NULL; c = c->next)
        if (c->end == PWWB_RELAY_AGENT && !c->is_lost)
            *ret_agents = PWWB_YES;
    return PWWB_OK;
}

void
wb_connection_attach(wb_connection *self)
{
    pwwb_relay *relay = self->relay;

    if (self->end == PWWB_RELAY_PORTAL)
        (void)snprintf(self->address, sizeof(self->address), "portal-%" PRIu64,
                       ++relay->last_portal);
    self->inbox        = self->end == PWWB_RELAY_AGENT    ? &relay->requests
                         : self->end == PWWB_RELAY_PORTAL ? &self->own
                                                          : &relay->portals;
    self->next         = relay->connections;
    relay->connections = self;
}

/* In the order in which they came. */
static void
give_back(wb_connection *self)
{
    while (self->held != NULL) {
        wb_letter *letter = self->held;

        self->held = letter->next;
        wb_inbox_push_front(letter->home, letter);
    }
}

void
wb_connection_detach(wb_connection *self)
{
    wb_connection **at = &self->relay->connections;

    give_back(self);
    while (*at != self)
        at = &(*at)->next;
    *at = self->next;
}

void
wb_relay_restart(pwwb_relay *relay)
{
    wb_connection *c;

    for (c = relay->connections; c != NULL; c = c->next) {
        give_back(c);
        c->is_lost = 1;
        pthread_cond_broadcast(&c->inbox->stirred);
    }
}
