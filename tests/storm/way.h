/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAY_H
#define WAY_H

/* The way to the relay: the one in this process, or a broker. way_local.c and way_amqp.c. */

#include "storm.h"

/* An agent's end, which blocks. NULL = not now. */
pwwb_transport *way_agent(const plan *p, int who);

/* A portal's end, which never waits but in mouth_wait(). Each call is as pwwb/amqp.h has it. */
typedef struct mouth mouth;

typedef struct mouth_ops {
    const char *(*address)(mouth *m);
    int (*is_ready)(mouth *m);
    /* Until something may have happened, `talk` can be read, or so long. */
    void (*wait)(mouth *m, int talk, int64_t most_ms);
    pwwb_status (*send)(mouth *m, const pwwb_message *message, uint64_t *ret_ticket);
    pwwb_status (*sent)(mouth *m, uint64_t *ret_ticket, pwwb_status *ret_status);
    pwwb_status (*receive)(mouth *m, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery);
    void (*settle)(mouth *m, uint64_t tag);
    void (*close)(mouth *m);
} mouth_ops;

struct mouth {
    const mouth_ops *ops;
};

mouth *way_portal(const plan *p, int who);

#ifdef STORM_AMQP
pwwb_transport *way_agent_amqp(const plan *p, int who);
mouth          *way_portal_amqp(const plan *p, int who);
#endif

#endif /* WAY_H */
