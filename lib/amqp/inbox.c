/* SPDX-License-Identifier: Apache-2.0 */
#include "inbox.h"

#include <stdlib.h>
#include <string.h>

int
wb_amqp_inbox_make(wb_amqp_inbox *inbox, size_t size)
{
    inbox->letters = calloc(size, sizeof(*inbox->letters));
    inbox->size    = size;
    return inbox->letters != NULL ? 0 : -1;
}

void
wb_amqp_inbox_drop(wb_amqp_inbox *inbox)
{
    free(inbox->letters);
}

void
wb_amqp_inbox_empty(wb_amqp_inbox *inbox)
{
    size_t i;

    for (i = 0; i < inbox->size; i++)
        inbox->letters[i].delivery = NULL;
    inbox->held_count  = 0;
    inbox->count       = 0;
    inbox->tells_first = 0;
}

static wb_amqp_letter *
free_place(wb_amqp_inbox *inbox)
{
    size_t i;

    for (i = 0; i < inbox->size; i++)
        if (inbox->letters[i].delivery == NULL)
            return &inbox->letters[i];
    return NULL;
}

/* Many peers never say that a message is new; from one that does, silence means that it is not. */
static int32_t
redelivered(wb_amqp_inbox *inbox, const wb_amqp_received *received)
{
    if (received->is_first_acquirer)
        inbox->tells_first = 1;
    if (received->delivery_count > 0)
        return PWWB_YES;
    if (received->is_first_acquirer)
        return PWWB_NO;
    return inbox->tells_first ? PWWB_YES : PWWB_MAYBE;
}

int
wb_amqp_inbox_put(wb_amqp_inbox *inbox, pn_delivery_t *delivery, uint32_t generation,
                  const uint8_t *octets, size_t len)
{
    wb_amqp_letter  *letter = free_place(inbox);
    wb_amqp_received received;

    if (wb_amqp_message_read(octets, len, &received) != 0 || received.data.len > PWWB_ENVELOPE_MAX)
        return -1;
    if (letter == NULL)
        return 0;

    letter->delivery       = delivery;
    letter->tag            = (uint64_t)generation << 32 | ++inbox->count;
    letter->is_handed      = 0;
    letter->is_redelivered = redelivered(inbox, &received);
    letter->len            = received.data.len;
    memcpy(letter->id, received.id, sizeof(letter->id));
    memcpy(letter->octets, received.data.p, received.data.len);
    return 1;
}

wb_amqp_letter *
wb_amqp_inbox_next(wb_amqp_inbox *inbox)
{
    wb_amqp_letter *first = NULL;
    size_t          i;

    for (i = 0; i < inbox->size; i++) {
        wb_amqp_letter *letter = &inbox->letters[i];

        if (letter->delivery != NULL && !letter->is_handed
            && (first == NULL || letter->tag < first->tag))
            first = letter;
    }
    return first;
}

int
wb_amqp_inbox_handed(const wb_amqp_inbox *inbox)
{
    size_t i;
    int    count = 0;

    for (i = 0; i < inbox->size; i++)
        count += inbox->letters[i].delivery != NULL && inbox->letters[i].is_handed;
    return count;
}

wb_amqp_letter *
wb_amqp_inbox_find(wb_amqp_inbox *inbox, uint64_t tag)
{
    size_t i;

    for (i = 0; i < inbox->size; i++) {
        wb_amqp_letter *letter = &inbox->letters[i];

        if (letter->delivery != NULL && letter->is_handed && letter->tag == tag)
            return letter;
    }
    return NULL;
}

int
wb_amqp_inbox_hold(wb_amqp_inbox *inbox, wb_amqp_letter *letter)
{
    if (inbox->held_count == WB_AMQP_HELD_MAX)
        return -1;

    inbox->held[inbox->held_count++] = (wb_amqp_held){letter->delivery, letter->tag};
    letter->delivery                 = NULL;
    return 0;
}

pn_delivery_t *
wb_amqp_inbox_unhold(wb_amqp_inbox *inbox, uint64_t tag)
{
    pn_delivery_t *delivery;
    size_t         i = 0;

    while (i < inbox->held_count && inbox->held[i].tag != tag)
        i++;
    if (i == inbox->held_count)
        return NULL;

    delivery       = inbox->held[i].delivery;
    inbox->held[i] = inbox->held[--inbox->held_count];
    return delivery;
}
