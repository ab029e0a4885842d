/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_EVENTS_H
#define WB_AMQP_EVENTS_H

#include "engine.h"

/* Act on all that the peer's octets, or time, have brought about. */
void wb_amqp_events(wb_amqp_engine *engine);

#endif /* WB_AMQP_EVENTS_H */
