/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_SHA1_H
#define WB_AMQP_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define WB_AMQP_SHA1_SIZE 20

/* SHA-1 (RFC 3174), only because RFC 6455 asks for it: it guards nothing here. */
void wb_amqp_sha1(const uint8_t *data, size_t len, uint8_t digest[WB_AMQP_SHA1_SIZE]);

#endif /* WB_AMQP_SHA1_H */
