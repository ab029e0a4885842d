/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_OAEP_H
#define EXAMPLES_OAEP_H

/* For a token that has bare RSA only: take off the padding here. */

#include <stdint.h>

#define OAEP_RSA_SIZE 256
#define OAEP_CEK_SIZE 32

/*
 * RSAES-OAEP (RFC 8017 7.1.2 3) with SHA-256, MGF1 with SHA-256 and no label, of a message of 32
 * octets. `em` is wiped. Returns 0, or -1 for any fault; no branch and no address before depends on
 * what is inside, so that nobody learns by time which fault it was.
 */
int oaep_open(uint8_t em[OAEP_RSA_SIZE], uint8_t cek[OAEP_CEK_SIZE]);

#endif /* EXAMPLES_OAEP_H */
