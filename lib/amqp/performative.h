/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_PERFORMATIVE_H
#define WB_AMQP_PERFORMATIVE_H

#include "octets.h"

/* A frame's first part, its fields checked by their types (AMQP 1.0 part 2, 2.7). */

#define WB_AMQP_FIELDS_MAX 14

enum {
    WB_AMQP_OPEN_FRAME = 0x10, WB_AMQP_BEGIN_FRAME, WB_AMQP_ATTACH_FRAME, WB_AMQP_FLOW_FRAME,
    WB_AMQP_TRANSFER_FRAME, WB_AMQP_DISPOSITION_FRAME, WB_AMQP_DETACH_FRAME, WB_AMQP_END_FRAME,
    WB_AMQP_CLOSE_FRAME
};

typedef struct wb_amqp_performative {
    uint64_t      descriptor;
    wb_amqp_value fields[WB_AMQP_FIELDS_MAX]; /* null where there is none */
} wb_amqp_performative;

/* Read it, and leave what stands behind. 0, or -1: not one of these, a field of another type, a
 * missing one, or one too many. */
int wb_amqp_performative_read(wb_amqp_octets *in, wb_amqp_performative *ret_performative);

int wb_amqp_has_field(const wb_amqp_performative *performative, size_t i);

/* A field that is a number or a boolean; 0 when it is not there. */
uint64_t wb_amqp_field(const wb_amqp_performative *performative, size_t i);

#endif /* WB_AMQP_PERFORMATIVE_H */
