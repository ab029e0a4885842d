/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BAD_AMQP_H
#define BAD_AMQP_H

/* bad_amqp.py as a process, and a transport whose broker it is. */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pwwb/amqp.h>

#include "contract/timing.h"
#include "fixtures/sockets.h"

static struct {
    pid_t pid;
    FILE *orders, *answers;
    int   port;
} bad;

typedef struct bad_counts {
    int  connections;
    int  taken; /* whole messages */
    char settled[256];
} bad_counts;

static inline void
bad_start(void)
{
    int  there[2], back[2];
    char line[64];

    if (pipe(there) != 0 || pipe(back) != 0)
        abort();
    bad.pid = spawn();
    if (bad.pid == 0) {
        dup2(there[0], STDIN_FILENO);
        dup2(back[1], STDOUT_FILENO);
        close(there[1]);
        close(back[0]);
        execlp("python3", "python3", BAD_AMQP, "127.0.0.117", (char *)NULL);
        _exit(127);
    }
    close(there[0]);
    close(back[1]);
    bad.orders  = fdopen(there[1], "w");
    bad.answers = fdopen(back[0], "r");
    if (fgets(line, sizeof(line), bad.answers) == NULL ||
        sscanf(line, "listening %d", &bad.port) != 1) {
        printf("Bail out! the peer does not listen\n");
        exit(1);
    }
}

static inline void
bad_end(void)
{
    fclose(bad.orders);
    fclose(bad.answers);
    kill(bad.pid, SIGKILL);
    waitpid(bad.pid, NULL, 0);
}

/* From now on it behaves so; what happened before. */
static inline bad_counts
bad_order(const char *how)
{
    bad_counts c = {0};
    char       line[400];

    fprintf(bad.orders, "%s\n", how);
    fflush(bad.orders);
    if (fgets(line, sizeof(line), bad.answers) == NULL ||
        sscanf(line, "connections=%d taken=%d settled=%255s", &c.connections, &c.taken,
               c.settled) < 2) {
        printf("Bail out! the peer does not take \"%s\"\n", how);
        exit(1);
    }
    return c;
}

static inline pwwb_status
bad_open(void *ctx, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err)
{
    (void)ctx;
    (void)timeout_ms;
    return pwwb_stream_new_tcp("127.0.0.117", bad.port, 0, ret_stream, err);
}

static inline pwwb_transport *
bad_connect(int32_t end, int64_t connect_ms)
{
    const pwwb_amqp_options options = {
        .size       = sizeof(options),
        .end        = end,
        .user       = "user",
        .secret     = (const uint8_t *)"secret",
        .secret_len = 6,
        .connect_ms = connect_ms,
        .open       = bad_open,
    };
    pwwb_transport *t = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_amqp(&options, &t, NULL));
    return t;
}

#endif /* BAD_AMQP_H */
