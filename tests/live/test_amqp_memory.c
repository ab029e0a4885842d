/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 10 */
/* Where the relay credential's secret is, while a connection to a real broker lives and after: in
 * locked memory alone. Another process looks through all memory of the one that is connected, which
 * was given the secret in a message and not by its environment. */
#include "amqp_live.h"
#include "scan.h"
#include "secret.h"

static char secret[512];

/* The process that is searched. */
static int
target(void)
{
    uint8_t        *given = wb_secret_new(512);
    ssize_t         len   = given != NULL ? recv(TALK, given, 512, 0) : -1;
    amqp_end        end;
    pwwb_transport *transport;

    if (len <= 0)
        return 1;

    amqp_end_make(&end, PWWB_RELAY_AGENT);
    end.of.secret     = given;
    end.of.secret_len = (size_t)len;
    transport         = amqp_open(&end);
    wb_wipe(given, 512);
    stop(READY, amqp_send(transport, "memory", "x", 60000)); /* connected, and the broker took it */
    pwwb_transport_free(transport);
    stop(FREED, harness_failures);
    return 0;
}

static void
check_place(int must_lock)
{
    CHECK_INT(0, found.needles[0].open);
    CHECK_INT(must_lock, found.needles[0].locked > 0);
}

static void
the_secret_is_in_locked_memory_alone(void)
{
    start("amqp", "");
    scan_add(&found, 0, "the secret", secret, strlen(secret), 8);
    say(secret, strlen(secret));
    CHECK_STATUS(PWWB_OK, go_on_to(READY));
    check_place(1);
    CHECK_INT(0, go_on_to(FREED));
    check_place(0);
    end();
}

int
main(int argc, char **argv)
{
    err = pwwb_error_new();
    if (argc > 1 && strcmp(argv[1], "--target") == 0)
        return target();

    snprintf(secret, sizeof(secret), "%s", relay_env("RELAY_AGENT_SECRET"));
    (void)unsetenv("RELAY_AGENT_SECRET");
    RUN(the_secret_is_in_locked_memory_alone);
    pwwb_error_free(err);
    return DONE;
}
