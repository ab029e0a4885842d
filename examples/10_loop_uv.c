/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same portal as a guest in a libuv loop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "loop_portal.h"

typedef struct guest {
    loop_portal *portal;
    uv_timer_t   timer;
    uv_poll_t   *polls[LOOP_PORTAL_WATCHES]; /* each closed by libuv, then freed; NULL = none */
    int          failed;
} guest;

static void
on_closed(uv_handle_t *handle)
{
    free(handle);
}

/* Before a service: it may close the descriptors. */
static void
forget(guest *g)
{
    size_t i;

    for (i = 0; i < LOOP_PORTAL_WATCHES; i++) {
        if (g->polls[i] == NULL)
            continue;
        (void)uv_poll_stop(g->polls[i]);
        uv_close((uv_handle_t *)g->polls[i], on_closed);
        g->polls[i] = NULL;
    }
    (void)uv_timer_stop(&g->timer);
}

static void watch(guest *g);

static void
service(guest *g)
{
    forget(g);
    loop_portal_service(g->portal);
    if (!loop_portal_is_done(g->portal))
        watch(g);
    else
        uv_close((uv_handle_t *)&g->timer, NULL); /* nothing is left: uv_run() comes back */
}

static void
on_ready(uv_poll_t *handle, int status, int events)
{
    (void)status; /* an error is the service's to find */
    (void)events;
    service(handle->data);
}

static void
on_time(uv_timer_t *timer)
{
    service(timer->data);
}

/* 0 = it is watched. */
static int
watch_one(guest *g, const pwwb_interest *interest, uv_poll_t **ret_poll)
{
    int        events = (interest->directions & PWWB_READABLE ? UV_READABLE : 0)
                 | (interest->directions & PWWB_WRITABLE ? UV_WRITABLE : 0);
    uv_poll_t *handle = malloc(sizeof(*handle));

    if (handle == NULL || uv_poll_init(g->timer.loop, handle, (int)interest->descriptor) != 0) {
        free(handle);
        return -1;
    }
    handle->data = g;
    *ret_poll    = handle;
    return uv_poll_start(handle, events, on_ready);
}

static void
watch(guest *g)
{
    pwwb_interest list[LOOP_PORTAL_WATCHES];
    int64_t       timeout_ms;
    size_t        count = loop_portal_interest(g->portal, list, &timeout_ms), i;

    for (i = 0; i < count; i++)
        if (list[i].directions != 0 && watch_one(g, &list[i], &g->polls[i]) != 0)
            g->failed = 1;
    if (timeout_ms >= 0)
        (void)uv_timer_start(&g->timer, on_time, (uint64_t)timeout_ms, 0);
    if (!g->failed)
        return;

    fprintf(stderr, "libuv cannot watch a descriptor; standard input may be a file\n");
    forget(g);
    uv_close((uv_handle_t *)&g->timer, NULL);
}

int
main(int argc, char **argv)
{
    uv_loop_t *loop = uv_default_loop();
    int        code = 0;
    guest      g    = {.portal = loop_portal_new(argc, argv, "one of libuv", &code)};

    if (g.portal == NULL)
        return code;

    (void)uv_timer_init(loop, &g.timer);
    g.timer.data = &g;
    watch(&g);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(loop);
    loop_portal_free(g.portal);
    return g.failed;
}
