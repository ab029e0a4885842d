/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_SASL_H
#define WB_AMQP_SASL_H

#include <pwwb/error.h>

#include "octets.h"

/* SASL PLAIN as a client, octets to octets (AMQP 1.0 part 5, 5.3). It is not Qpid Proton's, for that
 * keeps the password in memory that it does not wipe. */

#define WB_AMQP_SASL_FRAME_MAX 512 /* 5.3.1 */

typedef struct wb_amqp_sasl {
    wb_amqp_octets init;    /* the frame with the password; borrowed, locked */
    wb_amqp_octets out;     /* to be written next */
    int            stage;
    int            is_done; /* accepted: what follows is AMQP */
    uint8_t        in[WB_AMQP_SASL_FRAME_MAX];
    size_t         in_len;
} wb_amqp_sasl;

/* Write the frame with the password. 0, or -1: it does not fit. A host that makes it too long is
 * left out. */
int wb_amqp_sasl_frame(wb_amqp_writer *out, const char *user, const uint8_t *secret,
                       size_t secret_len, const char *host);

void wb_amqp_sasl_begin(wb_amqp_sasl *sasl, const uint8_t *init, size_t init_len);

/* Take octets, up to the end of the exchange. *ret_why is a sentence when it failed. */
pwwb_status wb_amqp_sasl_in(wb_amqp_sasl *sasl, const uint8_t *data, size_t len, size_t *ret_taken,
                            const char **ret_why);

#endif /* WB_AMQP_SASL_H */
