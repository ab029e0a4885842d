/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 6 11 19 */
/* The contract of transports on AMQP, over the RabbitMQ of the fixture. */
#include "contract/all.h"
#include "contract/rabbit.h"

int
main(void)
{
    rabbit_set_up();
    ct_run(&rabbit_maker);
    rabbit_tear_down();
    return DONE;
}
