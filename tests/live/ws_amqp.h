/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WS_AMQP_H
#define WS_AMQP_H

/* Ends of the broker behind /amqp of tests/fixtures/websocket, and what that has written of them:
 * tests/fixtures/websocket_amqp.mjs says how its lines look. */

#include "ws.h"

#include "amqp_live.h"

/* Its addresses are free texts: these are the ones of a Service Bus in docs/relay.md. */
static inline amqp_end
ws_amqp_end(int32_t kind)
{
    const char *secret = ws("WS_AMQP_PW");

    return (amqp_end){.tls = {.size    = sizeof(pwwb_tls_options),
                              .ca_file = ws("WS_CA"),
                              .name    = ws("WS_NAME")},
                      .of  = {.size         = sizeof(pwwb_amqp_options),
                              .end          = kind,
                              .host         = ws("WS_ADDR"),
                              .port         = ws_number("WS_PORT"),
                              .is_websocket = 1,
                              .path         = "/amqp",
                              .user         = ws("WS_AMQP_USER"),
                              .secret       = (const uint8_t *)secret,
                              .secret_len   = strlen(secret),
                              .requests     = "pwwb.req",
                              .portals      = "pwwb.portals",
                              .heartbeats_to   = "pwwb.heartbeats",
                              .heartbeats_from = "pwwb.heartbeats",
                              .replies         = "pwwb.rsp."}};
}

static inline pwwb_transport *
ws_amqp_open(amqp_end *end)
{
    end->of.tls = &end->tls;
    return amqp_open(end);
}

static inline pwwb_transport *
ws_amqp(int32_t kind)
{
    amqp_end end = ws_amqp_end(kind);

    return ws_amqp_open(&end);
}

/* Where the next line will stand. */
static inline long
ws_amqp_mark(void)
{
    FILE *f  = fopen(ws("WS_RECORD"), "r");
    long  at = 0;

    if (f == NULL)
        return 0;
    (void)fseek(f, 0, SEEK_END);
    at = ftell(f);
    fclose(f);
    return at;
}

/* The first whole line from `mark` on that begins so; NULL = there is none yet. */
static inline const char *
ws_amqp_look(long mark, const char *start)
{
    static char line[1024];
    FILE       *f     = fopen(ws("WS_RECORD"), "r");
    int         found = 0;

    if (f == NULL)
        return NULL;
    (void)fseek(f, mark, SEEK_SET);
    while (!found && fgets(line, sizeof(line), f) != NULL)
        found = strncmp(line, start, strlen(start)) == 0 && strchr(line, '\n') != NULL;
    fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return found ? line : NULL;
}

/* The same, once it is there; "" = it did not come. */
static inline const char *
ws_amqp_line(long mark, const char *start)
{
    int64_t     until = monotonic_ms() + WAIT_MS;
    const char *line  = ws_amqp_look(mark, start);

    while (line == NULL && monotonic_ms() < until) {
        usleep(5000);
        line = ws_amqp_look(mark, start);
    }
    return line != NULL ? line : "";
}

/* The number behind a name; -1 = there is none. */
static inline intmax_t
ws_amqp_number(const char *line, const char *name)
{
    const char *at    = strstr(line, name);
    char       *end   = NULL;
    intmax_t    value = at != NULL ? strtoimax(at + strlen(name), &end, 10) : -1;

    return at != NULL && end != at + strlen(name) ? value : -1;
}

#endif /* WS_AMQP_H */
