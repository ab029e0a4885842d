/* SPDX-License-Identifier: Apache-2.0 */
#include "links.h"

#include <proton/connection.h>
#include <proton/session.h>
#include <stdio.h>
#include <string.h>

#define WINDOW (64 * WB_AMQP_MESSAGE_MAX) /* octets the peer may send ahead */

/* What each end sends to and receives from. */
static const char *const kept_agent[]  = {PWWB_ADDRESS_PORTALS, PWWB_ADDRESS_HEARTBEATS, NULL};
static const char *const kept_portal[] = {"", NULL};

size_t
wb_amqp_receiver_count(int32_t end)
{
    return end == PWWB_RELAY_PORTALS ? 2 : 1;
}

int
wb_amqp_is_destination(const char *to)
{
    return to[0] == '\0' || strcmp(to, PWWB_ADDRESS_PORTALS) == 0
           || strcmp(to, PWWB_ADDRESS_HEARTBEATS) == 0 || wb_amqp_is_name(to);
}

void
wb_amqp_address_of(const wb_amqp_options *options, const char *to,
                   char address[WB_AMQP_ADDRESS_SIZE])
{
    const pwwb_amqp_options *of    = &options->of;
    const char              *start = of->replies;

    if (to[0] == '\0')
        start = of->requests;
    else if (strcmp(to, PWWB_ADDRESS_PORTALS) == 0)
        start = of->portals;
    else if (strcmp(to, PWWB_ADDRESS_HEARTBEATS) == 0)
        start = of->heartbeats_to;
    (void)snprintf(address, WB_AMQP_ADDRESS_SIZE, "%s%s", start, start == of->replies ? to : "");
}

static const char *
name_link(wb_amqp_links *links, char name[24])
{
    (void)snprintf(name, 24, "%llu", (unsigned long long)++links->count);
    return name;
}

static void
open_sender(wb_amqp_links *links, const wb_amqp_options *options, wb_amqp_sender *sender,
            const char *to)
{
    char address[WB_AMQP_ADDRESS_SIZE];
    char name[24];

    sender->link = pn_sender(links->session, name_link(links, name));
    if (sender->link == NULL)
        return;

    (void)snprintf(sender->key, sizeof(sender->key), "%s", to);
    wb_amqp_address_of(options, to, address);
    (void)pn_terminus_set_address(pn_link_target(sender->link), address);
    (void)pn_terminus_set_address(pn_link_source(sender->link), options->name);
    pn_link_set_snd_settle_mode(sender->link, PN_SND_UNSETTLED);
    pn_link_set_rcv_settle_mode(sender->link, PN_RCV_FIRST);
    pn_link_open(sender->link);
}

static void
open_receiver(wb_amqp_links *links, const wb_amqp_options *options, wb_amqp_receiver *receiver,
              const char *address)
{
    char name[24];

    receiver->link = pn_receiver(links->session, name_link(links, name));
    if (receiver->link == NULL)
        return;

    (void)pn_terminus_set_address(pn_link_source(receiver->link), address);
    (void)pn_terminus_set_address(pn_link_target(receiver->link), options->name);
    pn_link_set_snd_settle_mode(receiver->link, PN_SND_UNSETTLED);
    pn_link_set_rcv_settle_mode(receiver->link, PN_RCV_FIRST);
    pn_link_set_max_message_size(receiver->link, WB_AMQP_MESSAGE_MAX);
    pn_link_open(receiver->link);
}

static void
open_receivers(wb_amqp_links *links, const wb_amqp_options *options)
{
    const pwwb_amqp_options *of = &options->of;
    char                     own[WB_AMQP_ADDRESS_SIZE];

    switch (of->end) {
    case PWWB_RELAY_AGENT:
        open_receiver(links, options, &links->receivers[0], of->requests);
        break;
    case PWWB_RELAY_PORTAL:
        wb_amqp_address_of(options, options->name, own);
        open_receiver(links, options, &links->receivers[0], own);
        break;
    default:
        open_receiver(links, options, &links->receivers[0], of->portals);
        open_receiver(links, options, &links->receivers[1], of->heartbeats_from);
    }
}

void
wb_amqp_links_open(wb_amqp_links *links, const wb_amqp_options *options,
                   pn_connection_t *connection)
{
    const char *const *to = options->of.end == PWWB_RELAY_AGENT ? kept_agent : kept_portal;
    size_t             i;

    memset(links, 0, sizeof(*links));
    links->session = pn_session(connection);
    if (links->session == NULL)
        return;

    pn_session_set_incoming_capacity(links->session, WINDOW);
    pn_session_open(links->session);
    for (i = 0; to[i] != NULL; i++) {
        links->senders[i].is_kept = 1;
        open_sender(links, options, &links->senders[i], to[i]);
    }
    open_receivers(links, options);
}

/* One that is going to be refused is attached without a source or target first (2.6.3). */
static int
is_attached(pn_link_t *link, pn_terminus_t *theirs)
{
    return (pn_link_state(link) & PN_REMOTE_ACTIVE) != 0
           && pn_terminus_get_type(theirs) != PN_UNSPECIFIED;
}

int
wb_amqp_links_are_attached(const wb_amqp_links *links)
{
    size_t i, count = 0;

    for (i = 0; i < WB_AMQP_RECEIVERS; i++) {
        pn_link_t *link = links->receivers[i].link;

        if (link != NULL && !is_attached(link, pn_link_remote_source(link)))
            return 0;
        count += link != NULL;
    }
    for (i = 0; i < WB_AMQP_SENDERS; i++) {
        pn_link_t *link = links->senders[i].link;

        if (links->senders[i].is_kept
            && (link == NULL || !is_attached(link, pn_link_remote_target(link))))
            return 0;
    }
    return count > 0;
}

void
wb_amqp_sender_close(wb_amqp_sender *sender)
{
    pn_link_close(sender->link);
    pn_link_free(sender->link);
    sender->link = NULL;
}

/* A free place, or that of the link that was not used for longest and waits for nothing. */
static wb_amqp_sender *
make_room(wb_amqp_links *links)
{
    wb_amqp_sender *oldest = NULL;
    size_t          i;

    for (i = 0; i < WB_AMQP_SENDERS; i++) {
        wb_amqp_sender *sender = &links->senders[i];

        if (sender->link == NULL)
            return sender;
        if (!sender->is_kept && (oldest == NULL || sender->used < oldest->used)
            && pn_link_unsettled(sender->link) == 0)
            oldest = sender;
    }
    if (oldest != NULL)
        wb_amqp_sender_close(oldest);
    return oldest;
}

wb_amqp_sender *
wb_amqp_links_sender(wb_amqp_links *links, const wb_amqp_options *options, const char *to)
{
    wb_amqp_sender *sender = NULL;
    size_t          i;

    for (i = 0; i < WB_AMQP_SENDERS && sender == NULL; i++)
        if (links->senders[i].link != NULL && strcmp(links->senders[i].key, to) == 0)
            sender = &links->senders[i];
    if (sender == NULL) {
        sender = make_room(links);
        if (sender == NULL)
            return NULL;
        open_sender(links, options, sender, to);
        if (sender->link == NULL)
            return NULL;
    }
    sender->used = ++links->count;
    return sender;
}

wb_amqp_sender *
wb_amqp_sender_of(wb_amqp_links *links, const pn_link_t *link)
{
    size_t i;

    for (i = 0; i < WB_AMQP_SENDERS; i++)
        if (links->senders[i].link == link)
            return &links->senders[i];
    return NULL;
}

wb_amqp_receiver *
wb_amqp_receiver_of(wb_amqp_links *links, const pn_link_t *link)
{
    size_t i;

    for (i = 0; i < WB_AMQP_RECEIVERS; i++)
        if (links->receivers[i].link == link)
            return &links->receivers[i];
    return NULL;
}

void
wb_amqp_links_owe(wb_amqp_links *links, const wb_amqp_options *options, pn_link_t *link)
{
    wb_amqp_receiver *receiver = wb_amqp_receiver_of(links, link);
    int               least = options->of.end == PWWB_RELAY_PORTAL ? (options->of.credit + 1) / 2 : 1;

    if (receiver->lent > 0) {
        receiver->lent--;
        return;
    }

    receiver->owed++;
    if (receiver->owed < least)
        return;

    pn_link_flow(link, receiver->owed);
    receiver->owed = 0;
}

void
wb_amqp_links_lend(wb_amqp_receiver *receiver)
{
    pn_link_flow(receiver->link, 1);
    receiver->lent++;
}
