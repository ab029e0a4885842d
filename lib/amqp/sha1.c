/* SPDX-License-Identifier: Apache-2.0 */
#include "sha1.h"

#include <mbedtls/sha1.h>
#include <mbedtls/version.h>
#include <string.h>

#if MBEDTLS_VERSION_MAJOR < 3
# define mbedtls_sha1 mbedtls_sha1_ret
#endif

void
wb_amqp_sha1(const uint8_t *data, size_t len, uint8_t digest[WB_AMQP_SHA1_SIZE])
{
    if (mbedtls_sha1(data, len, digest) != 0) /* hardware that failed: no answer will be the right one */
        memset(digest, 0, WB_AMQP_SHA1_SIZE);
}
