/* SPDX-License-Identifier: Apache-2.0 */
#include "relay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

int
wb_inbox_make(wb_inbox *box)
{
    box->first = NULL;
    box->end   = &box->first;
    return wb_cond_make(&box->stirred);
}

static void
forget(pwwb_relay *relay, wb_letter *letter)
{
    relay->count--;
    free(letter);
}

static wb_letter *
pop(wb_inbox *box)
{
    wb_letter *letter = box->first;

    box->first = letter->next;
    if (box->first == NULL)
        box->end = &box->first;
    return letter;
}

static void
push(wb_inbox *box, wb_letter *letter)
{
    letter->next = NULL;
    *box->end    = letter;
    box->end     = &letter->next;
    pthread_cond_signal(&box->stirred);
}

static void
push_front(wb_inbox *box, wb_letter *letter)
{
    letter->next = box->first;
    box->first   = letter;
    if (letter->next == NULL)
        box->end = &letter->next;
    pthread_cond_signal(&box->stirred);
}

void
wb_inbox_drop(pwwb_relay *relay, wb_inbox *box)
{
    while (box->first != NULL)
        forget(relay, pop(box));
    pthread_cond_destroy(&box->stirred);
}

static void
sweep_inbox(pwwb_relay *relay, wb_inbox *box, int64_t now_ms)
{
    wb_letter **at = &box->first;

    while (*at != NULL) {
        wb_letter *letter = *at;

        if (letter->expires_ms > now_ms) {
            at = &letter->next;
            continue;
        }
        *at = letter->next;
        forget(relay, letter);
    }
    box->end = at;
}

/* Remove what is expired, wherever it waits. */
static void
sweep(pwwb_relay *relay, int64_t now_ms)
{
    wb_connection *c;

    sweep_inbox(relay, &relay->requests, now_ms);
    sweep_inbox(relay, &relay->portals, now_ms);
    for (c = relay->connections; c != NULL; c = c->next)
        if (c->end == PWWB_RELAY_PORTAL)
            sweep_inbox(relay, c->inbox, now_ms);
}

static int
befalls(pwwb_relay *relay, int32_t fault)
{
    if (relay->faults[fault] == 0)
        return 0;

    relay->faults[fault]--;
    return 1;
}

static pwwb_status
enqueue(pwwb_relay *relay, wb_inbox *box, const pwwb_message *message, int64_t expires_ms,
        pwwb_error *err)
{
    wb_letter *letter = malloc(sizeof(*letter) + message->len);

    if (letter == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a message");

    letter->tag        = 0;
    letter->expires_ms = expires_ms;
    letter->len        = message->len;
    memcpy(letter->id, message->id, sizeof(letter->id));
    memcpy(letter->data, message->data, message->len);
    relay->count++;
    push(box, letter);
    return PWWB_OK;
}

static pwwb_status
deliver(pwwb_relay *relay, wb_inbox *box, const pwwb_message *message, int64_t now_ms,
        pwwb_error *err)
{
    int64_t     expires_ms = message->expires_ms;
    pwwb_status st;

    if (relay->count == relay->capacity)
        sweep(relay, now_ms);
    if (relay->count == relay->capacity || befalls(relay, PWWB_RELAY_FULL))
        return wb_fail(err, PWWB_E_FULL, "the relay is full");
    if (befalls(relay, PWWB_RELAY_DROP))
        return PWWB_OK;
    if (befalls(relay, PWWB_RELAY_EXPIRE))
        expires_ms = INT64_MIN;

    st = enqueue(relay, box, message, expires_ms, err);
    if (st == PWWB_OK && relay->count < relay->capacity && befalls(relay, PWWB_RELAY_DUPLICATE))
        (void)enqueue(relay, box, message, expires_ms, NULL);
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

    box = find_inbox(self->relay, message->to);
    if (box == NULL)
        return wb_fail(err, PWWB_E_NO_AGENT, "nobody has that address");

    return deliver(self->relay, box, message, now_ms, err);
}

pwwb_status
wb_connection_receive(wb_connection *self, uint8_t *buf, size_t buf_size,
                      pwwb_delivery *ret_delivery, int64_t now_ms, pwwb_error *err)
{
    wb_inbox   *box = self->inbox;
    wb_letter  *letter;
    pwwb_status st;

    st = check_lost(self, err);
    if (st != PWWB_OK)
        return st;

    while (box->first != NULL && box->first->expires_ms <= now_ms)
        forget(self->relay, pop(box));
    if (box->first == NULL)
        return wb_fail(err, PWWB_E_TIMEOUT, "no message came");
    if (box->first->len > buf_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the message has %zu octets", box->first->len);

    letter            = pop(box);
    letter->tag       = ++self->relay->last_tag;
    letter->next      = self->held;
    self->held        = letter;
    ret_delivery->tag = letter->tag;
    ret_delivery->len = letter->len;
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
        push(self->inbox, letter); /* at the end: others have their turn first */
    else
        forget(self->relay, letter);
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
        push_front(self->inbox, letter);
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
