/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_LOOP_OPTIONS_H
#define EXAMPLES_LOOP_OPTIONS_H

/* The command line of 09 to 11: how to reach the relay. */

#include <pwwb/amqp.h>

#include "secret.h"

typedef struct loop_options {
    const char       *keys; /* the folder */
    pwwb_tls_options  tls;
    pwwb_amqp_options amqp; /* it points to the others */
    secret            password;
} loop_options;

/* What is wrong, or was asked for, is said. -1 = go on; else what to exit with. */
int loop_options_read(loop_options *options, int argc, char **argv, const char *loop);

/* Wipe the password. */
void loop_options_drop(loop_options *options);

#endif /* EXAMPLES_LOOP_OPTIONS_H */
