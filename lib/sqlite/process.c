/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include <pthread.h>
#include <unistd.h>

/* SQLite keeps for the whole process which locks it has on a file. A child inherits what it keeps and
 * not the locks: it would write without any. So who was forked while one was open has none. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pid_t           pid;
static long            count;

pwwb_status
wb_database_enter(const wb_kind *kind, pwwb_error *err)
{
    int is_heir;

    pthread_mutex_lock(&mutex);
    is_heir = count > 0 && pid != getpid();
    if (!is_heir) {
        pid = getpid();
        count++;
    }
    pthread_mutex_unlock(&mutex);
    return is_heir ? wb_say(err, PWWB_E_STATE,
                            "this process was forked from one that had a %s open: fork first, open then",
                            kind->noun)
                   : PWWB_OK;
}

void
wb_database_leave(void)
{
    pthread_mutex_lock(&mutex);
    count--;
    pthread_mutex_unlock(&mutex);
}
