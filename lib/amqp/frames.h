/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_FRAMES_H
#define WB_AMQP_FRAMES_H

#include "links.h"

/*
 * What a broker says, frame by frame, looked at before Qpid Proton sees it (AMQP 1.0 part 2). Proton
 * ends the process by an assertion on frames that no broker sends, and works without end on others;
 * and a broker is a stranger. Passed is what a broker may say to a client that opened one session
 * and these links.
 */

#define WB_AMQP_FRAME_MAX 16384 /* as we tell the broker */

typedef struct wb_amqp_frames {
    int      is_begun;                   /* the protocol's header has passed */
    int      has_session;                /* and the session's begin */
    uint32_t handles[WB_AMQP_RECEIVERS]; /* the broker's, of our receivers, */
    int      is_attached[WB_AMQP_RECEIVERS];
    int      is_within[WB_AMQP_RECEIVERS]; /* a delivery, of which more comes */
    size_t   len;
    uint8_t  octets[WB_AMQP_FRAME_MAX];
} wb_amqp_frames;

void wb_amqp_frames_begin(wb_amqp_frames *frames);

/* Take octets up to the end of a frame. 1: `octets` is one; 0: it is not whole yet; -1: it is none. */
int wb_amqp_frames_take(wb_amqp_frames *frames, const uint8_t *data, size_t len, size_t *ret_taken);

/* Judge the frame that is there. 0, or -1: it may not be said. For the next, set `len` to 0. */
int wb_amqp_frames_check(wb_amqp_frames *frames, const wb_amqp_links *links);

#endif /* WB_AMQP_FRAMES_H */
