/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_FLIGHTS_H
#define WB_AMQP_FLIGHTS_H

#include <proton/delivery.h>
#include <pwwb/amqp.h>

/* Messages on their way to the broker. Each gets one outcome, whatever happens. */

typedef struct wb_amqp_flight {
    uint64_t       ticket;      /* 0: a free place */
    pn_delivery_t *delivery;    /* NULL: its outcome is known */
    int64_t        deadline_ms; /* monotonic */
    uint64_t       done;        /* counts outcomes, for their order */
    pwwb_status    status;
} wb_amqp_flight;

typedef struct wb_amqp_flights {
    wb_amqp_flight all[PWWB_AMQP_CREDIT_MAX];
    uint64_t       tickets; /* given so far */
    uint64_t       done;    /* outcomes so far */
    int64_t        forgotten; /* given up, and the broker has not spoken yet */
} wb_amqp_flights;

/* A free place, or NULL. It is taken by giving it a ticket. */
wb_amqp_flight *wb_amqp_flight_new(wb_amqp_flights *flights);

/* The peer has said something of a delivery of ours, which may have no flight any more. */
void wb_amqp_flight_update(wb_amqp_flights *flights, pn_delivery_t *delivery);

/* The connection is gone, or one link: those that never left get the outcome `unsent`. */
void wb_amqp_flights_end(wb_amqp_flights *flights, pwwb_status unsent, pwwb_status sent);
void wb_amqp_flights_end_link(wb_amqp_flights *flights, pn_link_t *link, pwwb_status unsent,
                              pwwb_status sent);

/* End those whose time is over; when the next one's is, or -1. */
int64_t wb_amqp_flights_tick(wb_amqp_flights *flights, int64_t now_ms);

/* The oldest outcome, which gives its place back. 0, or -1: none. */
int wb_amqp_flights_take(wb_amqp_flights *flights, uint64_t *ret_ticket, pwwb_status *ret_status);

/* Give up one: its outcome now, as at its deadline, and nobody is told later. */
pwwb_status wb_amqp_flight_give_up(wb_amqp_flights *flights, uint64_t ticket);

#endif /* WB_AMQP_FLIGHTS_H */
