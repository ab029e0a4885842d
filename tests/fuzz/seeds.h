/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEEDS_H
#define SEEDS_H

/* What the writers of seeds share: seeds.c for envelopes, seeds_keys.c for key files,
 * seeds_exchange.c for what agents and portals tell each other, seeds_sd.c for security descriptors,
 * seeds_dns.c for name servers, seeds_http.c for an HTTP proxy and a WebSocket's server,
 * seeds_amqp.c for a broker. */

#include "fuzz_keys.h"

/* Into the target's folder, named as a corpus names it; and with one bit changed. */
void put(const char *target, const void *data, size_t len);
void put_changed(const char *target, const uint8_t *data, size_t len, size_t at);

void seed_keyfiles(int32_t suite);
void seed_parties(void);
void seed_exchanges(void);
void seed_descriptors(void);
void seed_dns(void);
void seed_http(void);
void seed_websocket(void);
void seed_amqp(void);

#endif /* SEEDS_H */
