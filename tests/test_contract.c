/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 11 19 */
/* The contract of transports on the relay in this process. */
#include "contract/all.h"
#include "contract/local.h"

int
main(void)
{
    ct_run(&local_maker);
    return DONE;
}
