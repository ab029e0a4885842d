/* SPDX-License-Identifier: Apache-2.0 */
/* An agent: workers with an end, a journal's handle and a directory's connection each. */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef STORM_SQLITE
# include <pwwb/sqlite.h>
#endif

#include "points.h"
#include "target.h"
#include "way.h"

typedef struct worker {
    pwwb_journal   *journal;
    pwwb_directory *directory;
    pwwb_transport *transport;
    pwwb_agent     *agent;
    pthread_t       thread;
} worker;

/* NULL: that of this process, which all share. */
static pwwb_journal *
open_journal(const plan *p)
{
    pwwb_journal *journal = NULL;

    if (p->is_blind)
        return points_blind_journal();
    if (p->journal != NULL)
        return NULL;
#ifdef STORM_SQLITE
    storm_must(pwwb_journal_new_sqlite(p->journal_path, NULL, NULL, &journal, NULL) == PWWB_OK,
               "a shared journal");
#endif
    storm_must(journal != NULL, "built without SQLite");
    return points_journal(p->control, journal);
}

static void
make(worker *w, const plan *p, int who)
{
    pwwb_writeback_options writeback = {.size = sizeof(writeback), .skew_ms = 1}; /* one clock */
    pwwb_agent_options     options   = {
              .size = sizeof(options), .keyring = p->keys, .writeback = &writeback};

    w->transport      = points_transport(p->control, way_agent(p, who));
    w->directory      = points_directory(p->control, target_open());
    w->journal        = open_journal(p);
    options.transport = w->transport;
    options.journal   = w->journal != NULL ? w->journal : p->journal;
    storm_must(pwwb_agent_new(&options, &w->agent, NULL) == PWWB_OK, "an agent");
    storm_must(pwwb_agent_add_directory(w->agent, "", w->directory, NULL) == PWWB_OK,
               "a directory");
}

static void
drop(worker *w)
{
    pwwb_agent_free(w->agent);
    pwwb_transport_free(w->transport);
    pwwb_directory_free(w->directory);
    pwwb_journal_free(w->journal);
}

/* A transport that was lost connects again by itself: as a host does that goes on. */
static void *
work(void *ctx)
{
    worker *w = ctx;

    while (pwwb_agent_run(w->agent, NULL) != PWWB_OK)
        storm_sleep_ms(10);
    return NULL;
}

static void
until_told(int talk)
{
    struct pollfd p = {.fd = talk, .events = POLLIN};
    asked         a;

    while (!storm_is_over) {
        if (poll(&p, 1, 200) <= 0)
            continue;
        if (recv(talk, &a, sizeof(a), 0) <= 0 || a.what == END)
            return;
    }
}

void
agent_main(const plan *p, int who, int talk)
{
    worker workers[WORKERS];
    int    i;

    memset(workers, 0, sizeof(workers));
    for (i = 0; i < WORKERS; i++)
        make(&workers[i], p, who);
    for (i = 0; i < WORKERS; i++)
        storm_must(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0, "a thread");
    until_told(talk);
    for (i = 0; i < WORKERS; i++)
        pwwb_agent_stop(workers[i].agent);
    for (i = 0; i < WORKERS; i++)
        pthread_join(workers[i].thread, NULL);
    for (i = 0; i < WORKERS; i++)
        drop(&workers[i]);
}
