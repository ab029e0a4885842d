/* SPDX-License-Identifier: Apache-2.0 */
#include "relay.h"

#include <stdlib.h>
#include <string.h>

wb_letter *
wb_letter_new(const pwwb_message *message, int64_t expires_ms)
{
    wb_letter *letter = malloc(sizeof(*letter) + message->len);

    if (letter == NULL)
        return NULL;

    letter->tag        = 0;
    letter->expires_ms = expires_ms;
    letter->len        = message->len;
    memcpy(letter->id, message->id, sizeof(letter->id));
    memcpy(letter->data, message->data, message->len);
    return letter;
}

int
wb_inbox_make(wb_inbox *box)
{
    box->first = NULL;
    box->end   = &box->first;
    return wb_cond_make(&box->stirred);
}

void
wb_letter_forget(pwwb_relay *relay, wb_letter *letter)
{
    relay->count--;
    free(letter);
}

wb_letter *
wb_inbox_pop(wb_inbox *box)
{
    wb_letter *letter = box->first;

    box->first = letter->next;
    if (box->first == NULL)
        box->end = &box->first;
    return letter;
}

void
wb_inbox_push(wb_inbox *box, wb_letter *letter)
{
    letter->next = NULL;
    *box->end    = letter;
    box->end     = &letter->next;
    pthread_cond_signal(&box->stirred);
}

void
wb_inbox_push_front(wb_inbox *box, wb_letter *letter)
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
        wb_letter_forget(relay, wb_inbox_pop(box));
    pthread_cond_destroy(&box->stirred);
}

void
wb_inbox_sweep(pwwb_relay *relay, wb_inbox *box, int64_t now_ms)
{
    wb_letter **at = &box->first;

    while (*at != NULL) {
        wb_letter *letter = *at;

        if (letter->expires_ms > now_ms) {
            at = &letter->next;
            continue;
        }
        *at = letter->next;
        wb_letter_forget(relay, letter);
    }
    box->end = at;
}

void
wb_inbox_drop_late(pwwb_relay *relay, wb_inbox *box, int64_t now_ms)
{
    while (box->first != NULL && box->first->expires_ms <= now_ms)
        wb_letter_forget(relay, wb_inbox_pop(box));
}
