/* SPDX-License-Identifier: Apache-2.0 */
/* The control of run: a target with a bug that must be found. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    FUZZ_CHECK(size < 3 || memcmp(data, "bug", 3) != 0);
    return 0;
}
