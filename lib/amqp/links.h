/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_LINKS_H
#define WB_AMQP_LINKS_H

#include <proton/link.h>

#include "message.h"
#include "options.h"

#define WB_AMQP_SENDERS   64 /* links to send over; the one that was not used for longest makes room */
#define WB_AMQP_RECEIVERS 2

/* A link to send over; its key is pwwb_message.to. */
typedef struct wb_amqp_sender {
    pn_link_t *link; /* NULL: none */
    int        is_kept; /* of this end: opened at once, never closed */
    uint64_t   used;
    char       key[WB_AMQP_NAME_MAX + 1];
} wb_amqp_sender;

/* A link to receive over, and the octets of the delivery that is coming in. */
typedef struct wb_amqp_receiver {
    pn_link_t *link;
    size_t     len;
    int        is_too_large;
    int        lent; /* credit that was given before its place is free */
    int        owed; /* credit that is not given again yet */
    uint8_t    octets[WB_AMQP_MESSAGE_MAX];
} wb_amqp_receiver;

typedef struct wb_amqp_links {
    pn_session_t    *session;
    uint64_t         count; /* of links, for their names; and of uses */
    wb_amqp_sender   senders[WB_AMQP_SENDERS];
    wb_amqp_receiver receivers[WB_AMQP_RECEIVERS];
} wb_amqp_links;

/* How many receivers an end has. */
size_t wb_amqp_receiver_count(int32_t end);

/* Whether a message may go to it. */
int wb_amqp_is_destination(const char *to);

/* The broker's address of a destination, into `address`. */
#define WB_AMQP_ADDRESS_SIZE (WB_AMQP_TEXT_MAX + WB_AMQP_NAME_MAX + 1)
void wb_amqp_address_of(const wb_amqp_options *options, const char *to,
                        char address[WB_AMQP_ADDRESS_SIZE]);

/* Open the links of an end in a new session. */
void wb_amqp_links_open(wb_amqp_links *links, const wb_amqp_options *options,
                        pn_connection_t *connection);

/* Whether the peer has attached every link of the end. */
int wb_amqp_links_are_attached(const wb_amqp_links *links);

/* The link to send over, opened when there is none; NULL: all are in use. */
wb_amqp_sender *wb_amqp_links_sender(wb_amqp_links *links, const wb_amqp_options *options,
                                     const char *to);

/* Whose link it is; NULL = none of them, or not of that kind. */
wb_amqp_sender   *wb_amqp_sender_of(wb_amqp_links *links, const pn_link_t *link);
wb_amqp_receiver *wb_amqp_receiver_of(wb_amqp_links *links, const pn_link_t *link);

/* A place has become free: its credit is given again. By a portal half of all at a time, for nobody waits for
 * it and each grant is answered; by others at once. */
void wb_amqp_links_owe(wb_amqp_links *links, const wb_amqp_options *options, pn_link_t *link);

/* Give the credit of a place that will be free soon; it is not given once more when it is. */
void wb_amqp_links_lend(wb_amqp_receiver *receiver);

/* Close it for good. */
void wb_amqp_sender_close(wb_amqp_sender *sender);

#endif /* WB_AMQP_LINKS_H */
