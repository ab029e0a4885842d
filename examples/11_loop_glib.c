/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same portal as a source of a GLib main loop, as GTK and others run one.
 */
#include <glib.h>

#include "loop_portal.h"

typedef struct guest {
    GSource      source; /* first */
    loop_portal *portal;
    GMainLoop   *loop;
    gpointer     tags[LOOP_PORTAL_WATCHES]; /* NULL = none */
} guest;

/* Before a service: it may close the descriptors. */
static void
forget(guest *g)
{
    size_t i;

    for (i = 0; i < LOOP_PORTAL_WATCHES; i++) {
        if (g->tags[i] != NULL)
            g_source_remove_unix_fd(&g->source, g->tags[i]);
        g->tags[i] = NULL;
    }
}

static void
watch(guest *g)
{
    pwwb_interest list[LOOP_PORTAL_WATCHES];
    int64_t       timeout_ms;
    size_t        count = loop_portal_interest(g->portal, list, &timeout_ms), i;

    for (i = 0; i < count; i++) {
        int events = (list[i].directions & PWWB_READABLE ? G_IO_IN : 0)
                     | (list[i].directions & PWWB_WRITABLE ? G_IO_OUT : 0);

        if (events != 0)
            g->tags[i] = g_source_add_unix_fd(&g->source, (int)list[i].descriptor,
                                              (GIOCondition)events);
    }
    g_source_set_ready_time(&g->source, timeout_ms < 0 ? -1
                                                       : g_get_monotonic_time()
                                                             + timeout_ms * 1000);
}

/* GLib looks at the descriptors and at the time by itself; something is ready. */
static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    guest *g = (guest *)source;

    (void)callback;
    (void)data;
    forget(g);
    loop_portal_service(g->portal);
    if (loop_portal_is_done(g->portal)) {
        g_main_loop_quit(g->loop);
        return G_SOURCE_REMOVE;
    }
    watch(g);
    return G_SOURCE_CONTINUE;
}

int
main(int argc, char **argv)
{
    static GSourceFuncs funcs  = {.dispatch = dispatch};
    int                 code   = 0;
    loop_portal        *portal = loop_portal_new(argc, argv, "one of GLib", &code);
    guest              *g;

    if (portal == NULL)
        return code;

    g         = (guest *)g_source_new(&funcs, sizeof(*g));
    g->portal = portal;
    g->loop   = g_main_loop_new(NULL, FALSE);
    (void)g_source_attach(&g->source, NULL);
    watch(g);
    g_main_loop_run(g->loop);
    g_main_loop_unref(g->loop);
    g_source_unref(&g->source);
    loop_portal_free(portal);
    return code;
}
