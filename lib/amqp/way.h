/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_WAY_H
#define WB_AMQP_WAY_H

#include "options.h"

/* Whether this build can. */
int wb_amqp_has_websocket(void);

/* Begin a stream to the broker: socket, proxy, TLS, WebSocket; or the host's own. */
pwwb_status wb_amqp_way_open(const wb_amqp_options *options, pwwb_stream **ret_stream,
                             pwwb_error *err);

#endif /* WB_AMQP_WAY_H */
